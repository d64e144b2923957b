"""One plain English line of an alert, for what the jobs print themselves.

What people read in their chats is written elsewhere; this is for a terminal and for other
programs, and leans on nothing but the facts.
"""

from jobs.domain.alerts import Facts
from jobs.domain.events import TAKES_BACK, EventStatus, EventType
from jobs.reference import Reference

_PHRASES = {
    EventType.RECOGNITION: {
        EventStatus.DONE: "recognised {}",
        EventStatus.PLANNED: "announced that it will recognise {}",
        EventStatus.CONSIDERED: "is considering recognition of {}",
        EventStatus.DENIED: "does not recognise {}",
        EventStatus.REVERSED: "withdrew its recognition of {}",
    },
    EventType.CREDENTIALS: {
        EventStatus.DONE: "took a step in exchanging ambassadors with {}",
        EventStatus.PLANNED: "plans to exchange ambassadors with {}",
        EventStatus.CONSIDERED: "is considering an exchange of ambassadors with {}",
        EventStatus.DENIED: "refuses to exchange ambassadors with {}",
        EventStatus.REVERSED: "broke off the exchange of ambassadors with {}",
    },
    EventType.MISSION: {
        EventStatus.DONE: "opened, upgraded or handed over a mission: {}",
        EventStatus.PLANNED: "plans to open, upgrade or hand over a mission: {}",
        EventStatus.CONSIDERED: "is considering a mission: {}",
        EventStatus.DENIED: "refuses a mission: {}",
        EventStatus.REVERSED: "closed a mission or expelled its diplomats: {}",
    },
    EventType.MEETING: {
        EventStatus.DONE: "met with {}",
        EventStatus.PLANNED: "plans to meet {}",
        EventStatus.CONSIDERED: "may meet {}",
        EventStatus.DENIED: "did not or will not meet {}",
        EventStatus.REVERSED: "called off a meeting with {}",
    },
    EventType.DELISTING: {
        EventStatus.DONE: "lifted or eased a ban or sanctions on {}",
        EventStatus.PLANNED: "plans to lift or ease a ban or sanctions on {}",
        EventStatus.CONSIDERED: "is considering easing a ban or sanctions on {}",
        EventStatus.DENIED: "keeps its ban or sanctions on {}",
        EventStatus.REVERSED: "imposed a ban or sanctions on {}",
    },
    EventType.AGREEMENT: {
        EventStatus.DONE: "reached an agreement with {}",
        EventStatus.PLANNED: "plans an agreement with {}",
        EventStatus.CONSIDERED: "is considering an agreement with {}",
        EventStatus.DENIED: "refuses an agreement with {}",
        EventStatus.REVERSED: "ended an agreement with {}",
    },
    EventType.FORUM: {
        EventStatus.DONE: "gave a place at a forum to {}",
        EventStatus.PLANNED: "invited to a forum: {}",
        EventStatus.CONSIDERED: "is considering a place at a forum for {}",
        EventStatus.DENIED: "gives no place at a forum to {}",
        EventStatus.REVERSED: "shut out of a forum: {}",
    },
}

_ABOUT_TAKING_BACK = {
    EventStatus.PLANNED: "announced this, but has not done it yet: ",
    EventStatus.CONSIDERED: "is considering this: ",
    EventStatus.DENIED: "denies this: ",
}
"""Plans, thoughts and denials of taking something back, before the words for doing so."""


def describe(facts: Facts, reference: Reference) -> str:
    """Return who did what toward whom, when, and how sure it is, on one line."""
    actor = reference.actors.get(facts.actor)
    name = actor.name("en") if actor else facts.actor
    phrases = _PHRASES[facts.type]
    said = phrases[facts.status]
    if facts.detail == TAKES_BACK and facts.status in _ABOUT_TAKING_BACK:
        said = _ABOUT_TAKING_BACK[facts.status] + phrases[EventStatus.REVERSED]
    said = said.format(reference.cases[facts.case].title)
    day = f", {facts.on.day} {facts.on:%B %Y}" if facts.on else ""
    surety = ", ".join([facts.grade.value, *_flags(facts)])
    return f"{name} {said}{day} ({surety})"


def _flags(facts: Facts) -> list[str]:
    flags = {"contested": facts.contested, "retracted": facts.retracted}
    return [flag for flag, is_set in flags.items() if is_set]
