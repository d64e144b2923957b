"""What may come: who could move next, and where they meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name
from bot.texts.reading import OUTLOOKS, Told, parts_of, write_told
from jobs.domain.events import Standing
from jobs.reference import Reference
from jobs.reference.cases import Case, Forum, Participation, Watched

_ROOM_FOR_ONE_MORE = 700
_PARTICIPATIONS: Mapping[Participation, str] = {
    Participation.ATTENDED: N_("took part"),
    Participation.INVITED: N_("invited"),
    Participation.ABSENT: N_("invited, stayed away"),
    Participation.NOT_INVITED: N_("not invited"),
    Participation.UNKNOWN: N_("invitation not known"),
}
_VAGUE_DAYS = 60
"""A gathering that is said to last longer has no day yet, only a year or a season."""


@dataclass(frozen=True, slots=True)
class Mover:
    """A watched actor, where it stands, and what it did or said lately.

    ``score`` is its momentum, None where none was reckoned yet.
    """

    watched: Watched
    standing: Standing
    signals: Sequence[Told]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """A forum of a case, and the last one of the same organisation before it, if any."""

    case: Case
    forum: Forum
    before: Forum | None


def participation_names(words: Words) -> dict[str, str]:
    """Return what each way of taking part, or not, is called."""
    return {str(each): words.gettext(name) for each, name in _PARTICIPATIONS.items()}


def watch(
    words: Words,
    names: Reference,
    case: Case,
    movers: Sequence[Mover],
    others: Sequence[Told],
    fresh: str,
) -> Message:
    """Return /watch: who is thought to move next, with the signals behind each.

    ``others`` are plans and considerations of recognition by actors that nobody watches.
    """
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("Watched: {case}").format(case=case.full_name(words.language)))
    writer.line()
    for mover in movers:
        if writer.room < 2 * _ROOM_FOR_ONE_MORE:
            break
        _write_mover(writer, words, names, mover)
    if not movers:
        writer.line(words.gettext("Nobody is watched in particular."))
    if others:
        writer.line()
        writer.line(words.gettext("Heard of others:"))
    for told in others:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        write_told(writer, words, names, told)
    writer.line()
    writer.line(
        words.gettext("Likely, possible and unlikely are opinions of record and no forecast.")
    )
    writer.line(fresh)
    return writer.build()


def forums(
    words: Words, gatherings: Sequence[Gathering], *, coming: bool, several_cases: bool
) -> Message:
    """Return /forums: what is coming (or has been), where, and who is asked."""
    writer = Writer()
    title = words.gettext("Coming forums") if coming else words.gettext("Past forums")
    with writer.bold():
        writer.write(title)
    writer.line()
    if not gatherings:
        writer.line(words.gettext("None is in the calendar."))
    for gathering in gatherings:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        _write_gathering(writer, words, gathering, several_cases=several_cases)
    writer.line()
    writer.line(words.gettext("From each case's own calendar; news of a forum comes as an alert."))
    return writer.build()


def _write_mover(writer: Writer, words: Words, names: Reference, mover: Mover) -> None:
    watched = mover.watched
    writer.line()
    with writer.bold():
        writer.write(actor_name(names, watched.actor, words.language))
    said = words.gettext("{outlook}. {note}")
    outlook, note = words.gettext(OUTLOOKS[watched.outlook]), words.gettext(watched.note)
    writer.line(f"{words.colon}{said.format(outlook=outlook, note=note)}".rstrip())
    where = parts_of(words, mover.standing)[-1]
    if mover.score is not None:
        momentum = words.gettext("momentum {score}").format(score=f"{mover.score:g}")
        where = f"{where} · {momentum}"
    writer.line(f"• {where}")
    for told in mover.signals:
        write_told(writer, words, names, told)


def _write_gathering(
    writer: Writer, words: Words, gathering: Gathering, *, several_cases: bool
) -> None:
    forum = gathering.forum
    writer.line()
    with writer.link(forum.url), writer.bold():
        writer.write(words.gettext(forum.name))
    place = f"{words.comma}{words.gettext(forum.place)}" if forum.place else ""
    writer.line(f" ({words.gettext(forum.organisation)}{place})")
    line = f"{_days(words, forum)} · {words.gettext(_PARTICIPATIONS[forum.participation])}"
    writer.line(f"{line} · {gathering.case.short_name(words.language)}" if several_cases else line)
    if gathering.before is not None:
        last = words.gettext("the time before, {day}: {how}")
        writer.line(
            last.format(
                day=words.day(gathering.before.starts_on),
                how=words.gettext(_PARTICIPATIONS[gathering.before.participation]),
            )
        )


def _days(words: Words, forum: Forum) -> str:
    first, last = forum.starts_on, forum.ends_on
    if first == last:
        return words.day(first)
    if (last - first).days > _VAGUE_DAYS:
        return words.gettext("some time from {first} to {last}").format(
            first=words.day(first), last=words.day(last)
        )
    return words.days(first, last)
