"""Whether a recognition is told, or only talked of: a false word of one is the worst."""

from jobs.detection.judgements import Setting, said
from jobs.detection.lexicon import Span
from jobs.domain.events import EventType


def only_named(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which a recognition is but a subject of talk; none if it is told."""
    if trigger.kind.type is not EventType.RECOGNITION:
        return ()
    return _aside(trigger, setting) or _unowned(trigger, setting)


def _aside(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return what makes of a recognition but a subject of talk: "differ over recognising"."""
    kind = trigger.kind
    is_gerund = setting.words[trigger.start].endswith(setting.gerunds or ("\n",))
    if not (kind.noun or is_gerund):
        return ()
    clause = setting.clause
    told = clause.complement or not clause.opener
    opens = trigger.start == clause.start and told
    said_of = any(c.end == trigger.start for c in clause.classes("speech"))
    if is_gerund and (opens or said_of or clause.opener == "before"):
        return (clause.opener or "?",)
    for cue in setting.clause.classes("aside"):
        if 0 <= trigger.start - cue.end <= 1 and not _is_granted(trigger, setting, cue):
            return said(cue, setting)
    return ()


def _unowned(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return that a recognition is only named, where nobody owns, grants or announces it."""
    if not trigger.kind.noun or setting.owned or trigger.kind.detail == "again":
        return ()
    clauses = [setting.clause, setting.before] if setting.before else [setting.clause]
    told = any(
        c.start < trigger.start or setting.verb_last or setting.free
        for clause in clauses
        for c in clause.classes("grant", "avow")
    )
    return () if told else (" ".join(setting.words[trigger.start : trigger.end]),)


def _is_granted(trigger: Span, setting: Setting, cue: Span) -> bool:
    """Say whether a recognition is told as given, or owned by who stands behind the cue."""
    owned = any(cue.end <= name.start < trigger.start for name in setting.clause.names)
    return owned or any(
        0 <= cue.start - c.end <= 1 or cue.end <= c.start < trigger.start
        for c in setting.clause.classes("grant")
    )
