"""Whether it is still to come: intents, invitations and days ahead."""

from collections.abc import Sequence

from jobs.detection.cues import FAR, NEAR, find_cues, following_cue
from jobs.detection.judgements import Setting, said
from jobs.detection.lexicon import Span
from jobs.detection.pasts import is_reported
from jobs.domain.events import EventType


def find_plan(trigger: Span, setting: Setting) -> tuple[str, ...]:
    """Return the words by which an act is still to come, or its day ahead."""
    settled = [*setting.clause.classes("reported"), *_settled(setting)]
    for cue in find_cues(setting, trigger, "plan"):
        if _is_period(trigger) and cue.start >= trigger.start:
            continue
        if _is_occasion(cue, trigger, setting) or _is_accord(cue, trigger):
            continue
        if cue.end > trigger.start and _ranked(cue, setting):
            continue  # "the first to grant recognition" has granted it
        if not any(h.start < cue.end and cue.start < h.end for h in settled):
            return said(cue, setting)
    for cue in _purposes(trigger, setting):
        return said(cue, setting)
    form = setting.words[trigger.start]
    if not trigger.kind.noun and not form.endswith(setting.gerunds or ("\n",)):
        for cue in find_cues(setting, trigger, "plan_to"):
            if _is_aimed(cue, trigger, setting) and not any(
                h.start <= cue.start < h.end for h in settled
            ):
                return said(cue, setting)
    if (close := following_cue(trigger, setting, "plan")) and _is_foretold(trigger, close):
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
    reach = FAR * setting.stretch
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
    names = setting.clause.names
    return [
        cue
        for cue in find_cues(setting, trigger, "plan_to")
        if ends
        and cue.end < ends[-1].start <= cue.end + NEAR
        and any(n.end == cue.start for n in names)
        and not any(cue.end <= n.start < trigger.start for n in names)
    ]


def _settled(setting: Setting) -> Sequence[Span]:
    """Return the decisions that are told as taken, by who praises, blames or dates them."""
    clauses = [setting.clause, setting.before] if setting.before else [setting.clause]
    past = any(not is_reported(c, setting) for c in setting.clause.classes("past"))
    known = past or any(clause.has("reaction") for clause in clauses)
    return setting.clause.classes("resolve") if known else ()


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
    if trigger.start - cue.end >= NEAR or _ranked(cue, setting):
        return False
    names = setting.clause.names
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


def _ranked(cue: Span, setting: Setting) -> bool:
    """Say whether an infinitive only completes a rank: "the first state to recognise"."""
    return any(cue.start - FAR <= c.start < cue.start for c in setting.clause.classes("first"))
