"""Answers about the ledger: where things stand, what is newest, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.texts.alerts import headline, how_sure, when
from bot.texts.charts import level_name
from bot.texts.foreign import cut, host_of, safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name, sentence
from bot.texts.sources import silent_line
from bot.texts.wording import REASONS
from jobs.domain.alerts import AlertId, Facts, Reason
from jobs.domain.events import Evidence, Standing
from jobs.reference import Reference
from jobs.reference.cases import Case, Outlook

_ROOM_FOR_ONE_MORE = 700
_SHOWN_ACCOUNTS = 12
_SHOWN_RECOGNISERS = 4

_OUTLOOKS = {
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

_WITHHELD = {
    Reason.ALREADY_KNOWN: N_("known already"),
    Reason.BACKGROUND: N_("background"),
    Reason.STALE: N_("too old to be news"),
    Reason.BASELINE: N_("there before the watch began"),
    Reason.UNDATED: N_("without a date"),
    Reason.BELOW_LEVEL: N_("a signal only"),
    Reason.INHIBITED: N_("told within a greater alert"),
    Reason.OTHER_CASE: N_("of another case"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One alert as last told."""

    alert_id: AlertId
    facts: Facts


@dataclass(frozen=True, slots=True)
class Freshness:
    """How many sources were read lately, of how many, and when the last one was."""

    fresh: int
    all: int
    last_read_at: datetime | None
    within: timedelta


@dataclass(frozen=True, slots=True)
class Silent:
    """That a case's own sources have brought nothing new since, and for how many hours."""

    since: datetime
    hours: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Where things stand with one case."""

    case: Case
    standings: Sequence[Standing]
    newest: Told | None
    silent: Silent | None = None


def overview(
    words: Words, names: Reference, pictures: Sequence[Picture], freshness: Freshness
) -> Message:
    """Return /status: for each case who recognises it, who is watched, what came last."""
    writer = Writer()
    for picture in pictures:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        _write_picture(writer, words, names, picture)
        if picture.silent is not None:
            writer.line(silent_line(words, picture.silent.hours, picture.silent.since))
        writer.line()
    writer.line(_how_fresh(words, freshness))
    return writer.build()


def status_of_actor(
    words: Words,
    names: Reference,
    code: str,
    found: Sequence[tuple[Case, Standing | None, Sequence[Told]]],
) -> Message:
    """Return /status COUNTRY: its standing toward each case, and what it did last."""
    writer = Writer()
    with writer.bold():
        writer.write(actor_name(names, code, words.language))
    writer.line()
    for case, standing, told in found:
        writer.line()
        writer.line(f"{case.title}:")
        for part in _parts_of(words, standing or Standing(case.id, code)):
            writer.line(f"• {part}")
        if standing is not None and not standing.certain:
            writer.line("• " + words.gettext("Part of this rests on one weak source."))
        for watched in case.watch:
            if watched.actor == code:
                outlook = words.gettext(_OUTLOOKS[watched.outlook])
                writer.line(f"• {words.gettext('watched:')} {outlook}. {watched.note}".rstrip())
        for one in told:
            if writer.room < _ROOM_FOR_ONE_MORE:
                break
            _write_told(writer, words, names, one)
    return writer.build()


def recognised_line(
    words: Words, names: Reference, case: Case, standings: Sequence[Standing]
) -> str:
    """Return who recognises a case, in one line."""
    recognising = [standing for standing in standings if standing.recognition == "de_jure"]
    if not recognising:
        return words.gettext("{case}: no recognition known here").format(case=case.title)
    recognising.sort(key=lambda standing: standing.recognised_on or date.min, reverse=True)
    listed = ", ".join(_recogniser(words, names, one) for one in recognising[:_SHOWN_RECOGNISERS])
    if len(recognising) <= _SHOWN_RECOGNISERS:
        line = words.gettext("{case}: recognised by {names}")
    else:
        # A case's file need not hold every old recognition, so the number is what is known.
        line = words.gettext("{case}: recognised by {count} known here, the last ones {names}")
    return line.format(case=case.title, count=len(recognising), names=listed)


def latest(words: Words, names: Reference, told: Sequence[Told]) -> Message:
    """Return /latest: the newest alerts, newest first."""
    if not told:
        return Message(words.gettext("Nothing yet: no alert has been told so far."))
    writer = Writer()
    for one in told:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        _write_told(writer, words, names, one)
        writer.line()
    return writer.build()


def countries(
    words: Words, names: Reference, found: Sequence[tuple[Case, Mapping[str, Sequence[str]]]]
) -> Message:
    """Return /countries: for each case the actors' codes by level, furthest first."""
    writer = Writer()
    for case, codes_by_level in found:
        with writer.bold():
            writer.write(case.title)
        writer.line()
        for level, codes in codes_by_level.items():
            listed = ", ".join(sorted(actor_name(names, code, words.language) for code in codes))
            line = f"{level_name(words, level)} ({len(codes)}): {listed}"
            writer.line(cut(line, max(writer.room - 200, 1)))
        if not codes_by_level:
            writer.line(words.gettext("Nothing is known yet."))
        writer.line()
    writer.line(words.gettext("More on one: /status and its name, such as /status Uzbekistan"))
    return writer.build()


