"""Whether it happened: one status from the cues around a trigger, by rules in this order.

reversed, denied, considered, planned, past, done. A cue counts within its clause, or from
the clause that governs it ("denied that …"), and only as far as its scope: a negation
reaches the next trigger, an intent all that follow, an infinitive the word after it.
"""

from jobs.detection.avowals import only_named
from jobs.detection.cues import (
    NEAR,
    REFUSAL_REACH,
    find_cues,
    following_cue,
    is_covered,
    opening_cue,
)
from jobs.detection.judgements import Judgement, Setting, said
from jobs.detection.lexicon import Span
from jobs.detection.pasts import find_past
from jobs.detection.plans import find_plan
from jobs.domain.events import EventStatus, EventType


def judge(trigger: Span, setting: Setting) -> Judgement:
    """Return the status of what a trigger tells."""
    base = trigger.kind.status
    if _urged(trigger, setting):
        return Judgement(base, urged=True)
    if supposed := _supposed(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, supposed)
    if disclaimed := _disclaimed(trigger, setting):
        return Judgement(EventStatus.PAST, disclaimed)
    denial = _denial(trigger, setting)
    if setting.answered:
        return Judgement(EventStatus.DENIED, ("?",))
    if base is EventStatus.REVERSED:
        return _judge_reversed(trigger, setting, denial)
    if base in (EventStatus.DENIED, EventStatus.PAST):
        return Judgement(base)
    if base is EventStatus.CONSIDERED and not _negated(trigger, setting):
        return Judgement(base)
    if denial:
        return Judgement(EventStatus.DENIED, denial, stative=_is_stative(trigger, setting, denial))
    if asked := _considered(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, asked)
    if base is EventStatus.PLANNED:
        past = find_past(trigger, setting)
        return Judgement(EventStatus.PAST if past else base, past)
    if meant := find_plan(trigger, setting):
        rumoured = EventStatus.CONSIDERED if setting.rumoured else EventStatus.PLANNED
        return Judgement(rumoured, meant)
    if aside := only_named(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, aside, aside=True)
    if past := find_past(trigger, setting):
        return Judgement(EventStatus.PAST, past)
    return Judgement(EventStatus.DONE)


def _supposed(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which an act is but a condition: "If China recognises it, …"."""
    clause = setting.clause
    if clause.opener in setting.hypothetical:
        return (clause.opener,)
    begins = clause.opener in ("", ":", "–")
    return opening_cue(trigger, setting, "hypothetical") if begins else ()


def _disclaimed(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which talks are but said to be no recognition: they took place."""
    named = trigger.kind.noun or setting.verb_last
    if trigger.kind.type is not EventType.MEETING or not named:
        return ()
    meant = [
        s
        for s in setting.clause.triggers
        if s.kind.type is EventType.RECOGNITION and s.start >= trigger.end
    ]
    if not meant:
        return ()
    cues = setting.clause.classes("negation", "refusal", "refusal_after")
    after = [c for c in cues if c.start >= trigger.end and c.start - meant[0].end <= NEAR]
    return said(after[0], setting) if after else ()


def _judge_reversed(trigger: Span, setting: Setting, denial: tuple[str, ...]) -> Judgement:
    if denial:
        return Judgement(EventStatus.DENIED, denial)
    if find_cues(setting, trigger, "undo"):
        return Judgement(EventStatus.DONE, ("undo",))
    if asked := _considered(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, asked)
    if meant := find_plan(trigger, setting):
        return Judgement(EventStatus.PLANNED, meant)
    if past := find_past(trigger, setting):
        return Judgement(EventStatus.PAST, past)
    return Judgement(EventStatus.REVERSED)


def _urged(trigger: Span, setting: Setting) -> bool:
    if trigger.kind.type is EventType.MEETING:
        cues = setting.clause.classes("urge")
        return any(0 <= trigger.start - c.end <= 1 for c in cues)
    named = trigger.kind.type is EventType.AGREEMENT and trigger.kind.noun
    if not named and trigger.kind.type not in ("recognition", "delisting"):
        return False
    cues = find_cues(setting, trigger, "urge")
    cues += [c for c in setting.clause.classes("urge") if c.start <= trigger.start < c.end]
    return bool(cues)


def _denial(trigger: Span, setting: Setting) -> tuple[str, ...]:
    names = ["negation", "refusal"] + (["condition"] if _is_conditional(trigger) else [])
    for cue in reversed(find_cues(setting, trigger, *names)):
        near = _reaches(cue, trigger, setting) or cue.start < setting.clause.start
        if is_covered(cue, setting, "consider", "affirmed"):
            continue
        if near and (cue.entry.value == "refusal" or not _between(cue, trigger, setting)):
            return said(cue, setting)
    if close := following_cue(trigger, setting, "negation"):
        return close
    if setting.clause.opener == ":" and setting.before and setting.before.has("refusal_after"):
        return said(setting.before.classes("refusal_after")[0], setting)
    names[:2] = ["refusal_after"]
    after = [
        c
        for c in setting.clause.classes(*names)
        if c.start >= trigger.end and not is_covered(c, setting, "affirmed")
    ]
    return said(after[0], setting) if after else ()


def _negated(trigger: Span, setting: Setting) -> bool:
    """Say whether a "not" stands right before: "does not ask for a seat"."""
    return any(0 <= trigger.start - c.end <= 1 for c in setting.clause.classes("negation"))


def _reaches(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a denial reaches a trigger: near, and no new subject behind a comma."""
    between = setting.words[cue.end : trigger.start]
    new_subject = "," in between and len(between) - between.index(",") > NEAR
    return len(between) <= REFUSAL_REACH * setting.stretch and not new_subject


def _is_conditional(trigger: Span) -> bool:
    """Say whether conditions amount to a refusal: of recognition they do, of talks not."""
    return trigger.kind.type == "recognition"


def _between(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether another act stands between a negation and the trigger."""
    return any(
        span.start >= cue.end
        and span.end <= trigger.start
        and span.kind.type is not trigger.kind.type
        and not span.kind.noun
        and not span.kind.strict
        and (not span.kind.needs or any(map(setting.clause.has, span.kind.needs)))
        for span in setting.clause.triggers
    )


def _is_stative(trigger: Span, setting: Setting, denial: tuple[str, ...]) -> bool:
    if setting.clause.is_title and setting.clause.opener in ("", ":"):
        return False
    if find_cues(setting, trigger, "refusal", "condition", "refusal_after", "plan", "speech"):
        return False
    if setting.spoken:
        return False
    return bool(find_cues(setting, trigger, "background"))


def _considered(trigger: Span, setting: Setting) -> tuple[str, ...]:
    if setting.clause.asks:
        return ("?",)
    cues = [
        c for c in find_cues(setting, trigger, "consider") if not is_covered(c, setting, "plan")
    ]
    if cues:
        return said(cues[-1], setting)
    if setting.clause.opener == "whether":
        return ("whether",)
    if close := following_cue(trigger, setting, "consider"):
        return close
    after = [
        c
        for c in setting.clause.classes("consider_after")
        if 0 <= c.start - trigger.end <= REFUSAL_REACH
    ]
    return said(after[0], setting) if after else ()
