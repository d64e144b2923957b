"""Whether it is told as background: old days, and what came before the news."""

from datetime import timedelta

from jobs.detection.cues import is_covered, opening_cue
from jobs.detection.judgements import Setting, said
from jobs.detection.lexicon import Span
from jobs.domain.events import EventType

FRESH = timedelta(days=12)
"""What happened longer ago than this is told as background."""


def find_past(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which an act is background, or the day that is long past."""
    when, published = setting.when, setting.published
    if when and published and (when.on or when.until) < published - FRESH:
        return ((when.on or when.until).isoformat(),)
    if _has_held(trigger, setting):
        return (setting.holds_since,)
    if when and when.on:
        return ()
    if came_before := _came_before(trigger, setting):
        return came_before
    # "One year on: Ireland's recognition" is told under its heading.
    headed = setting.before is not None and setting.clause.opener in (":", "–")
    heading = setting.before.classes("bygone") if setting.before and headed else ()
    for gone in (*setting.clause.classes("bygone"), *heading):
        if not is_reported(gone, setting):
            return said(gone, setting)
    if setting.clause.is_title:
        return ()
    cues = [
        c
        for c in setting.clause.classes("past")
        if not is_reported(c, setting)
        and not _is_others(c, trigger, setting)
        and not is_covered(c, setting, "affirmed")  # "the first since their return" is news
    ]
    return said(cues[0], setting) if cues else ()


def _has_held(trigger: Span, setting: Setting) -> bool:
    """Say whether a recognition is told as standing: "recognises it since 2014".

    Not where since then nobody else had done so: "the first since 2021".
    """
    ranked = setting.clause.has("first") or setting.clause.has("joins")
    is_recognition = trigger.kind.type is EventType.RECOGNITION
    return is_recognition and bool(setting.holds_since) and not ranked


def _came_before(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which an act is what the news came after: "since Moscow agreed, …"."""
    clause = setting.clause
    # A title's bare "since" gives the reason of its news: "Since Moscow agreed, …".
    if clause.opener in setting.following and (not clause.is_title or " " in clause.opener):
        return (clause.opener,)
    return opening_cue(trigger, setting, "following")


def _is_others(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a pluperfect behind the act is another's: "recognise it, as others had"."""
    return setting.words[cue.start : cue.end] == ("had",) and cue.start >= trigger.end


def is_reported(cue: Span, setting: Setting) -> bool:
    """Say whether a pluperfect is only reported speech: "said it had received"."""
    if setting.words[cue.start : cue.end] != ("had",):
        return False
    clauses = [setting.clause] + (
        [setting.before] if setting.before and setting.clause.complement else []
    )
    return any(speech.end <= cue.start for clause in clauses for speech in clause.classes("speech"))
