"""Answers about the ledger: where things stand, and what is newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.texts.alerts import headline, how_sure, when, write_voice
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name, sentence
from bot.texts.sources import silent_line
from jobs.domain.alerts import AlertId, Facts
from jobs.domain.events import Standing
from jobs.domain.latency import UNMEASURED, Latencies
from jobs.reference import Reference
from jobs.reference.cases import Case, Outlook

_ROOM_FOR_ONE_MORE = 700
_SHOWN_RECOGNISERS = 4
SHOWN_WATCHED = 5
_SHOWN_VOICES = 3

OUTLOOKS: Mapping[Outlook, str] = {
    Outlook.LIKELY: N_("likely next"),
    Outlook.POSSIBLE: N_("possible next"),
    Outlook.UNLIKELY: N_("unlikely"),
}
_RECOGNITIONS = {
    "de_jure": N_("recognises it"),
    "withdrawn": N_("has withdrawn its recognition"),
    "none": N_("no recognition of it known here"),
}
_PARTS = {
    "mission": N_("open or handed over"),
    "embassy": N_("embassy"),
    "consulate": N_("consulate"),
    "office": N_("office"),
    "closed": N_("closed"),
    "ambassador": N_("ambassador"),
    "chargé d'affaires": N_("chargé d'affaires"),
    "diplomat": N_("diplomat"),
    "none": N_("none"),
    "delisted": N_("taken off"),
    "suspended": N_("suspended"),
    "listed": N_("on it"),
}
"""What the ledger calls the parts of a standing, in words for people."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as last told; ``alert_id`` is None where it was not."""

    alert_id: AlertId | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Freshness:
    """How many sources were read lately, of how many, and when the last one was.

    With it how soon the latest alerts came.
    """

    fresh: int
    all: int
    last_read_at: datetime | None
    within: timedelta
    measured: Latencies = UNMEASURED


