"""A feed host in a process of its own, so that its work is not counted as the reader's.

``python -m tests.benchmarks.quiet_host`` prints its port, and answers for every host name:
``/304`` not modified to any condition, ``/same`` the same feed without validators,
``/new/N`` fifty items that no other N has.
"""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ITEM = (
    "<item><title>Story {0} of many, as a wire would put it in one line</title>"
    "<link>https://news.example/{0}</link><guid>{0}</guid>"
    "<description>{1}</description><pubDate>Thu, 03 Jul 2025 10:00:00 GMT</pubDate></item>"
)
_LEAD = "The ministry said on Thursday that talks would go on in the capital. " * 4
_numbers = itertools.count()


def feed(numbers: range) -> bytes:
    """Return a feed of these numbered items."""
    items = "".join(_ITEM.format(number, _LEAD) for number in numbers)
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


SAME = feed(range(30))


def _answer(head: bytes) -> bytes:
    target = head.split(b" ", 2)[1]
    if target.startswith(b"/304") and b"if-none-match" in head.lower():
        return b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'
    body = SAME
    if target.startswith(b"/new"):
        start = 50 * next(_numbers)
        body = feed(range(start, start + 50))
    tag = b'ETag: "x"\r\n' if target.startswith(b"/304") else b""
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (tag, len(body), body)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_answer(head))
            await writer.drain()
            if b"connection: close" in head.lower():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


@contextmanager
def quiet_host() -> Iterator[int]:
    """Run the host; gives its port."""
    command = [sys.executable, "-m", "tests.benchmarks.quiet_host"]
    # Started where the tests are found, wherever the caller stands.
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the host has no output")
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_main())
