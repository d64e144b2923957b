"""What the pictures of the tests show, and how to read one."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

from bot.pictures.card import CardLegend, draw_card
from bot.pictures.land import Legend
from bot.pictures.levels import Level
from bot.pictures.meetings import MeetingsLegend, draw_meetings, months_until
from bot.pictures.region import RegionMap, draw_region
from bot.pictures.timeline import TimelineLegend, draw_timeline
from bot.pictures.wave import Step, WaveLegend, draw_wave
from bot.pictures.world_map import draw_map
from jobs.domain.events import Event, EventId, EventStatus, EventType, Grade, Standing

DAY = date(2026, 6, 30)
LEGEND = Legend(
    title="Taliban government of Afghanistan",
    levels={
        Level.RECOGNISED: "Recognised",
        Level.AMBASSADOR: "Ambassador exchanged",
        Level.MISSION: "Mission open or handed over",
        Level.DELISTED: "Ban or listing lifted only",
        Level.CONTACT: "Official contact only",
        Level.NONE: "None known",
    },
    seat="Afghanistan",
    contested="Contested place or border",
)


def standing(actor: str, level: Level) -> Standing:
    return Standing(
        case="taliban",
        actor=actor,
        recognition="de_jure" if level is Level.RECOGNISED else "none",
        head_of_mission="ambassador" if level is Level.AMBASSADOR else "",
        mission="embassy" if level is Level.MISSION else "",
        listing="delisted" if level is Level.DELISTED else "",
        last_meeting_on=DAY if level is Level.CONTACT else None,
    )


STANDINGS = [
    *(standing(actor, Level.RECOGNISED) for actor in ("RU",)),
    *(standing(actor, Level.AMBASSADOR) for actor in ("CN", "PK", "UZ", "TM", "QA", "AE", "NI")),
    *(standing(actor, Level.MISSION) for actor in ("IN", "TR", "DE", "NO", "BH", "ID")),
    *(standing(actor, Level.DELISTED) for actor in ("KZ", "KG", "MV")),
    *(standing(actor, Level.CONTACT) for actor in ("US", "FR", "EU")),
    standing("CA", Level.NONE),
]


def event(number: int, kind: EventType, status: EventStatus, on: date | None) -> Event:
    return Event(
        id=EventId(number),
        case="taliban",
        actor="RU",
        type=kind,
        status=status,
        grade=Grade.CLAIMED if number == 2 else Grade.CONFIRMED,
        on=on,
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        evidence=(),
    )


EVENTS = [
    event(1, EventType.RECOGNITION, EventStatus.DENIED, date(2021, 8, 26)),
    event(2, EventType.RECOGNITION, EventStatus.DONE, date(2024, 5, 28)),
    event(3, EventType.RECOGNITION, EventStatus.DONE, date(2025, 7, 3)),
    event(4, EventType.MEETING, EventStatus.DONE, date(2022, 3, 30)),
    event(5, EventType.MEETING, EventStatus.DONE, date(2024, 7, 4)),
    event(6, EventType.MEETING, EventStatus.PLANNED, date(2026, 9, 1)),
    event(7, EventType.DELISTING, EventStatus.REVERSED, date(2025, 4, 17)),
    event(8, EventType.FORUM, EventStatus.CONSIDERED, date(2023, 9, 29)),
    event(9, EventType.AGREEMENT, EventStatus.DONE, None),
    event(10, EventType.MISSION, EventStatus.PAST, date(2022, 3, 1)),
]
TIMELINE = TimelineLegend(
    title="Russia and the Taliban government",
    types={kind: kind.value.title() for kind in EventType},
    statuses={status: status.value.title() for status in EventStatus},
)


NAMES = {
    "AF": "Afghanistan",
    "CN": "China",
    "EU": "European Union",
    "IN": "India",
    "IR": "Iran",
    "KG": "Kyrgyzstan",
    "KZ": "Kazakhstan",
    "MN": "Mongolia",
    "OM": "Oman",
    "PK": "Pakistan",
    "QA": "Qatar",
    "RU": "Russia",
    "SA": "Saudi Arabia",
    "TJ": "Tajikistan",
    "TM": "Turkmenistan",
    "TR": "Türkiye",
    "UZ": "Uzbekistan",
}
DARI = {"CN": "چین", "IN": "هند", "IR": "ایران", "PK": "پاکستان", "RU": "روسیه", "UZ": "ازبکستان"}
DARI_LEGEND = Legend(
    title="حکومت طالبان افغانستان (2021)",
    levels={
        Level.RECOGNISED: "به رسمیت شناخته",
        Level.AMBASSADOR: "در سطح سفیر",
        Level.MISSION: "دارای نمایندگی",
        Level.DELISTED: "لغو ممنوعیت یا خروج از فهرست",
        Level.CONTACT: "تماس رسمی",
        Level.NONE: "نامعلوم",
    },
    seat="افغانستان",
    contested="مکان یا مرز مورد مناقشه",
    from_right=True,
)
MEETINGS = {
    (actor, month): (i * 7 + n * n * 5) % (2 + i % 4)
    for i, actor in enumerate(("UZ", "CN", "RU", "QA", "PK", "TR", "EU", "IN", "IR", "KZ", "TM"))
    for n, month in enumerate(months_until(DAY))
} | {("IR", date(2026, 1, 1)): 12}
MEETINGS_LEGEND = MeetingsLegend("Meetings with the Taliban government", NAMES, "Others", "All")
DAWN = date(2025, 7, 3)


def _step(actor: str, kind: EventType, days: int) -> Event:
    return replace(event(9, kind, EventStatus.DONE, DAWN + timedelta(days)), actor=actor)


WAVE = [
    _step("RU", EventType.RECOGNITION, 0),
    _step("RU", EventType.CREDENTIALS, -2),
    _step("UZ", EventType.MEETING, 0),
    _step("UZ", EventType.MISSION, 40),
    _step("IR", EventType.MEETING, -30),
    _step("KZ", EventType.AGREEMENT, 12),
    _step("KG", EventType.DELISTING, 61),
    *(_step("PK", EventType.MEETING, days) for days in (-50, -11, 3, 20, 21, 22, 70)),
    _step("CN", EventType.FORUM, 59),
    _step("IN", EventType.MEETING, 200),
]
WAVE_LEGEND = WaveLegend(
    "Around Russia's recognition",
    {
        Step.RECOGNITION: "Recognition",
        Step.MOVE: "Ambassador, mission, or ban lifted",
        Step.TALK: "Meeting, agreement or forum",
    },
    NAMES,
    "Steps a week",
)
CARD = replace(
    standing("UZ", Level.AMBASSADOR),
    head_on=date(2025, 5, 1),
    mission="embassy",
    last_meeting_on=DAWN,
)
CARD_EVENTS = [
    event(20, EventType.MEETING, EventStatus.DONE, DAY - timedelta(days=n * n % 700))
    for n in range(0, 90, 2)
]
CARD_LEGEND = CardLegend(
    "Uzbekistan", "Taliban government of Afghanistan", LEGEND.levels, "What it did, by month"
)
LETTERS = dict(zip(Level, "ABCDEF", strict=True))


def region(legend: Legend, names: dict[str, str]) -> RegionMap:
    found = draw_region(STANDINGS, legend, names, seat="AF", on=DAY)
    assert found is not None
    return found


def card(actor: str, legend: CardLegend = CARD_LEGEND) -> str:
    return draw_card(replace(CARD, actor=actor), STANDINGS, CARD_EVENTS, legend, seat="AF", on=DAY)


PICTURES = {
    "world_map": draw_map(STANDINGS, LEGEND, seat="AF", on=DAY),
    "region": region(LEGEND, NAMES).svg,
    "region_dari": region(DARI_LEGEND, DARI).svg,
    "timeline": draw_timeline(EVENTS, TIMELINE, on=DAY),
    "meetings": draw_meetings(MEETINGS, MEETINGS_LEGEND, on=DAY),
    "wave": draw_wave(WAVE, WAVE_LEGEND, day=DAWN, on=date(2025, 9, 20)),
    "card": card("UZ"),
    "card_dari": card(
        "UZ",
        CardLegend(
            "ازبکستان", DARI_LEGEND.title, DARI_LEGEND.levels, "ماه به ماه", from_right=True
        ),
    ),
    "card_letters": card("UZ", CardLegend("UZ", "AF", LETTERS, "G")),
}
"""Every picture, by the name of its golden image; in Chinese there are letters and codes."""


SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    """Every line of a picture, in the order in which they are drawn."""
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def decoded(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and colours of a PNG with a palette and no filters."""
    chunks, at = {}, 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        chunks[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour_type) == (8, 3)
    palette = [tuple(chunks[b"PLTE"][i : i + 3]) for i in range(0, len(chunks[b"PLTE"]), 3)]
    lines = zlib.decompress(chunks[b"IDAT"])
    colours = []
    for start in range(0, len(lines), width + 1):
        assert lines[start] == 0
        colours += [palette[i] for i in lines[start + 1 : start + width + 1]]
    return width, height, colours
