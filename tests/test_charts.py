"""What is charted: meetings, waves, cards, timelines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.pictures.card import draw_card
from bot.pictures.meetings import draw_meetings, months_until
from bot.pictures.svg import INK
from bot.pictures.timeline import draw_timeline
from bot.pictures.wave import AFTER, BEFORE, STEPS, draw_wave
from jobs.domain.events import Event, EventType
from tests.sample_pictures import (
    CARD,
    CARD_LEGEND,
    DAWN,
    DAY,
    EVENTS,
    MEETINGS,
    MEETINGS_LEGEND,
    NAMES,
    PICTURES,
    STANDINGS,
    SVG,
    TIMELINE,
    WAVE,
    WAVE_LEGEND,
    card,
    parsed,
    texts,
)

# Meetings


def test_meetings_add_up_by_row_and_month() -> None:
    written = [text for text in texts(PICTURES["meetings"]) if text.isdecimal()]
    assert written[-1] == str(sum(MEETINGS.values()))
    assert {"Iran", "Others", "All"} <= set(texts(PICTURES["meetings"]))


def test_meetings_rank_who_met_most_and_fold_the_rest() -> None:
    counts = {(f"A{i:02}", date(2026, 6, 1)): i for i in range(1, 21)}
    written = texts(draw_meetings(counts, MEETINGS_LEGEND, on=DAY))
    assert [text for text in written if text.startswith("A") and text != "All"] == [
        f"A{i:02}" for i in range(20, 11, -1)
    ]
    assert str(sum(range(1, 12))) in written  # all eleven others'


def test_meetings_of_nobody_are_a_picture_of_zero() -> None:
    written = texts(draw_meetings({}, MEETINGS_LEGEND, on=DAY))
    assert written[-1] == "0"
    assert [f"{month:%m}" for month in months_until(date(2026, 2, 28))][:2] == ["03", "04"]


# The wave


def test_wave_shows_who_moved_first_and_how_weightily() -> None:
    written = texts(draw_wave(WAVE, WAVE_LEGEND, day=DAWN, on=DAY))
    rows = [text for text in written if text in NAMES.values()]
    assert rows == ["Pakistan", "Iran", "Russia", "Uzbekistan", "Kazakhstan", "China", "Kyrgyzstan"]
    assert "2025-07-03" in written


def test_wave_of_many_keeps_the_weightiest() -> None:
    talks = [replace(WAVE[2], actor=f"T{n}", on=DAWN) for n in range(30)]
    written = texts(draw_wave([*talks, *WAVE[:5]], WAVE_LEGEND, day=DAWN, on=DAY))
    assert {"Russia", "Uzbekistan"} <= set(written)
    assert sum(text in NAMES.values() or text.startswith("T") for text in written) == 10


def test_wave_leaves_out_what_is_too_far_off() -> None:
    far = [replace(WAVE[2], on=DAWN + AFTER), replace(WAVE[2], on=DAWN - BEFORE - timedelta(1))]
    assert "Uzbekistan" not in texts(draw_wave(far, WAVE_LEGEND, day=DAWN, on=DAY))
    assert set(STEPS) == set(EventType)


# The card


def test_card_ticks_each_step_that_holds_with_its_day() -> None:
    svg = card("UZ")
    assert svg.count("l9 9 16-19") == 3
    written = texts(svg)
    assert written[:3] == ["Uzbekistan", "2026-06-30", "Taliban government of Afghanistan"]
    for label, day in (
        ("Ambassador exchanged", "2025-05-01"),
        ("Official contact only", "2025-07-03"),
    ):
        assert written[written.index(label) + 1] == day


@pytest.mark.parametrize("actor", ["RU", "BH", "TV", "FJ"])
def test_card_outlines_its_country_on_the_map(actor: str) -> None:
    assert card(actor).count(f'stroke="{INK}" stroke-width') > card("EU").count(
        f'stroke="{INK}" stroke-width'
    )


def test_card_of_somebody_idle_has_no_empty_bars() -> None:
    idle = draw_card(CARD, STANDINGS, [], CARD_LEGEND, seat="AF", on=DAY)
    assert CARD_LEGEND.a_month not in texts(idle)
    assert CARD_LEGEND.a_month in texts(card("UZ"))


def test_card_of_an_organisation_has_no_map() -> None:
    assert not list(parsed(card("EU")).iter(f"{SVG}pattern"))


# The timeline


def test_timeline_has_a_lane_for_each_type_with_a_dated_event() -> None:
    written = texts(draw_timeline(EVENTS, TIMELINE, on=DAY))
    assert [text for text in written if text in TIMELINE.types.values()] == [
        *("Recognition", "Meeting", "Delisting", "Forum")
    ]
    assert {"2022", "2023", "2024", "2025", "2026", "2025-07-03", "2026-09-01"} <= set(written)
    assert written[-5:] == ["Done", "Planned", "Considered", "Denied", "Reversed"]


@pytest.mark.parametrize("events", [[], EVENTS[:1], EVENTS[-2:]], ids=["none", "one", "undated"])
def test_timeline_of_little_still_is_a_picture(events: list[Event]) -> None:
    svg = draw_timeline(events, TIMELINE, on=date(2021, 8, 26))
    assert texts(svg)[0] == TIMELINE.title
    assert "2021-07" in texts(svg)
