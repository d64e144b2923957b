"""Pushed items: signed, checked, and only stored."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from jobs.domain.items import SourceKind, Tier
from jobs.domain.signatures import sign
from jobs.push import LONGEST_BODY, PUSH_PATH, push_routes
from jobs.store import items, sources
from jobs.store.engine import Store
from jobs.web import WebServer
from tests.clocks import ManualClock
from tests.samples import NOON, a_source
from tests.test_web import none, well
from tests.watching_world import REFERENCE

SECRET = "a-word-of-twenty-four-signs-or-more"
PUSHING = a_source("desk", kind=SourceKind.PUSH, url="https://desk.example/", tier=Tier.WIRE)
POLLED = a_source("polled", url="https://polled.example/")
ITEM = {
    "title": "Kazakhstan recognises",
    "url": "https://mid.ru/1",
    "published_at": "2025-07-03T11:59:00Z",
}


class Pusher:
    def __init__(self, store: Store, port: int) -> None:
        self.store, self.port = store, port

    async def push(self, document: Any, **changes: Any) -> httpx.Response:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        stamp = changes.pop("stamp", str(int(NOON.timestamp())))
        signature = changes.pop("signature", sign(SECRET.encode(), "m1", stamp, body))
        headers = {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": signature}
        async with httpx.AsyncClient() as client:
            return await client.request(
                changes.get("method", "POST"),
                f"http://127.0.0.1:{self.port}{PUSH_PATH}",
                content=body,
                headers={name: value for name, value in headers.items() if value},
            )

    async def stored(self) -> list[items.StoredItem]:
        async with self.store.write() as conn:
            return await items.unprocessed(conn, 99)


@pytest.fixture
async def pusher(store: Store) -> AsyncIterator[Pusher]:
    listed = {each.id: each for each in (PUSHING, POLLED)}
    async with store.write() as conn:
        await sources.sync(conn, listed.values(), NOON)
    routes = push_routes(SECRET, store, replace(REFERENCE, sources=listed), ManualClock(NOON))
    server = WebServer(lambda: {"ok": True}, well, none, routes)
    server.start("127.0.0.1", 0)
    yield Pusher(store, server.port)
    await server.stop()


async def test_signed_items_are_stored_once_and_as_the_pushers_own_word(pusher: Pusher) -> None:
    document = {"source": "desk", "items": [ITEM, {"title": "Б", "url": "http://x.example/2"}]}
    for answer in ({"new": 2, "known": 0}, {"new": 0, "known": 2}):
        response = await pusher.push(document)
        assert (response.status_code, response.json()) == (202, answer)
    first, second = await pusher.stored()
    # A foreign ministry's address makes no ministry of the pusher.
    assert (first.item.outlet, first.item.url) == ("desk.example", "https://mid.ru/1")
    assert first.item.published_at == NOON.replace(hour=11, minute=59)
    assert (second.item.published_at, second.is_baseline) == (None, False)
    async with pusher.store.read() as conn:
        health = {each.source_id: each for each in await sources.health(conn)}
    assert health[PUSHING.id].last_new_at == NOON


LATE = str(int(NOON.timestamp()) - 301)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"signature": ""}, 401),
        ({"signature": "v1,AAAA"}, 401),
        ({"signature": sign(b"another word of so many signs", "m1", LATE, b"{}")}, 401),
        ({"stamp": LATE}, 401),
        ({"stamp": str(int(NOON.timestamp()) + 301)}, 401),
        ({"stamp": "soon", "signature": "x"}, 401),
        ({"stamp": "9" * 40, "signature": "x"}, 401),
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
    ],
)
async def test_what_is_not_signed_well_is_refused(
    pusher: Pusher, changes: dict[str, Any], status: int
) -> None:
    response = await pusher.push({"source": "desk", "items": [ITEM]}, **changes)
    assert (response.status_code, response.content) == (status, b"")
    assert await pusher.stored() == []


async def test_a_signature_may_be_one_of_several(pusher: Pusher) -> None:
    body = json.dumps({"source": "desk", "items": [ITEM]}).encode()
    right = sign(SECRET.encode(), "m1", str(int(NOON.timestamp())), body)
    assert (await pusher.push(body, signature=f"v1,AAAA {right}")).status_code == 202


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"not json", "no JSON object"),
        (b"[" * 100_000, "no JSON object"),
        ([], "no JSON object"),
        ({"source": "desk"}, "items: give a list of 1 to 100"),
        ({"source": "desk", "items": []}, "items: give a list"),
        ({"source": "desk", "items": [ITEM] * 101}, "items: give a list"),
        ({"source": "polled", "items": [ITEM]}, "source: there is no source of kind push"),
        ({"source": "nobody", "items": [ITEM]}, "source: there is no source of kind push"),
        ({"source": ["desk"], "items": [ITEM]}, "source: there is no source of kind push"),
        ({"source": "desk", "items": [ITEM, 7]}, "items[1].title: is missing"),
        ({"source": "desk", "items": [{"title": "A"}]}, "items[0].url: is missing"),
        ({"source": "desk", "items": [{**ITEM, "url": "javascript:x"}]}, "items[0].url"),
        (
            {"source": "desk", "items": [{**ITEM, "title": "\ufffd\ufffd\ufffd"}]},
            "title: is missing",
        ),
    ],
)
async def test_what_is_wrong_is_named(pusher: Pusher, document: Any, says: str) -> None:
    response = await pusher.push(document)
    assert response.status_code == 400
    assert says in response.json()["error"]
    assert await pusher.stored() == []


async def test_a_body_too_large_is_refused(pusher: Pusher) -> None:
    assert (await pusher.push(b" " * (LONGEST_BODY + 1))).status_code == 413


def test_without_a_secret_there_is_no_route(store: Store) -> None:
    assert push_routes("", store, REFERENCE, ManualClock(NOON)) == ()
