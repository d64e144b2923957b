"""A Bot API server of our own, on loopback: strict as Telegram's, and it remembers.

It answers the methods that the bot calls, refuses what the official server refuses (in
its words), keeps what a reader of each chat would see, and plays scripted faults::

    async with BotApi() as api:                    # a free port of this machine
        api.add_chat(7)                            # a private chat; see Chats.add_chat
        api.script("sendMessage", hang(stored=True), chat_id=7)
        bot = Bot(api.token, base_url=api.base_url)
        ...
        assert [m.text for m in api.shown(7)] == ["Hello"]
        api.say(7, "/status")                      # what a person does becomes an update

``api.calls`` lists every request. ``api.busiest(1.0)`` is the pace that was reached, and
``BotApi(limits=True)`` refuses with 429 whoever exceeds Telegram's own limits.

For crash tests with real processes: ``python -m tests.bot_api PORT`` serves the same,
``GET /oracle`` gives what was shown and asked as JSON, and ``POST /do`` with
``{"call": "say", "args": [7, "/status"]}`` calls any of the methods above.

Stricter than Telegram, on purpose: parse_mode is refused, an entity beyond the text is
refused, and 4096 is counted in UTF-16 units.
"""

from tests.bot_api.chats import BOT_ID, Chats, Shown
from tests.bot_api.faults import (
    Fault,
    answer,
    drip,
    error,
    garbage,
    hang,
    not_ok,
    reset,
    status,
    too_many,
    truncated,
)
from tests.bot_api.rules import ApiError
from tests.bot_api.server import TOKEN, BotApi, Call

__all__ = [
    "BOT_ID",
    "TOKEN",
    "ApiError",
    "BotApi",
    "Call",
    "Chats",
    "Fault",
    "Shown",
    "answer",
    "drip",
    "error",
    "garbage",
    "hang",
    "not_ok",
    "reset",
    "status",
    "too_many",
    "truncated",
]
