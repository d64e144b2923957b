"""Answers about the sources: how they are, and an operator's orders about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.texts.foreign import safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from jobs.domain.health import SourceHealth, State
from jobs.domain.items import Source
from jobs.reference.cases import Case

_STATES: Mapping[State, str] = {
    State.FRESH: N_("fresh"),
    State.QUIET: N_("quiet"),
    State.NEW: N_("not read yet"),
    State.PAUSED: N_("paused"),
    State.FAILING: N_("failing"),
    State.BLOCKED: N_("keeps us out"),
    State.CHANGED: N_("sends something else than before"),
    State.DEAD: N_("gone"),
}
_WELL = (State.FRESH, State.QUIET, State.NEW)
_ROOM_FOR_ONE_MORE = 400
MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One source, how it is, and its state in a word."""

    source: Source
    health: SourceHealth
    state: State


@dataclass(frozen=True, slots=True)
class Heard:
    """When a case's own sources last brought something new, and whether that is too long ago."""

    case: Case
    at: datetime | None
    is_silent: bool


def overview(words: Words, lines: Sequence[Line], heard: Sequence[Heard]) -> Message:
    """Return /sources: how many are how, when each case was last heard of, and which ail."""
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("Sources: {count}").format(count=len(lines)))
    writer.line()
    for state in State:
        count = sum(line.state is state for line in lines)
        if count:
            writer.line(f"• {words.gettext(_STATES[state])}: {count}")
    for each in heard:
        writer.line(_heard(words, each))
    ailing = [line for line in lines if line.state not in _WELL]
    if ailing:
        writer.line()
        _write_lines(writer, words, ailing)
    writer.line()
    writer.line(words.gettext("One of them: /sources and its name; all of a kind: /sources quiet"))
    return writer.build()


def of_state(words: Words, state: State, lines: Sequence[Line]) -> Message:
    """Return /sources STATE: those that are so."""
    writer = Writer()
    with writer.bold():
        writer.write(f"{words.gettext(_STATES[state])}: {len(lines)}")
    writer.line()
    _write_lines(writer, words, lines)
    return writer.build()


def of_source(words: Words, line: Line, *, in_full: bool) -> Message:
    """Return /sources ID: what is known of one; its error only to operators (``in_full``)."""
    source, health = line.source, line.health
    writer = Writer()
    with writer.bold(), writer.link(source.url):
        writer.foreign(source.name, 100)
    writer.line(f" ({source.id})")
    writer.line(
        f"{source.kind} · {source.language} · {source.tier} · {source.side} · "
        + words.gettext("every {minutes} minutes").format(minutes=source.interval_seconds // 60)
    )
    writer.line(f"{words.gettext('State')}: {words.gettext(_STATES[line.state])}")
    for label, at in (
        (words.gettext("Last read"), health.last_ok_at),
        (words.gettext("Last news"), health.last_new_at),
        (words.gettext("Next look"), health.next_due_at if health.paused_at is None else None),
    ):
        if at is not None:
            writer.line(f"{label}: {words.moment(at)}")
    if health.failures:
        failed = words.ngettext("{n} failure in a row", "{n} failures in a row", health.failures)
        writer.line(failed.format(n=health.failures))
    if in_full and health.last_error:
        writer.foreign(health.last_error, 600)
        writer.line()
    if in_full and health.moved_to:
        writer.write(words.gettext("Moved to") + " ")
        writer.foreign(health.moved_to, 300)
        writer.line()
    return writer.build()


def no_such_source(words: Words, asked: str, close: Sequence[str]) -> Message:
    """Return that no source is called so, with those that nearly are."""
    text = words.gettext("No source is called {asked}.").format(asked=safe_foreign(asked, 80))
    if close:
        text += " " + words.gettext("Perhaps: {names}").format(names=", ".join(close))
    return Message(text)


def order_usage(words: Words, why: str = "") -> Message:
    """Return how orders about sources are written; ``why`` says what was wrong."""
    writer = Writer()
    if why:
        writer.foreign(why, 300)
        writer.line()
    writer.line(words.gettext("It is written:"))
    for usage in (
        "/source add https://example.org/feed ru",
        "/source add https://example.org/feed ru tier=wire side=RU family=TASS case=taliban",
        "/source pause ID",
        "/source resume ID",
        "/source test ID",
        "/source remove ID",
    ):
        writer.line(f"  {usage}")
    writer.line(
        words.gettext("Lists of feeds (OPML) go by the command line: source import, export.")
    )
    return writer.build()


def order_taken(words: Words) -> Message:
    """Return that an order was written down."""
    return Message(words.gettext("Noted. I answer here when it is done."))


def silent_line(words: Words, hours: int, heard: datetime) -> str:
    """Return the line of /status that says that nothing is heard of a case."""
    return words.ngettext(
        "⚠ Nothing new from this case's sources for {hours} hour (since {moment}): what happened "
        "since may be missing here.",
        "⚠ Nothing new from this case's sources for {hours} hours (since {moment}): what happened "
        "since may be missing here.",
        hours,
    ).format(hours=hours, moment=words.moment(heard))


def _heard(words: Words, heard: Heard) -> str:
    case = heard.case.short_name(words.language)
    if heard.at is None:
        return words.gettext("{case}: nothing was heard yet").format(case=case)
    last = words.gettext("{case}: last news {moment}")
    text = last.format(case=case, moment=words.moment(heard.at))
    return f"⚠ {text}" if heard.is_silent else text


def _write_lines(writer: Writer, words: Words, lines: Sequence[Line]) -> None:
    for shown, line in enumerate(lines):
        if shown == MOST_SHOWN or writer.room < _ROOM_FOR_ONE_MORE:
            more = len(lines) - shown
            writer.line(words.gettext("… and {count} more").format(count=more))
            break
        writer.write(f"• {line.source.id}: {words.gettext(_STATES[line.state])}")
        since = line.health.paused_at or line.health.last_ok_at
        if line.state not in _WELL and since is not None:
            writer.write(
                words.comma + words.gettext("since {moment}").format(moment=words.moment(since))
            )
        writer.line()
