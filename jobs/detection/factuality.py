"""Whether it happened: one status from the cues around a trigger, by rules in this order.

reversed, denied, considered, planned, past, done. A cue counts within its clause, or from
the clause that governs it ("denied that …"), and only as far as its scope: a negation
reaches the next trigger, an intent all that follow, an infinitive the word after it.
"""

from datetime import timedelta

from jobs.detection.avowals import only_named
from jobs.detection.clauses import Clause
from jobs.detection.judgements import Judgement, Setting, said
from jobs.detection.lexicon import Kind, Span
from jobs.domain.events import EventStatus, EventType

FRESH = timedelta(days=12)
"""What happened longer ago than this is told as background."""

_NEAR = 3
_FAR = 7
_REFUSAL_REACH = 9
_TRAIL = 5
_TRAIL_OF_NOUN = 10


def judge(trigger: Span, setting: Setting) -> Judgement:
    """Return the status of what a trigger tells."""
    base = trigger.kind.status
    if _urged(trigger, setting):
        return Judgement(base, urged=True)
    if setting.clause.opener in setting.hypothetical:
        return Judgement(EventStatus.CONSIDERED, (setting.clause.opener,))
    if disclaimed := _disclaimed(trigger, setting):
        return Judgement(EventStatus.PAST, disclaimed)
    denial = _denial(trigger, setting)
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
        past = _past(trigger, setting)
        return Judgement(EventStatus.PAST if past else base, past)
    if meant := _planned(trigger, setting):
        return Judgement(EventStatus.PLANNED, meant)
    if aside := only_named(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, aside, aside=True)
    if past := _past(trigger, setting):
        return Judgement(EventStatus.PAST, past)
    return Judgement(EventStatus.DONE)


