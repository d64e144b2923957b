"""The page's contents, from the store to documents; who may see them is decided elsewhere."""

from dataclasses import dataclass

from bot.commands.ledger import freshness
from bot.page import view
from bot.page.shelf import Shelf
from bot.page.view import Contents, Place
from bot.pictures.land import Legend
from bot.pictures.levels import Level
from bot.pictures.world_map import draw_map
from bot.publications import Publications
from bot.texts import charts
from bot.texts.language import Words, is_right_to_left, words_of
from bot.texts.names import actor_name
from bot.texts.reading import how_fresh
from jobs.domain.alerts import AlertId, Voice
from jobs.domain.clock import Clock
from jobs.reference import Reference
from jobs.store import alerts, listing, standings, stories
from jobs.store.engine import Store

ALERTS_A_PAGE = 15
_MOST_VOICES = 40
"""Sources of one alert on its own page."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every document is made from."""

    store: Store
    reference: Reference
    clock: Clock
    shelf: Shelf
    publications: Publications
    zone: str

    def words(self, place: Place) -> Words:
        """Return the reader's language."""
        return words_of(place.language, self.zone)

    async def home(self, place: Place, before: AlertId | None) -> str:
        """Return the first page of a case, or one of older alerts."""
        if before is not None or place.ticket:
            return await self._home(place, before)
        name = f"home {place.case} {place.language} {place.theme}"
        return await self.shelf.get(name, lambda: self._home(place, None))

    async def _home(self, place: Place, before: AlertId | None) -> str:
        words, case = self.words(place), self.reference.cases[place.case]
        async with self.store.read() as conn:
            stand = await standings.of_case(conn, case.id)
            found = await stories.newest(
                conn, limit=ALERTS_A_PAGE + 1, cases=[case.id], before_id=before
            )
            fresh = await freshness(conn, self.clock.now())
        shown = found[:ALERTS_A_PAGE]
        older_than = shown[-1].alert_id if len(found) > len(shown) else None
        contents = Contents(case, stand, shown, older_than, how_fresh(words, fresh))
        return view.home(words, self.reference, contents, place)

    async def alert(self, place: Place, number: AlertId) -> str | None:
        """Return one alert's page; None where there is none of that number."""
        async with self.store.read() as conn:
            story = await stories.one(conn, number)
            event = await alerts.event_of(conn, number)
            if story is None or event is None:
                return None
            accounts, _ = await listing.accounts(conn, event.id, limit=_MOST_VOICES)
        told = [each.evidence for each in accounts]
        voices = [Voice(e.outlet.host, e.url, e.title, e.published_at) for e in told]
        place = Place(place.language, story.facts.case, place.theme, place.ticket, place.root)
        return view.one_alert(self.words(place), self.reference, story, voices, place)

    async def map(self, place: Place) -> str:
        """Return who stands where as a picture (SVG)."""
        words, case = self.words(place), self.reference.cases[place.case]
        async with self.store.read() as conn:
            stand = await standings.of_case(conn, case.id)
        legend = Legend(
            title=case.full_name(words.language),
            levels={level: charts.level_name(words, level) for level in Level},
            seat=actor_name(self.reference, case.seat, words.language),
            contested=words.gettext("Contested place or border"),
            from_right=is_right_to_left(words.language),
        )
        return draw_map(stand, legend, seat=case.seat, on=self.clock.now().date())
