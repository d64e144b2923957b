"""The one HTTP server, over real loopback HTTP."""

import asyncio

import httpx
import pytest
from prometheus_client import Metric

from jobs.errors import ConfigError
from jobs.web import MAX_BODY_BYTES, WebServer


async def well() -> dict[str, bool]:
    return {"ok": True}


async def none() -> list[Metric]:
    return []


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
async def test_health_says_whether_a_person_must_look(ok: bool, status: int) -> None:
    server = WebServer(lambda: {"ok": ok, "loop_lag_ms": 0.4}, well, none)
    server.start("127.0.0.1", 0)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{server.port}/healthz")
        other = await client.get(f"http://127.0.0.1:{server.port}/etc/passwd")
    await server.stop()
    assert answer.status_code == status
    assert answer.json() == {"ok": ok, "loop_lag_ms": 0.4}
    assert answer.headers["Server"] == "recognition-watch"
    assert other.status_code == 404


async def test_a_body_over_a_megabyte_is_refused_unread() -> None:
    server = WebServer(lambda: {"ok": True}, well, none)
    server.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"POST /healthz HTTP/1.1\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await server.stop()
    assert answer.startswith(b"HTTP/1.1 400")


async def test_a_taken_port_is_named() -> None:
    first = WebServer(lambda: {"ok": True}, well, none)
    first.start("127.0.0.1", 0)
    second = WebServer(lambda: {"ok": True}, well, none)
    with pytest.raises(ConfigError, match=f"127.0.0.1:{first.port}"):
        second.start("127.0.0.1", first.port)
    await first.stop()