def _disclaimed(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which talks are but said to be no recognition: they took place."""
    named = trigger.kind.noun or setting.verb_last
    if trigger.kind.type is not EventType.MEETING or not named:
        return ()
    meant = [
        s
        for s in setting.clause.spans
        if s.entry.trigger is not None
        and s.entry.trigger.type is EventType.RECOGNITION
        and s.start >= trigger.end
    ]
    if not meant:
        return ()
    cues = setting.clause.classes("negation", "refusal", "refusal_after")
    after = [c for c in cues if c.start >= trigger.end and c.start - meant[0].end <= _NEAR]
    return said(after[0], setting) if after else ()


def _judge_reversed(trigger: Span, setting: Setting, denial: tuple[str, ...]) -> Judgement:
    if denial:
        return Judgement(EventStatus.DENIED, denial)
    if _cues(setting, trigger, "undo"):
        return Judgement(EventStatus.DONE, ("undo",))
    if asked := _considered(trigger, setting):
        return Judgement(EventStatus.CONSIDERED, asked)
    if meant := _planned(trigger, setting):
        return Judgement(EventStatus.PLANNED, meant)
    if past := _past(trigger, setting):
        return Judgement(EventStatus.PAST, past)
    return Judgement(EventStatus.REVERSED)


def _cues(setting: Setting, trigger: Span, *names: str) -> list[Span]:
    """Return the cues before a trigger in its clause, and in one that governs the clause."""
    earliest = trigger.end if names == ("plan",) else trigger.start
    own = [
        c
        for c in setting.clause.classes(*names)
        if (c.start < earliest and c.end <= trigger.end) or _trails(c, trigger, setting)
    ]
    if setting.clause.complement and setting.before and setting.clause.opener != ":":
        own = [c for c in setting.before.classes(*names) if _governs(c, setting.before)] + own
    return own


def _trails(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a cue behind a trigger is of its verb, where verbs come last."""
    late = setting.verb_last or setting.words[trigger.start].endswith(setting.infinitives or "\n")
    if not late or (trigger.kind.noun and trigger.kind.place):
        return False
    return 0 <= cue.start - trigger.end <= (_TRAIL_OF_NOUN if trigger.kind.noun else _TRAIL)


def _governs(cue: Span, clause: Clause) -> bool:
    """Say whether a cue of the governing clause reaches over: a mere "not" only at its end."""
    return cue.entry.value != "negation" or clause.end - cue.end <= _NEAR


def _urged(trigger: Span, setting: Setting) -> bool:
    if trigger.kind.type is EventType.MEETING:
        cues = setting.clause.classes("urge")
        return any(0 <= trigger.start - c.end <= 1 for c in cues)
    named = trigger.kind.type is EventType.AGREEMENT and trigger.kind.noun
    if not named and trigger.kind.type not in ("recognition", "delisting"):
        return False
    cues = _cues(setting, trigger, "urge")
    cues += [c for c in setting.clause.classes("urge") if c.start <= trigger.start < c.end]
    return bool(cues)


def _denial(trigger: Span, setting: Setting) -> tuple[str, ...]:
    names = ["negation", "refusal"] + (["condition"] if _is_conditional(trigger) else [])
    for cue in reversed(_cues(setting, trigger, *names)):
        near = _reaches(cue, trigger, setting) or cue.start < setting.clause.start
        if _is_covered(cue, setting, "consider", "affirmed"):
            continue
        if near and (cue.entry.value == "refusal" or not _between(cue, trigger, setting)):
            return said(cue, setting)
    if close := _follows(trigger, setting, "negation"):
        return close
    if setting.clause.opener == ":" and setting.before and setting.before.has("refusal_after"):
        return said(setting.before.classes("refusal_after")[0], setting)
    names[:2] = ["refusal_after"]
    after = [
        c
        for c in setting.clause.classes(*names)
        if c.start >= trigger.end and not _is_covered(c, setting, "affirmed")
    ]
    return said(after[0], setting) if after else ()


def _is_covered(cue: Span, setting: Setting, *names: str) -> bool:
    """Say whether a cue is but part of a longer one of other sense: "not rule out"."""
    clauses = [setting.clause, setting.before] if setting.before else [setting.clause]
    return any(
        c.start <= cue.start and cue.end <= c.end and c.end - c.start > cue.end - cue.start
        for clause in clauses
        for c in clause.classes(*names)
    )


def _negated(trigger: Span, setting: Setting) -> bool:
    """Say whether a "not" stands right before: "does not ask for a seat"."""
    return any(0 <= trigger.start - c.end <= 1 for c in setting.clause.classes("negation"))


def _reaches(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a denial reaches a trigger: near, and no new subject behind a comma."""
    between = setting.words[cue.end : trigger.start]
    new_subject = "," in between and len(between) - between.index(",") > _NEAR
    return len(between) <= _REFUSAL_REACH * setting.stretch and not new_subject


def _is_conditional(trigger: Span) -> bool:
    """Say whether conditions amount to a refusal: of recognition they do, of talks not."""
    return trigger.kind.type == "recognition"


def _between(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether another act stands between a negation and the trigger."""
    return any(
        span.entry.kind is Kind.TRIGGER
        and span.start >= cue.end
        and span.end <= trigger.start
        and span.entry.trigger is not None
        and span.entry.trigger.type is not trigger.kind.type
        and not span.entry.trigger.noun
        and not span.entry.trigger.strict
        for span in setting.clause.spans
    )


def _is_stative(trigger: Span, setting: Setting, denial: tuple[str, ...]) -> bool:
    if setting.clause.is_title and setting.clause.opener in ("", ":"):
        return False
    if _cues(setting, trigger, "refusal", "condition", "refusal_after", "plan", "speech"):
        return False
    if setting.spoken:
        return False
    return bool(_cues(setting, trigger, "background"))


def _considered(trigger: Span, setting: Setting) -> tuple[str, ...]:
    if setting.clause.asks:
        return ("?",)
    cues = _cues(setting, trigger, "consider")
    if cues:
        return said(cues[-1], setting)
    if setting.clause.opener == "whether":
        return ("whether",)
    if close := _follows(trigger, setting, "consider"):
        return close
    after = [
        c
        for c in setting.clause.classes("consider_after")
        if 0 <= c.start - trigger.end <= _REFUSAL_REACH
    ]
    return said(after[0], setting) if after else ()


def _planned(trigger: Span, setting: Setting) -> tuple[str, ...]:
    settled = [*setting.clause.classes("reported"), *_settled(setting)]
    for cue in _cues(setting, trigger, "plan"):
        if _is_period(trigger) and cue.start >= trigger.start:
            continue
        if _is_occasion(cue, trigger, setting) or _is_accord(cue, trigger):
            continue
        if not any(h.start < cue.end and cue.start < h.end for h in settled):
            return said(cue, setting)
    for cue in _purposes(trigger, setting):
        return said(cue, setting)
    form = setting.words[trigger.start]
    if not trigger.kind.noun and not form.endswith(setting.gerunds or ("\n",)):
        for cue in _cues(setting, trigger, "plan_to"):
            if _is_aimed(cue, trigger, setting) and not any(
                h.start <= cue.start < h.end for h in settled
            ):
                return said(cue, setting)
    if (close := _follows(trigger, setting, "plan")) and _is_foretold(trigger, close):
        return close
    if _is_period(trigger):
        return ()
    if (
        setting.when
        and setting.published
        and setting.when.on
        and setting.when.on > setting.published
    ):
        return (setting.when.on.isoformat(),)
    if coming := _coming_month(trigger, setting):
        return coming
    reach = _FAR * setting.stretch
    later = [
        c
        for c in setting.clause.classes("ahead", "plan_after")
        if 0 <= c.start - trigger.end <= reach
    ]
    return said(later[0], setting) if later else ()


def _coming_month(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return a month to come that the act is put in; a deal may only be told to last till then."""
    when, published = setting.when, setting.published
    lasting = trigger.kind.type in (EventType.AGREEMENT, EventType.DELISTING)
    if lasting or setting.clause.has("past") or not (when and when.since and published):
        return ()
    if when.since <= published:
        return ()
    return (when.since.isoformat(),)


def _purposes(trigger: Span, setting: Setting) -> list[Span]:
    """Return the infinitives of a verb that an act is what for: "to send envoys for talks"."""
    ends = [g for g in setting.clause.classes("goal") if 0 <= trigger.start - g.end <= 1]
    names = [s for s in setting.clause.spans if s.entry.kind in (Kind.ACTOR, Kind.SUBJECT)]
    return [
        cue
        for cue in _cues(setting, trigger, "plan_to")
        if ends
        and cue.end < ends[-1].start <= cue.end + _NEAR
        and any(n.end == cue.start for n in names)
        and not any(cue.end <= n.start < trigger.start for n in names)
    ]


def _settled(setting: Setting) -> list[Span]:
    """Return the decisions that are told as taken, by who praises, blames or dates them."""
    clauses = [setting.clause, setting.before] if setting.before else [setting.clause]
    past = any(not _is_reported(c, setting) for c in setting.clause.classes("past"))
    known = past or any(clause.has("reaction") for clause in clauses)
    return setting.clause.classes("resolve") if known else []


def _is_occasion(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a meeting is where an intent was voiced: "agree to go on, in talks"."""
    if trigger.kind.type is not EventType.MEETING:
        return False
    within = setting.clause.classes("place")
    return any(cue.end <= p.start and 0 <= trigger.start - p.end <= 1 for p in within)


def _is_accord(cue: Span, trigger: Span) -> bool:
    """Say whether an intent's words are the act's own: "agree to a ceasefire"."""
    return (
        trigger.kind.type is EventType.AGREEMENT
        and cue.start == trigger.start
        and cue.end < trigger.end
    )


def _is_aimed(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether "to" makes an intent of a verb: close by, no name in between, and not as
    what someone already in a place has come for ("in Kabul to discuss")."""
    if trigger.start - cue.end >= _NEAR or _ranked(cue, setting):
        return False
    names = [s for s in setting.clause.spans if s.entry.kind in (Kind.ACTOR, Kind.SUBJECT)]
    if any(cue.end <= name.start < trigger.start for name in names):
        return False
    places = {s.end for s in setting.clause.classes("place")}
    come = any(name.end == cue.start and name.start in places for name in names)
    return not (come and trigger.kind.type is EventType.MEETING)


def _is_foretold(trigger: Span, cue: tuple[str, ...]) -> bool:
    """Say whether what is to come is the act itself, not what a recognition will lead to."""
    return trigger.kind.type is not EventType.RECOGNITION or cue[0].endswith(" be")


def _is_period(trigger: Span) -> bool:
    """Say whether a day named is no day of the act: a waiver is granted for days to come."""
    return trigger.kind.type == "delisting" and trigger.kind.detail == "waiver"


def _follows(trigger: Span, setting: Setting, name: str) -> tuple[str, ...]:
    """Return a cue close behind a named act: "the deal will be signed"."""
    if not trigger.kind.noun or trigger.kind.place:
        return ()
    reach = _FAR * setting.stretch
    close = [
        c
        for c in setting.clause.classes(name)
        if 0 <= c.start - trigger.end <= reach and not _is_covered(c, setting, "affirmed")
    ]
    return said(close[0], setting) if close else ()


def _ranked(cue: Span, setting: Setting) -> bool:
    """Say whether an infinitive only completes a rank: "the first state to recognise"."""
    return any(cue.start - _FAR <= c.start < cue.start for c in setting.clause.classes("first"))


def _past(trigger: Span, setting: Setting) -> tuple[str, ...]:
    when, published = setting.when, setting.published
    if when and published and (when.on or when.until) < published - FRESH:
        return ((when.on or when.until).isoformat(),)
    if when and when.on:
        return ()
    if setting.clause.is_title:
        return ()
    if setting.clause.opener in setting.following:
        return (setting.clause.opener,)
    cues = [
        c
        for c in setting.clause.classes("past")
        if not _is_reported(c, setting) and not _is_others(c, trigger, setting)
    ]
    return said(cues[0], setting) if cues else ()


def _is_others(cue: Span, trigger: Span, setting: Setting) -> bool:
    """Say whether a pluperfect behind the act is another's: "recognise it, as others had"."""
    return setting.words[cue.start : cue.end] == ("had",) and cue.start >= trigger.end


def _is_reported(cue: Span, setting: Setting) -> bool:
    """Say whether a pluperfect is only reported speech: "said it had received"."""
    if setting.words[cue.start : cue.end] != ("had",):
        return False
    clauses = [setting.clause] + (
        [setting.before] if setting.before and setting.clause.complement else []
    )
    return any(speech.end <= cue.start for clause in clauses for speech in clause.classes("speech"))
