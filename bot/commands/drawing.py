"""What is in the store, drawn: the words of each picture in the chat's language."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.commands.desk import Desk
from bot.commands.lettering import Lettering
from bot.pictures import PictureError
from bot.pictures.card import LADDER, CardLegend, draw_card
from bot.pictures.land import Legend
from bot.pictures.levels import Level
from bot.pictures.meetings import MeetingsLegend, draw_meetings, most_met
from bot.pictures.region import draw_region, window_of
from bot.pictures.timeline import TimelineLegend, draw_timeline
from bot.pictures.wave import STEPS, WaveLegend, draw_wave, most_moved
from bot.pictures.world_map import draw_map
from bot.texts import charts
from bot.texts.language import Words, is_right_to_left
from bot.texts.messages import Message
from bot.texts.names import actor_in_sentence, actor_name, case_title
from bot.texts.wording import TYPE_NAMES
from jobs.domain.events import Event, Standing
from jobs.reference.cases import Case


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture to be rendered, and what explains it: its letters, codes and hatchings."""

    svg: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, and what explains it."""

    png: bytes
    key: str


def illustrated(versions: Iterable[Message], picture: Picture | None) -> Message:
    """Return the first version that fits below the picture, or the first if there is none.

    No more versions are worded than needed.
    """
    if picture is None:
        return next(iter(versions))
    return charts.illustrated(versions, picture.png, picture.key)


Drawing = Callable[[], Drawn | None]


@dataclass(frozen=True, slots=True)
class Studio:
    """Draws for one chat: in its language, with the day as its own clock has it."""

    desk: Desk
    words: Words

    @property
    def today(self) -> date:
        """Return the day that it is for the chat."""
        return self.desk.clock.now().astimezone(self.words.zone).date()

    def title(self, case: Case) -> str:
        """Return what a case is called above and below its pictures."""
        return case_title(self.desk.reference, case.id, self.words.language)

    async def picture(self, drawing: Drawing) -> Picture | None:
        """Return what ``drawing`` draws as a picture, None if there is none to be had in time.

        When many want one, each draws in a turn of the loop of its own.
        """
        try:
            async with self.desk.renderer.drawing:
                await asyncio.sleep(0)
                drawn = drawing()
            if drawn is None:
                return None
            return Picture(await self.desk.renderer.render(drawn.svg), drawn.key)
        except PictureError:
            return None

    def world(self, case: Case, stand: Sequence[Standing]) -> Drawn:
        """Draw the world by where each state stands toward a case."""
        lettering = Lettering()
        svg = draw_map(stand, self._legend(case, lettering), seat=case.seat, on=self.today)
        return self._map(svg, lettering)

    def region(self, case: Case, stand: Sequence[Standing]) -> Drawn | None:
        """Draw the region around a case's seat, None where that has no place on the map."""
        lettering, names = Lettering(), self._names()
        legend = self._legend(case, lettering)
        # Which of them the map shows it finds itself.
        written = Lettering().names(names, (code for code in names if len(code) == 2))
        drawn = draw_region(stand, legend, written, seat=case.seat, on=self.today)
        if drawn is None:
            return None
        known = {standing.actor for standing in stand}
        lettering.explain((code for code in drawn.codes if code in known), names)
        return self._map(drawn.svg, lettering)

    def meetings(self, case: Case, counts: Mapping[tuple[str, date], int]) -> Drawn:
        """Draw who met the authority how often, month by month."""
        words, lettering = self.words, Lettering()
        legend = MeetingsLegend(
            title=lettering.title(charts.meetings_title(words, self.title(case)), case.seat),
            names=lettering.names(self._names(), most_met(counts)),
            others=lettering.label(words.gettext("Others")),
            total=lettering.label(words.gettext("All")),
            from_right=self._from_right,
        )
        return Drawn(draw_meetings(counts, legend, on=self.today), lettering.key)

    def wave(self, case: Case, events: Sequence[Event], actor: str, day: date) -> Drawn:
        """Draw what was done around the day on which an actor recognised a case."""
        words, lettering, names = self.words, Lettering(), self._names()
        labels = charts.step_names(words)
        who = actor_in_sentence(self.desk.reference, actor, words.language)
        legend = WaveLegend(
            title=lettering.title(charts.wave_title(words, who), actor),
            steps={step: lettering.label(labels[step]) for step in dict.fromkeys(STEPS.values())},
            names=lettering.names(names, most_moved(events)),
            a_week=lettering.label(words.gettext("Steps a week")),
            from_right=self._from_right,
        )
        return Drawn(draw_wave(events, legend, day=day, on=self.today), lettering.key)

    def card(
        self, case: Case, standing: Standing, stand: Sequence[Standing], events: Sequence[Event]
    ) -> Drawn:
        """Draw how far one actor has gone toward a case, on the map of the others."""
        words, lettering = self.words, Lettering()
        legend = CardLegend(
            title=lettering.title(self._names().get(standing.actor, ""), standing.actor),
            case=lettering.title(self.title(case), case.seat),
            levels=self._levels(lettering, LADDER),
            a_month=lettering.label(words.gettext("What it did, month by month")),
            from_right=self._from_right,
        )
        svg = draw_card(standing, stand, events, legend, seat=case.seat, on=self.today)
        has_map = window_of(standing.actor) is not None
        return self._map(svg, lettering) if has_map else Drawn(svg, lettering.key)

    def timeline(self, title: str, code: str, events: Sequence[Event]) -> Drawn:
        """Draw what one actor did toward a case."""
        words, lettering = self.words, Lettering()
        kinds = {event.type for event in events}
        statuses = {event.status for event in events}
        legend = TimelineLegend(
            title=lettering.title(title, code),
            types={
                kind: lettering.label(words.gettext(name))
                for kind, name in TYPE_NAMES.items()
                if kind in kinds
            },
            statuses={
                status: lettering.label(name)
                for status, name in charts.status_names(words).items()
                if status in statuses
            },
            from_right=self._from_right,
        )
        return Drawn(draw_timeline(events, legend, on=self.today), lettering.key)

    def _map(self, svg: str, lettering: Lettering) -> Drawn:
        said = charts.of_disputes(self.words)
        return Drawn(svg, f"{said}\n{lettering.key}".rstrip())

    @property
    def _from_right(self) -> bool:
        return is_right_to_left(self.words.language)

    def _names(self) -> dict[str, str]:
        reference, language = self.desk.reference, self.words.language
        return {code: actor_name(reference, code, language) for code in reference.actors}

    def _levels(self, lettering: Lettering, levels: Iterable[Level]) -> dict[Level, str]:
        return {level: lettering.label(charts.level_name(self.words, level)) for level in levels}

    def _legend(self, case: Case, lettering: Lettering) -> Legend:
        seat = actor_name(self.desk.reference, case.seat, self.words.language)
        return Legend(
            title=lettering.title(self.title(case), case.seat),
            levels=self._levels(lettering, Level),
            seat=lettering.names({case.seat: seat}, [case.seat])[case.seat],
            contested=lettering.label(self.words.gettext("Contested place or border")),
            from_right=self._from_right,
        )
