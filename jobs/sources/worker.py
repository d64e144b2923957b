"""The parser process itself; started by ``workers``, never by hand."""

import dataclasses
import json
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from jobs.errors import NotAFeed
from jobs.sources.feeds import parse_feed
from jobs.sources.formats.articles import parse_articles
from jobs.sources.formats.channels import parse_channel
from jobs.sources.formats.events import parse_events
from jobs.sources.formats.lists import parse_list
from jobs.sources.formats.sitemaps import parse_sitemap
from jobs.sources.formats.wiki_pages import parse_wiki_page
from jobs.sources.parsed import Form, ParsedFeed
from jobs.sources.workers import FRAME

try:
    import resource
except ImportError:  # not POSIX: the deadline by the clock remains
    resource = None  # type: ignore[assignment]


_PARSERS: Mapping[Form, Callable[..., ParsedFeed]] = {
    Form.FEED: parse_feed,
    Form.SITEMAP: parse_sitemap,
    Form.EVENTS: parse_events,
    Form.ARTICLES: parse_articles,
    Form.WIKI_PAGE: parse_wiki_page,
    Form.CHANNEL: parse_channel,
    Form.LIST: parse_list,
}


def main(deadline_seconds: float, memory_mb: int) -> None:
    """Answer questions on stdin until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory(memory_mb)
    _send(answers, {})
    while (head := _receive(questions)) is not None:
        body = _receive(questions) or b""
        _limit_time(deadline_seconds)
        _send(answers, _answer(json.loads(head), body))


def _answer(question: dict[str, Any], body: bytes) -> dict[str, Any]:
    parse = _PARSERS[Form(question["form"])]
    try:
        feed = parse(body, question["type"], question["url"], **question["options"])
    except NotAFeed as error:
        return {"error": str(error)}
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - foreign bytes in a foreign parser
        return {"error": f"the parser failed on it ({type(error).__name__}); please report this"}
    return dataclasses.asdict(feed)


def _limit_memory(memory_mb: int) -> None:
    if resource is not None:
        size = memory_mb * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_time(deadline_seconds: float) -> None:
    """Let the system end this process if it works for longer from now on.

    Not RLIMIT_CPU, which counts from the start of the process: by whole ticks, so that it
    runs ahead of what getrusage says, and ended a healthy worker after some minutes' work.
    """
    if resource is not None:
        signal.setitimer(signal.ITIMER_PROF, deadline_seconds + 1)


def _receive(stream: BinaryIO) -> bytes | None:
    size = stream.read(FRAME.size)
    return stream.read(FRAME.unpack(size)[0]) if len(size) == FRAME.size else None


def _send(stream: BinaryIO, answer: dict[str, Any]) -> None:
    text = json.dumps(answer, default=datetime.isoformat).encode()
    stream.write(FRAME.pack(len(text)) + text)
    stream.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
