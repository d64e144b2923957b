"""Inline mode: ``@bot uzbekistan`` in any chat offers cards to share there.

A card is a message of whoever shares it, so it carries no button of ours but a link to the bot.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import InlineQueryResultArticle, InputTextMessageContent

from bot.commands.alert_buttons import CARD, LINK_LETTERS
from bot.commands.answers import NO_PREVIEW
from bot.commands.countries import Found
from bot.commands.desk import Desk
from bot.commands.ledger import freshness, told_alerts
from bot.commands.questions import read_question
from bot.commands.reading import alert_number
from bot.texts import reading
from bot.texts.alerts import headline, how_sure, when
from bot.texts.direction import laid_out, laid_out_text
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from bot.texts.names import actor_name, sentence
from bot.texts.reading import Told
from jobs.domain.alerts import AlertId
from jobs.store import alerts, listing, search, standings
from jobs.store.alerts import Revision

STATUS_LETTER = "s"
LONGEST_QUERY = 100
_SHOWN = 5
_ALERTS_OF_ACTOR = 4


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to share: how the list shows it, and the message it becomes."""

    id: str
    title: str
    description: str
    message: Message


async def cards(desk: Desk, words: Words, query: str) -> list[Card]:
    """Return what a query offers: a country's standing and its alerts, an alert, or finds.

    An empty query offers the newest alerts.
    """
    asked = " ".join(query.split())[:LONGEST_QUERY]
    number = alert_number(asked)
    found = desk.gazetteer.find(asked) if asked else Found(None)
    if found.code is not None:
        return await _of_country(desk, words, found.code)
    async with desk.store.read() as conn:
        if not asked:
            revisions = await alerts.latest(conn, limit=_SHOWN)
        else:
            ids = [number] if number is not None else await _found(desk, conn, asked)
            last = [await alerts.last_told(conn, alert_id) for alert_id in ids]
            revisions = [one for one in last if one is not None]
    return _of_alerts(desk, words, revisions)


def article(card: Card, language: str) -> InlineQueryResultArticle:
    """Return a card as Telegram lists it, laid out as its language is written."""
    message = laid_out(card.message, language)
    content = InputTextMessageContent(
        message.text, entities=message.entities, link_preview_options=NO_PREVIEW
    )
    return InlineQueryResultArticle(
        card.id,
        laid_out_text(card.title, language),
        content,
        reply_markup=message.markup(),
        description=laid_out_text(card.description, language),
    )


async def _found(desk: Desk, conn: AsyncConnection, asked: str) -> list[AlertId]:
    numbers = read_question(desk.reference, desk.gazetteer, asked).numbers
    if not numbers:
        return []
    hits = await search.find(conn, numbers, limit=_SHOWN)
    listed = await listing.by_ids(conn, hits.event_ids)
    return [one.alert_id for one in listed if one.alert_id is not None]


async def _of_country(desk: Desk, words: Words, code: str) -> list[Card]:
    lines, newest = [], []
    async with desk.store.read() as conn:
        stand = await standings.of_actor(conn, code)
        for case in desk.reference.cases.values():
            standing = stand.get(case.id)
            told = await alerts.latest(conn, limit=_ALERTS_OF_ACTOR, cases=[case.id], actor=code)
            if standing is not None or told:
                lines.append((case, standing, told_alerts(told[:1])))
            newest += told
        fresh = await freshness(conn, desk.clock.now())
    name = actor_name(desk.reference, code, words.language)
    message = reading.status_of_actor(words, desk.reference, code, lines, fresh)
    card = Card(
        f"{STATUS_LETTER}_{code}",
        name,
        words.gettext("Where it stands now"),
        _linked(desk, words, message, f"{STATUS_LETTER}_{code}"),
    )
    newest.sort(key=lambda one: one.alert_id, reverse=True)
    return [card, *_of_alerts(desk, words, newest[:_ALERTS_OF_ACTOR])]


def _of_alerts(desk: Desk, words: Words, revisions: list[Revision]) -> list[Card]:
    return [
        _of_alert(desk, words, told, told.alert_id)
        for told in told_alerts(revisions)
        if told.alert_id is not None
    ]


def _of_alert(desk: Desk, words: Words, told: Told, alert_id: AlertId) -> Card:
    facts = told.facts
    said = headline(facts, words, desk.reference)
    if facts.retracted:
        said = words.gettext("Retracted: {said}").format(said=said)
    how = f"{sentence(when(facts, words))} · {how_sure(facts, words, desk.reference)}"
    link = f"{LINK_LETTERS[CARD]}_{alert_id}"
    message = reading.card(words, desk.reference, told, command=False)
    return Card(link, said, how, _linked(desk, words, message, link))


def _linked(desk: Desk, words: Words, message: Message, parameter: str) -> Message:
    url = desk.alert_buttons.address(parameter)
    return message.with_rows([Button(words.gettext("More from the bot"), url=url)])
