"""Which words around a trigger say whether it happened, and how far each reaches."""

from jobs.detection.judgements import Setting, said
from jobs.detection.lexicon import Span

NEAR = 3
FAR = 7
REFUSAL_REACH = 9
_TRAIL = 5
_TRAIL_OF_NOUN = 10


def find_cues(setting: Setting, trigger: Span, *names: str) -> list[Span]:
    """Return the cues before a trigger in its clause, and in one that governs the clause."""
    earliest = trigger.end if names == ("plan",) else trigger.start
    own = [
        c
        for c in setting.clause.classes(*names)
        if (setting.since <= c.start < earliest and c.end <= trigger.end)
        or _trails(c, trigger, setting)
    ]
    if setting.clause.complement and setting.before and setting.clause.opener != ":":
        own = [c for c in setting.before.classes(*names) if _governs(c, setting)] + own
    return own


def _trails(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a cue behind a trigger is of its verb, where verbs come last."""
    late = setting.verb_last or setting.words[trigger.start].endswith(setting.infinitives or "\n")
    if not late or (trigger.kind.noun and trigger.kind.place):
        return False
    return 0 <= cue.start - trigger.end <= (_TRAIL_OF_NOUN if trigger.kind.noun else _TRAIL)


def _governs(cue: Span, setting: Setting) -> bool:
    """Say whether a cue of the governing clause reaches over: a mere "not" only at its end.

    What somebody "did not say whether" is not denied.
    """
    if cue.entry.value != "negation" or setting.before is None:
        return True
    return setting.clause.opener != "whether" and setting.before.end - cue.end <= NEAR


def is_covered(cue: Span, setting: Setting, *names: str) -> bool:
    """Say whether a cue is but part of a longer one of other sense: "not rule out"."""
    clauses = [setting.clause, setting.before] if setting.before else [setting.clause]
    return any(
        c.start <= cue.start and cue.end <= c.end and c.end - c.start > cue.end - cue.start
        for clause in clauses
        for c in clause.classes(*names)
    )


def opening_cue(trigger: Span, setting: Setting, name: str) -> tuple[str, ...]:
    """Return a cue at the clause's head that governs a trigger: no comma comes in between."""
    clause = setting.clause
    for cue in clause.classes(name):
        if cue.start == clause.start and "," not in setting.words[cue.end : trigger.start]:
            return said(cue, setting)
    return ()


def following_cue(trigger: Span, setting: Setting, name: str) -> tuple[str, ...]:
    """Return a cue close behind a named act: "the deal will be signed"."""
    if not trigger.kind.noun or trigger.kind.place:
        return ()
    reach = FAR * setting.stretch
    close = [
        c
        for c in setting.clause.classes(name)
        if 0 <= c.start - trigger.end <= reach and not is_covered(c, setting, "affirmed", "equates")
    ]
    return said(close[0], setting) if close else ()
