"""What the pictures of the tests show, and how to read one."""

import struct
import zlib
from datetime import UTC, date, datetime

from bot.pictures.timeline import TimelineLegend
from bot.pictures.world_map import Legend, Level
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
    contested="Contested border",
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