def why(
    words: Words,
    names: Reference,
    told: Told,
    accounts: Sequence[tuple[Evidence, Reason | None]],
    changes: Sequence[tuple[datetime, Reason]],
) -> Message:
    """Return /why ID: each source with its sentence, time and rule, and what was told."""
    writer = Writer()
    _write_told(writer, words, names, told)
    writer.line()
    counted = words.ngettext(
        "{count} item speaks of it:", "{count} items speak of it:", len(accounts)
    )
    writer.line(counted.format(count=len(accounts)))
    for place, (evidence, reason) in enumerate(accounts[:_SHOWN_ACCOUNTS], start=1):
        if writer.room < 2 * _ROOM_FOR_ONE_MORE:
            break
        writer.write(f"{place}. ")
        _write_account(writer, words, evidence, reason)
    for at, reason in changes[1:]:
        if reason in REASONS and writer.room > _ROOM_FOR_ONE_MORE:
            writer.line(f"{words.moment(at)}: {words.gettext(REASONS[reason])}")
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
        listed = ", ".join(actor_name(names, code, words.language) for code in guesses)
        writer.line(words.gettext("Did you mean: {names}?").format(names=listed))
    writer.line(words.gettext("/countries lists those that have a standing."))
    return writer.build()


def _write_picture(writer: Writer, words: Words, names: Reference, picture: Picture) -> None:
    by_actor = {standing.actor: standing for standing in picture.standings}
    with writer.bold():
        writer.write(recognised_line(words, names, picture.case, picture.standings))
    writer.line()
    for watched in picture.case.watch[:8]:
        name = actor_name(names, watched.actor, words.language)
        outlook = words.gettext(_OUTLOOKS[watched.outlook])
        standing = by_actor.get(watched.actor, Standing(picture.case.id, watched.actor))
        writer.line(f"• {name}: {outlook}; {_parts_of(words, standing)[-1]}")
    if picture.newest is not None:
        writer.line(words.gettext("Newest:"))
        _write_told(writer, words, names, picture.newest)


def _recogniser(words: Words, names: Reference, standing: Standing) -> str:
    name = actor_name(names, standing.actor, words.language)
    return f"{name} ({_since(words, standing.recognised_on)})" if standing.recognised_on else name


def _since(words: Words, on: date) -> str:
    return words.gettext("since {day}").format(day=words.day(on))


def _parts_of(words: Words, standing: Standing) -> list[str]:
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
            parts.append(f"{words.gettext(label)}: {said}{_on(words, on)}")
    if standing.last_meeting_on is not None:
        day = words.day(standing.last_meeting_on)
        parts.append(words.gettext("last met on {day}").format(day=day))
    return parts


def _on(words: Words, on: date | None) -> str:
    return f", {_since(words, on)}" if on else ""


def _how_fresh(words: Words, freshness: Freshness) -> str:
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


def _write_told(writer: Writer, words: Words, names: Reference, told: Told) -> None:
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
    writer.line(f"{how} · /why_{told.alert_id}")


def _write_account(writer: Writer, words: Words, evidence: Evidence, reason: Reason | None) -> None:
    mention = evidence.mention
    with writer.link(evidence.url):
        writer.foreign(evidence.title or evidence.url, 200)
    writer.write(" (")
    writer.foreign(host_of(evidence.url) or evidence.outlet.host, 80)
    at = evidence.published_at or evidence.seen_at
    writer.line(f", {words.moment(at)})")
    if mention.clause and mention.clause.strip() != evidence.title.strip():
        writer.line(f"  “{safe_foreign(mention.clause, 220)}”")
    rule = words.gettext("rule {rule}").format(rule=safe_foreign(mention.rule, 60))
    held = _WITHHELD.get(reason) if reason is not None else None
    writer.line(f"  {rule}" + (f" · {words.gettext(held)}" if held else ""))
