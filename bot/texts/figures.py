"""The answer to /stats: how much was read, and how much told."""

from bot.texts.language import Words
from bot.texts.messages import Message, Writer
from bot.texts.reading import Freshness, how_fresh
from jobs.reference import Reference
from jobs.store.listing import Counts


def stats(
    words: Words, names: Reference, counts: Counts, days: int, freshness: Freshness
) -> Message:
    """Return /stats: items, events and alerts, ever and in the last days."""
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("In figures"))
    writer.line()
    for line in (
        words.gettext("Items read: {all}, of them {lately} in the last {days} days").format(
            all=_number(counts.items), lately=_number(counts.items_lately), days=days
        ),
        words.gettext("Events in the ledger: {count}").format(count=_number(counts.events)),
        words.gettext("Alerts in the last {days} days: {count}; taken back: {retracted}").format(
            days=days,
            count=_number(counts.alerts_lately),
            retracted=_number(counts.retracted_lately),
        ),
        words.gettext("Watched: {cases} cases; {actors} countries and organisations known").format(
            cases=len(names.cases), actors=len(names.actors)
        ),
    ):
        writer.line(f"• {line}")
    writer.line(how_fresh(words, freshness))
    return writer.build()


def _number(count: int) -> str:
    """Return a number with its thousands set apart by a thin space, as every language reads."""
    return f"{count:,}".replace(",", "\u202f")