@dataclass(frozen=True, slots=True)
class Silent:
    """That a case's own sources have brought nothing new since, and for how many hours."""

    since: datetime
    hours: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Where things stand with one case."""

    case: Case
    standings: Sequence[Standing]
    newest: Sequence[Told]
    silent: Silent | None = None


def overview(
    words: Words,
    names: Reference,
    situations: Sequence[Situation],
    freshness: Freshness,
    watched: int = SHOWN_WATCHED,
) -> Message:
    """Return /status: for each case who recognises it, who is watched, what came last."""
    writer = Writer()
    for situation in situations:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        _write_situation(writer, words, names, situation, watched=watched)
        writer.line()
    _write_freshness(writer, words, freshness)
    return writer.build()


def status_of_case(
    words: Words,
    names: Reference,
    situation: Situation,
    freshness: Freshness,
    watched: int | None = None,
) -> Message:
    """Return /status CASE: who recognises it, everybody who is watched, what came last.

    With ``watched`` only so many of those who are watched.
    """
    writer = Writer()
    shown = len(situation.case.watch) if watched is None else watched
    _write_situation(writer, words, names, situation, watched=shown)
    writer.line()
    _write_freshness(writer, words, freshness)
    return writer.build()


def status_of_actor(
    words: Words,
    names: Reference,
    code: str,
    found: Sequence[tuple[Case, Standing | None, Sequence[Told]]],
    freshness: Freshness,
) -> Message:
    """Return /status COUNTRY: its standing toward each case, and what it did last."""
    writer = Writer()
    with writer.bold():
        writer.write(actor_name(names, code, words.language))
    writer.line()
    for case, standing, told in found:
        writer.line()
        writer.line(f"{case.full_name(words.language)}{words.colon}".rstrip())
        for part in parts_of(words, standing or Standing(case.id, code)):
            writer.line(f"• {part}")
        if standing is not None and not standing.certain:
            writer.line("• " + words.gettext("Part of this rests on one weak source."))
        for watched in case.watch:
            if watched.actor == code:
                outlook = words.gettext(OUTLOOKS[watched.outlook])
                said = words.gettext("watched: {outlook}. {note}")
                note = words.gettext(watched.note)
                writer.line(f"• {said.format(outlook=outlook, note=note)}".rstrip())
        for one in told:
            if writer.room < _ROOM_FOR_ONE_MORE:
                break
            write_told(writer, words, names, one)
    writer.line()
    writer.line(how_fresh(words, freshness))
    return writer.build()


def recognised_line(
    words: Words, names: Reference, case: Case, standings: Sequence[Standing]
) -> str:
    """Return who recognises a case, in one line."""
    title = case.full_name(words.language)
    recognising = [standing for standing in standings if standing.recognition == "de_jure"]
    if not recognising:
        return words.gettext("{case}: no recognition known here").format(case=title)
    recognising.sort(key=lambda standing: standing.recognised_on or date.min, reverse=True)
    newest = recognising[:_SHOWN_RECOGNISERS]
    listed = words.listed(_recogniser(words, names, one) for one in newest)
    if len(recognising) <= _SHOWN_RECOGNISERS:
        line = words.gettext("{case}: recognised by {names}")
    else:
        # A case's file need not hold every old recognition, so the number is what is known.
        line = words.gettext("{case}: recognised by {count} known here, the last ones {names}")
    return line.format(case=title, count=len(recognising), names=listed)


def latest(words: Words, names: Reference, told: Sequence[Told], freshness: Freshness) -> Message:
    """Return /latest: the newest alerts, newest first."""
    if not told:
        nothing = words.gettext("Nothing yet: no alert has been told so far.")
        return Message(f"{nothing}\n{how_fresh(words, freshness)}")
    writer = Writer()
    for one in told:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        write_told(writer, words, names, one)
        writer.line()
    writer.line(how_fresh(words, freshness))
    return writer.build()


def card(words: Words, names: Reference, told: Told, *, command: bool = True) -> Message:
    """Return one alert as it stands now, with its sources.

    Without ``command`` for a chat that the bot may not be in, where no command works.
    """
    writer = Writer()
    write_told(writer, words, names, told if command else replace(told, alert_id=None))
    for voice in told.facts.voices[:_SHOWN_VOICES]:
        write_voice(writer, voice, words)
    return writer.build()


def no_such_alert(words: Words, asked: str) -> Message:
    """Return the answer to /why with a number that is none of an alert."""
    if not asked:
        return Message(
            words.gettext(
                "Which alert? Each alert ends with its number: send /why and the number, "
                "such as /why 12"
            )
        )
    writer = Writer()
    writer.write(words.gettext("There is no alert with this number:") + " ")
    writer.foreign(asked, 60)
    writer.line()
    writer.line(words.gettext("/latest shows the newest alerts with their numbers."))
    return writer.build()


def no_such_actor(words: Words, names: Reference, asked: str, guesses: Sequence[str]) -> Message:
    """Return the answer to a country that is none that we know."""
    writer = Writer()
    writer.write(words.gettext("No country or organisation is known by this name:") + " ")
    writer.foreign(asked, 120)
    writer.line()
    if guesses:
        listed = words.listed(actor_name(names, code, words.language) for code in guesses)
        writer.line(words.gettext("Did you mean: {names}?").format(names=listed))
    writer.line(words.gettext("/countries lists those that have a standing."))
    return writer.build()


def _write_situation(
    writer: Writer, words: Words, names: Reference, situation: Situation, *, watched: int
) -> None:
    by_actor = {standing.actor: standing for standing in situation.standings}
    with writer.bold():
        writer.write(recognised_line(words, names, situation.case, situation.standings))
    writer.line()
    for one in situation.case.watch[:watched]:
        name = actor_name(names, one.actor, words.language)
        outlook = words.gettext(OUTLOOKS[one.outlook])
        standing = by_actor.get(one.actor, Standing(situation.case.id, one.actor))
        last = parts_of(words, standing)[-1]
        writer.line(f"• {name}{words.colon}{words.in_parts([outlook, last])}")
    if situation.newest:
        writer.line(words.gettext("Newest:"))
    for told in situation.newest:
        write_told(writer, words, names, told)
    if situation.silent is not None:
        writer.line(silent_line(words, situation.silent.hours, situation.silent.since))


def _recogniser(words: Words, names: Reference, standing: Standing) -> str:
    name = actor_name(names, standing.actor, words.language)
    return f"{name} ({_since(words, standing.recognised_on)})" if standing.recognised_on else name


def _since(words: Words, on: date) -> str:
    return words.gettext("since {day}").format(day=words.day(on))


def parts_of(words: Words, standing: Standing) -> list[str]:
    """Return a standing in words, recognition first, the last meeting last."""
    recognition = words.gettext(_RECOGNITIONS.get(standing.recognition, _RECOGNITIONS["none"]))
    parts = [recognition + _on(words, standing.recognised_on)]
    for label, value, on in (
        (N_("mission"), standing.mission, standing.mission_on),
        (N_("head of mission"), standing.head_of_mission, standing.head_on),
        (N_("terrorist or banned list"), standing.listing, standing.listing_on),
    ):
        if value:
            said = words.gettext(_PARTS.get(value, value))
            parts.append(f"{words.gettext(label)}{words.colon}{said}{_on(words, on)}")
    if standing.last_meeting_on is not None:
        day = words.day(standing.last_meeting_on)
        parts.append(words.gettext("last met on {day}").format(day=day))
    return parts


def _on(words: Words, on: date | None) -> str:
    return f"{words.comma}{_since(words, on)}" if on else ""


def how_fresh(words: Words, freshness: Freshness) -> str:
    """Return how many sources were read lately, and when the last one was."""
    if freshness.last_read_at is None:
        return words.gettext("No source has been read yet.")
    minutes = int(freshness.within.total_seconds() // 60)
    return words.gettext(
        "Sources: {fresh} of {all} read within {minutes} minutes; the last one {moment}."
    ).format(
        fresh=freshness.fresh,
        all=freshness.all,
        minutes=minutes,
        moment=words.moment(freshness.last_read_at),
    )


def _write_freshness(writer: Writer, words: Words, freshness: Freshness) -> None:
    writer.line(how_fresh(words, freshness))
    soon = how_soon(words, freshness.measured)
    if soon:
        writer.line(soon)


def how_soon(words: Words, measured: Latencies) -> str:
    """Return how long the latest alerts took from publication to the chats; empty if unknown."""
    middle, most, own = measured.published(0.5), measured.published(0.95), measured.read(0.5)
    if middle is None or most is None or own is None:
        return ""
    return words.gettext(
        "Measured over the last {count} alerts: half came within {middle} of publication, 19 of "
        "20 within {most}; {own} of it passed here."
    ).format(
        count=len(measured.measured),
        middle=_lasting(words, middle),
        most=_lasting(words, most),
        own=_lasting(words, own),
    )


def _lasting(words: Words, seconds: float) -> str:
    if seconds < 100:
        return words.gettext("{count} s").format(count=max(1, round(seconds)))
    if seconds < 100 * 60:
        return words.gettext("{count} min").format(count=round(seconds / 60))
    return words.gettext("{count} h").format(count=round(seconds / 3600))


def write_told(writer: Writer, words: Words, names: Reference, told: Told) -> None:
    """Write one thing that happened: what, when, how sure, and where to ask why."""
    facts = told.facts
    if facts.retracted:
        writer.write(words.gettext("Retracted:") + " ")
        with writer.struck():
            writer.write(headline(facts, words, names))
    else:
        with writer.bold():
            writer.write(headline(facts, words, names))
    writer.line()
    how = f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}"
    writer.line(f"{how} · /why_{told.alert_id}" if told.alert_id is not None else how)
