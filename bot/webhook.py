"""Webhook mode: the route on which Telegram's updates come in, for the one web server."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from telegram import Bot, Update
from tornado.web import HTTPError, RequestHandler, stream_request_body

WEBHOOK_PATH = "/telegram"
LONGEST_BODY = 1 << 20
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

Put = Callable[[Update], None]
Route = tuple[str, type[RequestHandler], dict[str, Any]]


@stream_request_body
class WebhookHandler(RequestHandler):
    """Takes one update: checked, bounded, put into the queue, answered with no content.

    An answer of ours never holds anything of the update: Telegram carries out a call
    that stands in the answer.
    """

    def initialize(self, bot: Bot, secret: str, put: Put) -> None:
        """Keep what the route was made with."""
        self._bot, self._secret, self._put = bot, secret, put
        self._body = bytearray()

    def prepare(self) -> None:
        """Refuse before the body is read: the wrong method, secret, or size."""
        if self.request.method != "POST":
            raise HTTPError(405)
        given = self.request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise HTTPError(403)
        if int(self.request.headers.get("Content-Length", "0")) > LONGEST_BODY:
            raise HTTPError(413)

    def data_received(self, chunk: bytes) -> None:
        """Gather the body, as far as it is allowed to go."""
        self._body += chunk
        if len(self._body) > LONGEST_BODY:
            raise HTTPError(413)

    def post(self) -> None:
        """Put the update into the queue."""
        try:
            update = Update.de_json(json.loads(bytes(self._body)), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # Nothing of the body is told: neither to the sender nor to a log.
            raise HTTPError(400) from None
        self._put(update)
        self.set_status(204)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error with its number alone; the connection ends with a body unread."""
        self.set_header("Connection", "close")
        self.finish()


def webhook_route(bot: Bot, secret: str, put: Put) -> Route:
    """Return the route for the web server; ``put`` takes each update without waiting.

    Raises ``ValueError`` without a secret: anybody could then write to the queue.
    """
    if not secret:
        raise ValueError("a webhook needs a secret")
    return (WEBHOOK_PATH, WebhookHandler, {"bot": bot, "secret": secret, "put": put})
