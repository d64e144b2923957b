"""Words on and below pictures."""

from collections.abc import Iterable, Mapping

from bot.texts.foreign import safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Message
from jobs.domain.events import EventStatus
from jobs.reference.cases import Case

_LEVELS: Mapping[str, str] = {
    "recognised": N_("Recognised"),
    "ambassador": N_("At ambassador level"),
    "mission": N_("With a mission"),
    "delisted": N_("A ban or listing lifted"),
    "contact": N_("In official contact"),
    "none": N_("Nothing known"),
}

_STATUSES: Mapping[EventStatus, str] = {
    EventStatus.DONE: N_("Done"),
    EventStatus.PLANNED: N_("Planned"),
    EventStatus.CONSIDERED: N_("Considered"),
    EventStatus.DENIED: N_("Denied"),
    EventStatus.REVERSED: N_("Taken back"),
}


def status_names(words: Words) -> dict[EventStatus, str]:
    """Return what a picture's key calls each way of having happened or not."""
    return {status: words.gettext(name) for status, name in _STATUSES.items()}


def level_name(words: Words, level: str) -> str:
    """Return how far a state has gone, as the map's legend and /countries say it."""
    return words.gettext(_LEVELS[level])


def recognised_by(words: Words, title: str, count: int) -> str:
    """Return by how many states a case is recognised."""
    return words.ngettext(
        "{title}: recognised by {count} state known here.",
        "{title}: recognised by {count} states known here.",
        count,
    ).format(title=title, count=count)


def map_caption(words: Words, title: str, recognising: int, picture: bytes) -> Message:
    """Return /map: the picture, and in one line what it shows."""
    counted = recognised_by(words, title, recognising)
    return Message(counted + " " + words.gettext("In words: /countries"), photo=picture)


def no_picture(words: Words) -> Message:
    """Return the answer when the picture could not be made in time."""
    return Message(
        words.gettext("The picture could not be made just now. /countries says the same in words.")
    )


def no_such_case(words: Words, asked: str, cases: Iterable[Case]) -> Message:
    """Return the answer to a case that is none."""
    titles = words.listed(case.full_name(words.language) for case in cases)
    said = words.gettext("I watch no case called {asked}. There are: {titles}")
    return Message(said.format(asked=safe_foreign(asked, 80), titles=titles))
