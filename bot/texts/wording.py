"""What is said of each type, status and detail: tables of sentences and nothing else.

Only a recognition is ever called one. Where the detail is not known the sentence
says no more than the type does, whichever side acted.
"""

from collections.abc import Mapping

from bot.texts.language import N_, Words
from jobs.domain.alerts import Level, Reason
from jobs.domain.events import TAKES_BACK, EventStatus, EventType, Grade

_DONE, _PLANNED, _CONSIDERED = EventStatus.DONE, EventStatus.PLANNED, EventStatus.CONSIDERED
_DENIED, _REVERSED, _PAST = EventStatus.DENIED, EventStatus.REVERSED, EventStatus.PAST

_RECOGNITION: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("{actor} has recognised {case}."),
    (_PLANNED, ""): N_("{actor} plans to recognise {case}."),
    (_CONSIDERED, ""): N_("{actor} is said to be considering recognising {case}."),
    (_DENIED, ""): N_("{actor} says it is not recognising {case}."),
    (_REVERSED, ""): N_("{actor} has withdrawn its recognition of {case}."),
    (_PAST, ""): N_("{actor} had recognised {case} earlier."),
}
_CREDENTIALS: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("{actor} has taken a step at ambassador level with {case}."),
    (_PLANNED, ""): N_("{actor} plans a step at ambassador level with {case}."),
    (_CONSIDERED, ""): N_(
        "{actor} is said to be considering a step at ambassador level with {case}."
    ),
    (_DENIED, ""): N_("{actor} says it is taking no step at ambassador level with {case}."),
    (_REVERSED, ""): N_("{actor} has taken back a step at ambassador level with {case}."),
    (_PAST, ""): N_("{actor} had taken a step at ambassador level with {case} earlier."),
}
_MISSION: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("There is a change in diplomatic missions between {actor} and {case}."),
    (_DONE, "opened"): N_(
        "A diplomatic mission between {actor} and {case} has opened or works again."
    ),
    (_DONE, "upgraded"): N_("A diplomatic mission between {actor} and {case} has been upgraded."),
    (_DONE, "handed-over"): N_("{actor} has handed a diplomatic mission over to {case}."),
    (_DONE, "head of mission"): N_(
        "Diplomats or a chargé d'affaires between {actor} and {case} have been appointed or "
        "accepted."
    ),
    (_DONE, "flag"): N_("The flag of {case} has been raised over a mission in {actor}."),
    (_DONE, "closed"): N_("A diplomatic mission between {actor} and {case} has closed."),
    (_PLANNED, ""): N_("A change in diplomatic missions between {actor} and {case} is planned."),
    (_PLANNED, "opened"): N_("A diplomatic mission between {actor} and {case} is to open."),
    (_PLANNED, "upgraded"): N_(
        "A diplomatic mission between {actor} and {case} is to be upgraded."
    ),
    (_PLANNED, "handed-over"): N_("{actor} plans to hand a diplomatic mission over to {case}."),
    (_PLANNED, "closed"): N_("A diplomatic mission between {actor} and {case} is to close."),
    (_CONSIDERED, ""): N_(
        "{actor} is said to be considering a change in diplomatic missions with {case}."
    ),
    (_DENIED, ""): N_("{actor} says there is no change in diplomatic missions with {case}."),
    (_REVERSED, ""): N_("A diplomatic mission between {actor} and {case} is no more."),
    (_REVERSED, "closed"): N_("A diplomatic mission between {actor} and {case} has closed."),
    (_REVERSED, "expelled"): N_(
        "Diplomats between {actor} and {case} have been expelled or withdrawn."
    ),
    (_PAST, ""): N_("Diplomatic missions between {actor} and {case} had changed earlier."),
}
_MEETING: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("Officials of {actor} and {case} have met."),
    # Which side travelled is not known: the sentence names neither.
    (_DONE, "visit"): N_("Officials of {actor} and {case} have met during a visit."),
    (_DONE, "host"): N_("{actor} has received officials of {case}."),
    (_DONE, "phone"): N_("Officials of {actor} and {case} have spoken by telephone."),
    (_PLANNED, ""): N_("Officials of {actor} and {case} plan to meet."),
    (_PLANNED, "visit"): N_("Officials of {actor} and {case} plan to meet during a visit."),
    (_PLANNED, "host"): N_("{actor} plans to receive officials of {case}."),
    (_PLANNED, "phone"): N_("Officials of {actor} and {case} plan to speak by telephone."),
    (_CONSIDERED, ""): N_("Officials of {actor} and {case} are said to be considering a meeting."),
    (_DENIED, ""): N_("{actor} says its officials are not meeting {case}."),
    (_REVERSED, ""): N_("A meeting between officials of {actor} and {case} is called off."),
    (_PAST, ""): N_("Officials of {actor} and {case} had met earlier."),
}
_DELISTING: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("{actor} has lifted or eased a ban or sanctions on {case}."),
    (_DONE, "waiver"): N_("{actor} has granted an exemption from sanctions on {case}."),
    (_PLANNED, ""): N_("{actor} plans to lift or ease a ban or sanctions on {case}."),
    (_CONSIDERED, ""): N_(
        "{actor} is said to be considering lifting or easing a ban or sanctions on {case}."
    ),
    (_DENIED, ""): N_("{actor} is not lifting a ban or sanctions on {case}."),
    (_DENIED, "renewed"): N_("{actor} is keeping a ban or sanctions on {case}."),
    (_REVERSED, ""): N_("{actor} has put a new ban, sanction or warrant on {case}."),
    (_REVERSED, "waiver"): N_("An exemption by {actor} from sanctions on {case} has ended."),
    (_PAST, ""): N_("{actor} had lifted or eased a ban or sanctions on {case} earlier."),
}
_AGREEMENT: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("{actor} and {case} have made an agreement."),
    (_PLANNED, ""): N_("{actor} and {case} plan an agreement."),
    (_CONSIDERED, ""): N_("{actor} and {case} are said to be considering an agreement."),
    (_DENIED, ""): N_("{actor} says there is no agreement with {case}."),
    (_REVERSED, ""): N_("An agreement between {actor} and {case} has ended."),
    (_PAST, ""): N_("{actor} and {case} had made an agreement earlier."),
}
_FORUM: Mapping[tuple[EventStatus, str], str] = {
    (_DONE, ""): N_("{case} has been given a place at a forum of {actor}."),
    (_DONE, "attended"): N_("{case} has taken part in a forum of {actor}."),
    (_DONE, "invited"): N_("{actor} has invited {case} to a forum."),
    (_PLANNED, ""): N_("{case} is to take part in a forum of {actor}."),
    (_PLANNED, "invited"): N_("{actor} has invited {case} to a forum."),
    (_CONSIDERED, ""): N_("{actor} is said to be considering {case} for a forum."),
    (_DENIED, ""): N_("{actor} is giving {case} no place at a forum."),
    (_DENIED, "vetoed"): N_("{actor} has vetoed a place for {case} at a forum."),
    (_REVERSED, ""): N_("{actor} has barred {case} from a forum."),
    (_PAST, ""): N_("{case} had been given a place at a forum of {actor} earlier."),
}
_TAKING_BACK: Mapping[EventType, Mapping[EventStatus, str]] = {
    EventType.RECOGNITION: {
        _PLANNED: N_("{actor} plans to withdraw its recognition of {case}."),
        _CONSIDERED: N_("{actor} is said to be considering withdrawing its recognition of {case}."),
        _DENIED: N_("{actor} denies that it has withdrawn its recognition of {case}."),
    },
    EventType.CREDENTIALS: {
        _PLANNED: N_("{actor} plans to take back a step at ambassador level with {case}."),
        _CONSIDERED: N_(
            "{actor} is said to be considering taking back a step at ambassador level with {case}."
        ),
        _DENIED: N_("{actor} denies taking back a step at ambassador level with {case}."),
    },
    EventType.MISSION: {
        _PLANNED: N_("A diplomatic mission between {actor} and {case} is to close."),
        _CONSIDERED: N_("A diplomatic mission between {actor} and {case} may close."),
        _DENIED: N_("{actor} denies that a diplomatic mission with {case} closes."),
    },
    EventType.MEETING: {
        _PLANNED: N_("A meeting between officials of {actor} and {case} is to be called off."),
        _CONSIDERED: N_("A meeting between officials of {actor} and {case} may be called off."),
        _DENIED: N_("{actor} denies that its officials call off a meeting with {case}."),
    },
    EventType.DELISTING: {
        _PLANNED: N_("{actor} plans a new ban, sanction or warrant on {case}."),
        _CONSIDERED: N_(
            "{actor} is said to be considering a new ban, sanction or warrant on {case}."
        ),
        _DENIED: N_("{actor} says it puts no new ban, sanction or warrant on {case}."),
    },
    EventType.AGREEMENT: {
        _PLANNED: N_("An agreement between {actor} and {case} is to end."),
        _CONSIDERED: N_("An agreement between {actor} and {case} may end."),
        _DENIED: N_("{actor} denies that an agreement with {case} ends."),
    },
    EventType.FORUM: {
        _PLANNED: N_("{case} is to be barred from a forum of {actor}."),
        _CONSIDERED: N_("{case} may be barred from a forum of {actor}."),
        _DENIED: N_("{actor} denies that {case} is barred from a forum."),
    },
}
_HEADLINES: Mapping[EventType, Mapping[tuple[EventStatus, str], str]] = {
    EventType.RECOGNITION: _RECOGNITION,
    EventType.CREDENTIALS: _CREDENTIALS,
    EventType.MISSION: _MISSION,
    EventType.MEETING: _MEETING,
    EventType.DELISTING: _DELISTING,
    EventType.AGREEMENT: _AGREEMENT,
    EventType.FORUM: _FORUM,
}

