"""/report: anybody points to a page that was missed, or that an alert gets wrong."""

from datetime import timedelta

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.commands.subscribing import open_asked
from bot.texts import orders as said
from bot.texts.foreign import safe_url
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.orders import OrderKind
from jobs.store import orders

DAY = timedelta(days=1)
MOST_OF_ONE = 5
MOST_OF_ALL = 200
"""Reports taken in a day, of one person and of all: an operator must be able to read them."""


async def report(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /report URL: put the page into the operators' queue."""
    url = ask.argument.split(" ")[0]
    if ask.user_id is None or safe_url(url) is None:
        return said.report_usage(words)
    now = desk.clock.now()
    async with desk.store.write() as conn:
        own = await orders.count_since(conn, OrderKind.REPORT, now - DAY, ask.user_id)
        every = await orders.count_since(conn, OrderKind.REPORT, now - DAY)
        if own >= MOST_OF_ONE or every >= MOST_OF_ALL:
            return said.reports_enough(words)
        # The answer comes through the outbox, which writes to known chats only.
        await open_asked(desk, conn, ask)
        await orders.put(
            conn,
            OrderKind.REPORT,
            {"url": url},
            ordered_by=ask.user_id,
            chat_id=ask.chat_id,
            now=now,
        )
    return said.report_noted(words)
