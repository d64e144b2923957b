"""Words on and below pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.texts.foreign import cut, safe_foreign, utf16_length
from bot.texts.language import N_, Words
from bot.texts.messages import CAPTION_ROOM, Message, Writer
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

_STEPS: Mapping[str, str] = {
    "recognition": N_("Recognition"),
    "move": N_("Ambassador, mission, or ban lifted"),
    "talk": N_("Meeting, agreement or forum"),
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


def step_names(words: Words) -> dict[str, str]:
    """Return what the wave's key calls the steps, weightiest first."""
    return {step: words.gettext(name) for step, name in _STEPS.items()}


def meetings_title(words: Words, case: str) -> str:
    """Return what stands above the picture of meetings."""
    return words.gettext("Meetings: {case}").format(case=case)


def wave_title(words: Words, actor: str) -> str:
    """Return what stands above the picture of a wave."""
    return words.gettext("Around the recognition by {actor}").format(actor=actor)


def map_caption(words: Words, title: str, recognising: int) -> Message:
    """Return what is said below a map of a case: how many recognise it."""
    in_words = words.gettext("In words: /countries")
    return Message(f"{recognised_by(words, title, recognising)} {in_words}")


def meetings_caption(words: Words, title: str, count: int, most: Sequence[str]) -> Message:
    """Return what is said below the meetings: how many, and with whom most."""
    counted = words.ngettext(
        "{count} official meeting known in twelve months.",
        "{count} official meetings known in twelve months.",
        count,
    ).format(count=count)
    lines = [title, counted]
    if most:
        lines.append(words.gettext("Most with: {names}").format(names=words.listed(most)))
    lines.append(words.gettext("One by one: /meetings"))
    return Message("\n".join(lines))


def wave_caption(words: Words, said: str, day: date, before: int, after: int) -> Message:
    """Return what is said below a wave, which shows an order and no cause."""
    lines = [
        f"{said} {words.day(day)}",
        words.gettext(
            "Known steps of all countries: {before} in the eight weeks before, {after} in the "
            "sixteen weeks from then on."
        ).format(before=before, after=after),
        words.gettext("What came later need not have come of it."),
    ]
    return Message("\n".join(lines))


def no_recognition(words: Words, case: str) -> Message:
    """Return the answer to a wave around a recognition that is not known."""
    return Message(words.gettext("No dated recognition of {case} is known here.").format(case=case))


def what_chart(words: Words, asked: str) -> Message:
    """Return the answer to a chart of nothing that is known."""
    writer = Writer()
    writer.write(words.gettext("There is no chart of this:") + " ")
    writer.foreign(asked, 80)
    writer.line()
    writer.line(
        words.gettext("Try {examples}").format(
            examples="/chart meetings · /chart wave russia · /chart region · /chart uzbekistan"
        )
    )
    return writer.build()


def illustrated(versions: Iterable[Message], picture: bytes, key: str) -> Message:
    """Return the first version that fits below a picture, with it; or the first without.

    ``key`` explains the picture; it may be cut short below the last of the versions that fit.
    """
    line, first, fitting = f"\n{key}" if key else "", None, None
    for version in versions:
        first = first or version
        room = CAPTION_ROOM - utf16_length(version.text)
        if room >= 0:
            fitting = version
        if room >= utf16_length(line):
            break
    if fitting is None:
        return first or Message("")
    room = CAPTION_ROOM - utf16_length(fitting.text)
    return replace(fitting, text=fitting.text + (cut(line, room) if room else ""), photo=picture)


def of_disputes(words: Words) -> str:
    """Return what a map draws of places that are disputed."""
    return words.gettext(
        "Contested places are hatched and contested borders dashed: the map sides with nobody."
    )


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
