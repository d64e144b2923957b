"""What happens to the bot: updates, in the queue that getUpdates or the webhook empties."""

import asyncio
import itertools
import time
from typing import Any

from tests.bot_api.chats import BOT_ID, QUERY_TOO_OLD, Chats, member_json, message_json, user_json
from tests.bot_api.rules import ApiError, check_inline_answer

TWO_POLLERS = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """The queue of one bot, with Telegram's rules for offsets and for two pollers."""

    def __init__(self, chats: Chats) -> None:
        self.pending: list[dict[str, Any]] = []
        self.polls = 0
        """How many getUpdates have begun."""
        self.queries: dict[str, dict[str, Any] | None] = {}
        """Each button press by id, and how it was answered (None: not yet)."""
        self.inline: dict[str, dict[str, Any] | None] = {}
        """Each inline query by id, and how it was answered (None: not yet)."""
        self._chats = chats
        self._ids = itertools.count(1000)
        self._message_ids = itertools.count(900_001)
        self._arrived = asyncio.Event()

    def put(self, **content: Any) -> int:
        """Queue any update; returns its id."""
        update_id = next(self._ids)
        self.pending.append({"update_id": update_id, **content})
        self._arrived.set()
        return update_id

    def say(self, chat_id: int, text: str, user_id: int | None = None, **extra: Any) -> int:
        """Let a person write in a chat (in a private one, its owner); or in a channel, post."""
        chat = self._chats.chat(chat_id)
        message = {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": chat.as_json(),
            "text": text,
            "entities": _command(text),
            **extra,
        }
        if chat.kind == "channel":
            return self.put(channel_post={"sender_chat": chat.as_json(), **message})
        return self.put(message={"from": user_json(user_id or chat_id), **message})

    def press(self, chat_id: int, message_id: int, data: str, user_id: int | None = None) -> str:
        """Let a person press a button of ours; returns the query's id."""
        chat = self._chats.chat(chat_id)
        query_id = str(len(self.queries) + 1)
        self.queries[query_id] = None
        self.put(
            callback_query={
                "id": query_id,
                "from": user_json(user_id or chat_id),
                "chat_instance": str(chat_id),
                "message": message_json(chat, chat.messages[message_id]),
                "data": data,
            }
        )
        return query_id

    def ask_inline(self, user_id: int, query: str, **person: Any) -> str:
        """Let a person type behind the bot's name in any chat; returns the query's id."""
        if len(query) > 256:
            raise ValueError("Telegram cuts an inline query at 256 characters")
        query_id = f"i{len(self.inline) + 1}"
        self.inline[query_id] = None
        asker = {**user_json(user_id), **person}
        self.put(inline_query={"id": query_id, "from": asker, "query": query, "offset": ""})
        return query_id

    def answer_inline(self, query_id: Any, answer: dict[str, Any]) -> bool:
        """Take the bot's answer to an inline query; only once."""
        if self.inline.get(str(query_id), answer) is not None:
            raise ApiError(400, QUERY_TOO_OLD)
        check_inline_answer(answer)
        self.inline[str(query_id)] = answer
        return True

    def bot_standing(self, chat_id: int, old: str, new: str, by: int | None = None) -> int:
        """Let the bot's own standing in a chat change (my_chat_member)."""
        return self.put(
            my_chat_member={
                "chat": self._chats.chat(chat_id).as_json(),
                "from": user_json(by or abs(chat_id)),
                "date": int(time.time()),
                "old_chat_member": member_json(BOT_ID, old),
                "new_chat_member": member_json(BOT_ID, new),
            }
        )

    def answer_query(self, query_id: Any, answer: dict[str, Any]) -> bool:
        """Take the bot's answer to a button press; only once."""
        if len(answer.get("text") or "") > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        if self.queries.get(str(query_id), answer) is not None:
            raise ApiError(400, QUERY_TOO_OLD)
        self.queries[str(query_id)] = answer
        return True

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Give what waits, or wait for it; ``offset`` confirms all that is below."""
        self.polls += 1
        me = self.polls
        if offset < 0:
            self.pending = self.pending[offset:]
        self.pending = [u for u in self.pending if u["update_id"] >= offset]
        self._arrived.set()  # an older poller wakes up and learns that it has been replaced
        self._arrived = arrived = asyncio.Event()
        if not self.pending:
            try:
                async with asyncio.timeout(min(seconds, 50)):
                    await arrived.wait()
            except TimeoutError:
                pass
        if me != self.polls:
            raise ApiError(409, TWO_POLLERS)
        return self.pending[: max(1, min(limit, 100))]


def _command(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
