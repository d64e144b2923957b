"""Commands about the sources: /sources for everybody, /source for the operator."""

import difflib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.subscribing import open_asked
from bot.texts import sources as texts
from bot.texts.language import Words
from bot.texts.messages import Message
from bot.texts.sources import Heard, Line
from jobs.domain.health import SourceHealth, State, state_of
from jobs.domain.orders import OrderKind, SourceAction
from jobs.reference import Reference
from jobs.reference.added import joined
from jobs.reference.cases import Case
from jobs.reference.voices import last_heard, silence
from jobs.store import orders, roster, sources

_EXTRAS = frozenset({"id", "name", "kind", "family", "tier", "side", "case"})


async def sources_of(conn: AsyncConnection, desk: Desk) -> Reference:
    """Return the reference with the sources that were added while the program ran."""
    return joined(desk.reference, await roster.added(conn))[0]


def heard_of(
    desk: Desk, reference: Reference, case: Case, healths: Sequence[SourceHealth]
) -> Heard:
    """Return when a case was last heard of, and whether that is too long ago."""
    at = last_heard(case, reference.sources.values(), healths)
    lasting = silence(at, desk.clock.now(), timedelta(hours=desk.silence_hours))
    return Heard(case, at, lasting is not None)


async def list_sources(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /sources: how all are, those in one state, or one of them."""
    now = desk.clock.now()
    async with desk.store.read() as conn:
        reference = await sources_of(conn, desk)
        healths = await sources.health(conn)
    lines = [
        Line(source, health, state_of(health, now))
        for health in healths
        if (source := reference.sources.get(health.source_id)) is not None
    ]
    worst_first = list(reversed(State))
    lines.sort(key=lambda line: (worst_first.index(line.state), line.source.id))
    asked = ask.argument.lower()
    if not asked:
        heard = [heard_of(desk, reference, case, healths) for case in reference.cases.values()]
        return texts.overview(words, lines, heard)
    if asked in list(State):
        return texts.of_state(words, State(asked), [each for each in lines if each.state == asked])
    for line in lines:
        if asked in (line.source.id, line.source.name.lower()):
            in_full = ask.is_private and ask.user_id in desk.operators
            return texts.of_source(words, line, in_full=in_full)
    close = difflib.get_close_matches(asked, [line.source.id for line in lines], n=3)
    return texts.no_such_source(words, ask.argument, close)


async def order_source(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /source ACTION …: order that a source be added, paused, tried or removed."""
    action, *rest = ask.argument.split() or [""]
    if action not in list(SourceAction) or not rest:
        return texts.order_usage(words)
    payload = {"action": action, "source": rest[0]}
    if action == SourceAction.ADD:
        if len(rest) < 2 or "=" in rest[1]:
            return texts.order_usage(words, words.gettext("The language is missing."))
        payload["language"] = rest[1]
        rest = rest[1:]
    for extra in rest[1:]:
        name, sign, value = extra.partition("=")
        if action != SourceAction.ADD or not (sign and value) or name not in _EXTRAS:
            return texts.order_usage(words, extra)
        payload[name] = value
    if ask.user_id is None:
        raise ValueError("an order needs a person")
    now = desk.clock.now()
    async with desk.store.write() as conn:
        # The answer comes through the outbox, which writes to known chats only.
        await open_asked(desk, conn, ask)
        await orders.put(
            conn,
            OrderKind.SOURCE,
            payload,
            ordered_by=ask.user_id,
            chat_id=ask.chat_id,
            now=now,
        )
    return texts.order_taken(words)
