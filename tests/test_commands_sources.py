"""The sources, asked about and ordered about in a chat, by the real application."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update

from jobs.domain.health import Trouble
from jobs.domain.items import SourceId
from jobs.domain.orders import OrderKind
from jobs.store import orders, roster, sources
from jobs.store.schema import source
from tests.samples import a_source
from tests.talking import OPERATOR, PERSON, Talk, talking

TOLO = {
    "name": "Tolo <b>",
    "kind": "feed",
    "url": "https://tolo.example/rss",
    "language": "fa",
    "family": "Moby",
    "tier": "outlet",
    "cases": ["taliban"],
}
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as one:
        now = one.clock.now()
        async with one.store.write() as conn:
            for name in ("tolo", "amu", "zan"):
                url = f"https://{name}.example/rss"
                definition = {**TOLO, "url": url, "name": f"{name.title()} <b>"}
                await roster.add(conn, SourceId(name), definition, now)
            listed = [a_source(n, url=f"https://{n}.example/rss") for n in ("tolo", "amu", "zan")]
            await sources.sync(conn, listed, now)
            for due in await sources.claim_due(conn, now, 1, HOUR):  # amu alone is read
                await sources.record_reading(
                    conn, due, due.validators, now=now, next_due_at=now, new_items=1
                )
            await sources.record_failure(
                conn,
                SourceId("tolo"),
                "tolo.example: answered 403; it refuses us",
                next_due_at=now + HOUR,
                trouble=Trouble.BLOCKED,
            )
        yield one


async def test_all_sources_are_counted_and_the_ailing_named(talk: Talk) -> None:
    text = (await talk.answer("/sources")).text
    assert text.startswith("Sources: 3\n• fresh: 1\n• not read yet: 1\n• keeps us out: 1\n")
    assert "• tolo: keeps us out" in text
    assert "Taliban: last news" in text
    assert "Palestine: nothing was heard yet" in text
    assert "403" not in text


async def test_those_in_one_state_are_listed(talk: Talk) -> None:
    assert (await talk.answer("/sources new")).text == "not read yet: 1\n• zan: not read yet"


@pytest.mark.parametrize("asked", ["tolo", "Tolo <b>"])
async def test_one_source_is_shown(talk: Talk, asked: str) -> None:
    text = (await talk.answer(f"/sources {asked}")).text
    assert "Tolo <b>\u2069 (tolo)\nfeed · fa · outlet · third · every 5 minutes\n" in text
    assert "State: keeps us out" in text
    assert "1 failure in a row" in text
    assert "403" not in text


async def test_an_operator_sees_the_error_too(talk: Talk) -> None:
    assert "answered 403" in (await talk.answer("/sources tolo", OPERATOR)).text


async def test_an_unknown_source_gets_an_answer_that_helps(talk: Talk) -> None:
    text = (await talk.answer("/sources tola @scam")).text
    assert text.startswith("No source is called")
    assert "@scam" not in text
    assert "Perhaps: tolo" in (await talk.answer("/sources tollo")).text


async def test_status_says_when_nothing_is_heard_of_a_case(talk: Talk) -> None:
    assert "Nothing new" not in (await talk.answer("/status")).text
    earlier = talk.clock.now() - 7 * HOUR
    async with talk.store.write() as conn:
        await conn.execute(
            update(source).values(last_new_at=earlier).where(source.c.last_new_at.is_not(None))
        )
    text = (await talk.answer("/status")).text
    assert "⚠ Nothing new from this case's sources for 7 hours (since " in text
    assert text.count("Nothing new") == 1  # nothing was ever heard of the other case
    assert "⚠ Taliban: last news" in (await talk.answer("/sources")).text


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        (
            "/source add https://x.example/feed ru tier=wire side=RU case=taliban",
            {
                "action": "add",
                "source": "https://x.example/feed",
                "language": "ru",
                "tier": "wire",
                "side": "RU",
                "case": "taliban",
            },
        ),
        ("/source pause tolo", {"action": "pause", "source": "tolo"}),
        ("/source test tolo", {"action": "test", "source": "tolo"}),
    ],
)
async def test_an_order_is_written_down(talk: Talk, text: str, payload: dict[str, str]) -> None:
    answer = (await talk.answer(text, OPERATOR)).text
    assert answer == "Noted. I answer here when it is done."
    async with talk.store.read() as conn:
        [order] = await orders.pending(conn, 9)
    assert (order.kind, dict(order.payload)) == (OrderKind.SOURCE, payload)


@pytest.mark.parametrize(
    "text",
    ["/source", "/source add", "/source add https://x.example/feed", "/source burn tolo",
     "/source add https://x.example/feed tier=wire", "/source pause tolo now",
     "/source add https://x.example/ ru colour=red"],
)  # fmt: skip
async def test_an_unclear_order_is_explained(talk: Talk, text: str) -> None:
    assert "It is written:" in (await talk.answer(text, OPERATOR)).text
    async with talk.store.read() as conn:
        assert await orders.pending(conn, 9) == []


async def test_nobody_else_orders_about_sources(talk: Talk) -> None:
    text = (await talk.answer("/source pause tolo", PERSON)).text
    assert text.startswith("Only the operator of this bot can do that")
