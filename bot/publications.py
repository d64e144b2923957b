"""What the ledger holds as documents for other programs, in a reader's language."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.texts.bulletins import bulletin_of
from bot.texts.language import Words
from bot.texts.outlook import participation_names
from jobs.domain.alerts import AlertId
from jobs.domain.clock import Clock
from jobs.exports.atom import write_atom
from jobs.exports.bulletins import Publisher
from jobs.exports.calendar import write_calendar
from jobs.exports.cap import CapStatus, write_cap
from jobs.exports.tables import TableFormat, row_of
from jobs.reference import Reference
from jobs.store import gatherings, listing, stories
from jobs.store.engine import Store
from jobs.store.installation import installation

ENTRIES = 60
ROWS = 300
"""Events of a table; the whole ledger is exported on the command line."""


@dataclass(frozen=True, slots=True)
class Publications:
    """Makes them, from what the store holds at the moment."""

    store: Store
    reference: Reference
    clock: Clock
    page_url: str
    cap_status: CapStatus

    async def feed(self, words: Words, cases: Collection[str]) -> str:
        """Return the alerts of some cases that changed last as an Atom feed."""
        async with self.store.read() as conn:
            lately = await stories.lately(conn, limit=ENTRIES, cases=cases)
        bulletins = [bulletin_of(each, words, self.reference) for each in lately]
        publisher, now = await self._publisher(), self.clock.now()
        return write_atom(bulletins, publisher, now, language=words.language)

    async def warning(self, words: Words, number: AlertId) -> str | None:
        """Return one alert as a CAP warning; None where there is none of that number."""
        async with self.store.read() as conn:
            story = await stories.one(conn, number)
        if story is None:
            return None
        bulletin = bulletin_of(story, words, self.reference)
        return write_cap(bulletin, await self._publisher(), self.cap_status)

    async def calendar(self, words: Words, cases: Collection[str]) -> str:
        """Return the forums of some cases as a calendar."""
        async with self.store.read() as conn:
            entries = [e for e in await gatherings.read(conn) if e.case in cases]
        cases_known = self.reference.cases.values()
        titles = {case.id: case.full_name(words.language) for case in cases_known}
        number, now = (await self._publisher()).installation, self.clock.now()
        return write_calendar(entries, number, titles, participation_names(words), now)

    async def table(self, cases: Collection[str], table: TableFormat) -> str:
        """Return the newest events of some cases as a table, newest first."""
        async with self.store.read() as conn:
            newest = await listing.recorded(conn, cases, limit=ROWS)
        known = self.reference.cases
        return table.write(
            row_of(each.event, each.urls, known[each.event.case].seat, each.alert_id)
            for each in newest
        )

    async def _publisher(self) -> Publisher:
        return Publisher(await installation(self.store), self.page_url)