TYPE_NAMES: Mapping[EventType, str] = {
    EventType.RECOGNITION: N_("Recognition"),
    EventType.CREDENTIALS: N_("Ambassadors"),
    EventType.MISSION: N_("Missions"),
    EventType.MEETING: N_("Meetings"),
    EventType.DELISTING: N_("Bans and sanctions"),
    EventType.AGREEMENT: N_("Agreements"),
    EventType.FORUM: N_("Forums"),
}
LEVEL_NAMES: Mapping[Level, str] = {
    Level.MAJOR: N_("only recognitions"),
    Level.ALERT: N_("everything important"),
    Level.SIGNAL: N_("signals too"),
}
REASONS: Mapping[Reason, str] = {
    Reason.GRADE_RAISED: N_("Now surer than before."),
    Reason.GRADE_LOWERED: N_("Now less sure than before."),
    Reason.STATUS_CHANGED: N_("What is said of it has changed."),
    Reason.DISPUTED: N_("It is disputed: another side denies it."),
    Reason.SETTLED: N_("The dispute is settled."),
    Reason.DATE_CHANGED: N_("The date has changed."),
    Reason.RETRACTED: N_("It is retracted: please disregard it."),
    Reason.RESTORED: N_("It is no longer retracted: it stands again."),
    Reason.MERGED: N_("It is the same event as another alert, which goes on."),
    Reason.REVERSAL: N_("It has since been taken back."),
    Reason.ORDERED: N_("Corrected by the operator."),
}
MAY_BE_A_REPEAT = N_("(This may be a repeat: the first sending was interrupted.)")
_NEW_STATUS: Mapping[EventStatus, str] = {
    _DONE: N_("What was expected has happened."),
    _PLANNED: N_("It is planned now."),
    _DENIED: N_("It is denied now."),
    _REVERSED: N_("It has been taken back."),
}


