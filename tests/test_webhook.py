"""The webhook's route: bounded, secret, and silent about what it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from telegram import Bot, Update
from tornado import netutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.web import Application

from bot.webhook import LONGEST_BODY, WEBHOOK_PATH, webhook_route

SECRET = "not-so-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {
    "update_id": 5,
    "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "/help"},
}


@asynccontextmanager
async def a_server(taken: list[Update]) -> AsyncIterator[str]:
    route = webhook_route(Bot("0:x"), SECRET, taken.append)
    [socket, *_] = sockets = netutil.bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([route]))
    server.add_sockets(sockets)
    yield f"http://127.0.0.1:{socket.getsockname()[1]}{WEBHOOK_PATH}"
    server.stop()
    await server.close_all_connections()


async def post(
    url: str, body: bytes, secret: str | None = SECRET, method: str = "POST"
) -> tuple[int, bytes]:
    headers = {} if secret is None else {HEADER: secret}
    request = HTTPRequest(
        url, method, headers, body if method == "POST" else None, follow_redirects=False
    )
    answer = await AsyncHTTPClient().fetch(request, raise_error=False)
    return answer.code, answer.body


async def test_an_update_goes_into_the_queue_and_nothing_comes_back() -> None:
    taken: list[Update] = []
    async with a_server(taken) as url:
        assert await post(url, json.dumps(UPDATE).encode()) == (204, b"")
    [update] = taken
    assert update.update_id == 5
    assert update.message is not None
    assert update.message.text == "/help"


@pytest.mark.parametrize(
    ("body", "secret", "method", "code"),
    [
        (json.dumps(UPDATE).encode(), None, "POST", 403),
        (json.dumps(UPDATE).encode(), "wrong", "POST", 403),
        (json.dumps(UPDATE).encode(), SECRET, "GET", 405),
        (b"", SECRET, "POST", 400),
        (b"\xff\xfe", SECRET, "POST", 400),
        (b"{", SECRET, "POST", 400),
        (b"[]", SECRET, "POST", 400),
        (b"7", SECRET, "POST", 400),
        (b"null", SECRET, "POST", 400),
        (b'{"message": {}}', SECRET, "POST", 400),
        (b'{"update_id": "x", "message": 7}', SECRET, "POST", 400),
        (b"[" * 100_000, SECRET, "POST", 400),
        (b" " * (LONGEST_BODY + 1), SECRET, "POST", 413),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_anything_else_is_refused_without_a_word(
    body: bytes, secret: str | None, method: str, code: int
) -> None:
    taken: list[Update] = []
    async with a_server(taken) as url:
        assert await post(url, body, secret, method) == (code, b"")
    assert taken == []


async def test_a_client_that_keeps_its_connection_is_told_when_a_refusal_ends_it() -> None:
    taken: list[Update] = []
    async with a_server(taken) as url, httpx.AsyncClient() as client:
        for _ in range(20):
            refused = await client.post(url, content=b"{}")
            assert (refused.status_code, refused.headers["Connection"]) == (403, "close")
            right = await client.post(url, json=UPDATE, headers={HEADER: SECRET})
            assert right.status_code == 204
    assert len(taken) == 20


async def test_a_body_of_unknown_length_is_cut_off() -> None:
    taken: list[Update] = []
    async with a_server(taken) as url:
        port = int(url.split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        try:
            for _ in range(40):
                writer.write(chunk)
                await writer.drain()
            status = await reader.readline()
        except ConnectionError:
            status = b""
        assert status in {b"", b"HTTP/1.1 413 Request Entity Too Large\r\n"}
        writer.close()
    assert taken == []


def test_a_webhook_without_a_secret_is_not_made() -> None:
    taken: list[Update] = []
    with pytest.raises(ValueError, match="secret"):
        webhook_route(Bot("0:x"), "", taken.append)
