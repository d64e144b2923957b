"""A ledger of any size, as years of news would leave it: made up, seeded, written in bulk."""

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from jobs.domain.alerts import Facts, Voice
from jobs.domain.events import Event, EventStatus, EventType, Evidence, Grade, MentionId
from jobs.domain.items import ItemId
from jobs.domain.search import number_of
from jobs.indexing import words_of_event
from jobs.reference import Reference
from jobs.store.contents import facts_to_json
from jobs.store.engine import Store
from tests.samples import OUTLET, a_mention, an_event

NEWEST = datetime(2026, 6, 1, 12, tzinfo=UTC)
YEARS = 10
SOURCES = 450
_WORDS = [
    "embassy",
    "Kabul",
    "minister",
    "delegation",
    "talks",
    "railway",
    "sanctions",
    "ambassador",
    "flag",
    "visit",
    "trade",
    "border",
    "envoy",
    "security",
    "water",
    "treaty",
    "gas",
    "visa",
    "airport",
    "bank",
    "council",
    "summit",
    "Баку",
    "Москва",
    "塔利班",
]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a ledger is."""

    events: int
    items: int


async def build(path: Path, size: Size, reference: Reference, seed: int = 1) -> None:
    """Write a ledger of that size into a new SQLite file.

    Countries are as unequal as in the news (the first acts a hundred times as often as the
    hundredth), each item speaks of one event, and each event was told once or twice.
    """
    await (await Store.open(f"sqlite:///{path}", migrate=True)).close()
    made = list(_events(size.events, reference, random.Random(seed)))
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        _write_sources(conn)
        _write_events(conn, made)
        _write_items(conn, size, made, random.Random(seed))
        _write_alerts(conn, made)
        _write_words(conn, made, reference)
        _write_standings(conn, reference)
    conn.close()


def _events(count: int, reference: Reference, dice: random.Random) -> Iterator[Event]:
    cases = list(reference.cases.values())
    codes = [code for code in reference.actors if code not in {case.seat for case in cases}]
    weights = [1 / rank for rank in range(1, len(codes) + 1)]
    dice.shuffle(codes)
    for number in range(1, count + 1):
        seen = NEWEST - timedelta(days=365 * YEARS * (count - number) / count)
        yield an_event(
            number,
            case=dice.choices(cases, [2**-n for n in range(len(cases))])[0].id,
            actor=dice.choices(codes, weights)[0],
            type=dice.choice(list(EventType)),
            status=dice.choices(
                [EventStatus.DONE, EventStatus.PLANNED, EventStatus.DENIED], [8, 2, 1]
            )[0],
            grade=dice.choice(list(Grade)),
            on=seen.date() - timedelta(days=dice.randrange(3)),
            first_seen_at=seen,
        )


def _moment(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def _insert(conn: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple]) -> None:  # type: ignore[type-arg]
    marks = ", ".join("?" * len(columns.split(", ")))
    conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _write_sources(conn: sqlite3.Connection) -> None:
    at = _moment(NEWEST)
    rows = ((f"s{n}", f"https://s{n}.example", at, at, 0, True) for n in range(SOURCES))
    _insert(conn, "source", "id, url, next_due_at, last_ok_at, failures, listed", rows)


def _write_events(conn: sqlite3.Connection, made: list[Event]) -> None:
    known = {row[1] for row in conn.execute("PRAGMA table_info(event)")}
    columns = (
        "id, case_id, actor, type, status, grade, happened_on, first_seen_at, changed_at, "
        "origins, contested, retracted, detail"
    )
    assert set(columns.split(", ")) <= known
    rows = (
        (
            *(each.id, each.case, each.actor, each.type, each.status, each.grade),
            *(str(each.on), _moment(each.first_seen_at), _moment(each.first_seen_at)),
            *(json.dumps(["a", "b"]), False, False, ""),
        )
        for each in made
    )
    _insert(conn, "event", columns, rows)


def _title(dice: random.Random, event: Event) -> str:
    return f"{event.actor} {event.type} {' '.join(dice.sample(_WORDS, 6))}"


def _write_items(
    conn: sqlite3.Connection, size: Size, made: list[Event], dice: random.Random
) -> None:
    each = size.items // size.events
    # What the whole world wrote about: one item in a hundred is of the first event.
    items, mentions = [], []
    for number in range(1, size.items + 1):
        event = made[min((number - 1) // each, len(made) - 1)]
        at, title = _moment(event.first_seen_at), _title(dice, event)
        items.append(
            (
                *(number, f"s{number % SOURCES}", f"k{number}", f"https://s.example/{number}"),
                *(title, "A summary of a line or two, as feeds have them.", "en"),
                *("s.example", at, at, 0, at),
            )
        )
        mentions.append(
            (
                *(number, number, event.case, event.actor, event.type, event.status),
                *(str(event.on), "published", "rule", title, "[]", "[]", "", "1", "s.example"),
                *("s", "outlet", "third", event.id if number % 100 else made[0].id, "FIRST"),
            )
        )
    _insert(
        conn,
        "item",
        "id, source_id, key, url, title, summary, lang, outlet, published_at, first_seen_at, "
        "is_baseline, processed_at",
        iter(items),
    )
    _insert(
        conn,
        "mention",
        "id, item_id, case_id, actor, type, status, happened_on, basis, rule, clause, words, "
        "attributions, detail, rules_version, outlet, family, tier, side, event_id, reason",
        iter(mentions),
    )


def _write_alerts(conn: sqlite3.Connection, made: list[Event]) -> None:
    _insert(
        conn,
        "alert",
        "id, event_id, case_id, actor, created_at",
        ((e.id, e.id, e.case, e.actor, _moment(e.first_seen_at)) for e in made),
    )
    _insert(
        conn,
        "revision",
        "alert_id, revision, kind, level, reason, facts, created_at",
        (
            (e.id, number, "alert", "alert", "FIRST", _facts(e), _moment(e.first_seen_at))
            for e in made
            for number in range(1, 2 + e.id % 2)
        ),
    )


def _facts(event: Event) -> str:
    voice = Voice("s.example", "https://s.example/1", "A headline of usual length here", NEWEST)
    facts = Facts(
        event.case,
        event.actor,
        event.type,
        event.status,
        event.grade,
        event.on,
        event.first_seen_at,
        2,
        (voice,) * 3,
    )
    return json.dumps(facts_to_json(facts))


def _write_words(conn: sqlite3.Connection, made: list[Event], reference: Reference) -> None:
    dice = random.Random(2)
    rows = []
    for event in made:
        title = _title(dice, event)
        evidence = Evidence(
            *(MentionId(1), ItemId(1), a_mention(clause=title), OUTLET),
            *("https://s.example/1", title, NEWEST, NEWEST),
        )
        words = words_of_event(event, evidence, reference)
        rows += [(number_of(word), int(event.id)) for word in words]
    _insert(conn, "search_word", "word, event_id", iter(sorted(rows)))


def _write_standings(conn: sqlite3.Connection, reference: Reference) -> None:
    states = [code for code in reference.actors if len(code) == 2][:200]
    _insert(
        conn,
        "standing",
        "case_id, actor, recognition, mission, head_of_mission, listing, certain, events, "
        "last_meeting_on",
        (
            (
                case,
                code,
                "none",
                "embassy",
                "ambassador",
                "",
                True,
                "[1, 2, 3]",
                str(date(2026, 1, 1)),
            )
            for case in reference.cases
            for code in states
            if code != reference.cases[case].seat
        ),
    )