def why_changed(words: Words, reason: Reason, status: EventStatus) -> str:
    """Return what a revision changed, in one sentence; empty where it changed nothing."""
    if reason is Reason.STATUS_CHANGED and status in _NEW_STATUS:
        return words.gettext(_NEW_STATUS[status])
    return words.gettext(REASONS[reason]) if reason in REASONS else ""


NOT_RECOGNITION = frozenset({EventType.CREDENTIALS, EventType.MISSION, EventType.MEETING})
"""The types that readers and newspapers most often take for a recognition."""


def headline_of(
    words: Words, event_type: EventType, status: EventStatus, detail: str, **names: str
) -> str:
    """Return the one sentence that says what happened, as exactly as the detail allows."""
    of_type = _HEADLINES[event_type]
    found = of_type.get((status, detail)) or of_type[status, ""]
    if detail == TAKES_BACK:
        found = _TAKING_BACK[event_type].get(status, found)
    text = words.gettext(found).format(**names)
    return text[:1].upper() + text[1:]


def grade_in_words(words: Words, grade: Grade, origins: int, actor: str) -> str:
    """Return how sure an event is; ``actor`` is the actor's name within a sentence."""
    if grade is Grade.CLAIMED:
        return words.gettext("claimed only by an interested party")
    if grade is Grade.CONFIRMED:
        return words.gettext("confirmed by {actor} itself").format(actor=actor)
    counted = words.ngettext(
        "reported by one source", "reported by {count} independent sources", origins
    )
    return counted.format(count=origins)
