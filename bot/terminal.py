"""Telegram's stand-in: the Bot API answered in this terminal, for one private chat.

The application is the same as with a token; only its requests end here. Messages are
printed, commands and buttons (``#2``) are typed. It answers just the methods that the
bot calls (``METHODS``); it is no oracle of what Telegram accepts, tests/bot_api is.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.screen import Screen
from bot.typed import TypedLines
from jobs.domain.clock import Clock
from jobs.settings import TERMINAL_PERSON

CHAT_ID = 1
USER_ID = TERMINAL_PERSON
"""The person at the terminal, who is an operator there."""
BOT_NAME = "recognition_watch_bot"

_CHAT = {"id": CHAT_ID, "type": "private", "first_name": "You"}
_PERSON = {"id": USER_ID, "is_bot": False, "first_name": "You"}
_BOT = {"id": 0, "is_bot": True, "first_name": "Recognition Watch", "username": BOT_NAME}

Parameters = Mapping[str, Any]


class _Refused(Exception):
    """What Telegram would answer with code 400."""


class TerminalRequest(BaseRequest):
    """Answers the bot's calls by printing, and its getUpdates with what is typed.

    Serves as both of the application's requests. ``shown`` counts messages and edits
    printed so far.
    """

    def __init__(self, screen: Screen, typed: TypedLines, clock: Clock, data_dir: Path) -> None:
        self.shown = 0
        self._screen = screen
        self._typed = typed
        self._clock = clock
        self._data_dir = data_dir
        self._messages: dict[int, dict[str, Any]] = {}
        self._buttons: list[tuple[int, dict[str, Any]]] = []
        self._updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        # A former run's numbers are in the store: to begin again at 1 would look like them.
        self._last_update = secrets.randbits(40)
        self._last_message = secrets.randbits(30)
        self._reader: asyncio.Task[None] | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return None: nothing here takes time but typing."""
        return None

    async def initialize(self) -> None:
        """Begin to listen to what is typed."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._listen())

    async def shutdown(self) -> None:
        """Stop listening."""
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Answer one call as the Bot API would."""
        name = url.rsplit("/", 1)[-1]
        parameters: dict[str, Any] = dict(request_data.parameters) if request_data else {}
        try:
            if name == "getUpdates":
                result: Any = await self._get_updates(parameters)
            elif name in _FILES:
                result = self._send_file(parameters, request_data, *_FILES[name])
            else:
                result = _ANSWERS[name](self, parameters)
        except KeyError:
            return 404, _json({"ok": False, "error_code": 404, "description": "Not Found"})
        except _Refused as refusal:
            text = f"Bad Request: {refusal}"
            return 400, _json({"ok": False, "error_code": 400, "description": text})
        return 200, _json({"ok": True, "result": result})

    async def _listen(self) -> None:
        self._screen.prompt()
        async for line in self._typed:
            self._take(line.strip())
            self._screen.prompt()

    def _take(self, line: str) -> None:
        if line.startswith("#"):
            self._press(line[1:].strip())
        elif line:
            self._updates.put_nowait(self._update("message", self._message(_PERSON, line)))

    def _press(self, number: str) -> None:
        if not number.isdecimal() or not 1 <= int(number) <= len(self._buttons):
            self._screen.note(f"There is no button #{number}.")
            return
        message_id, button = self._buttons[int(number) - 1]
        if "callback_data" not in button:
            self._screen.note(button["url"] if "url" in button else button["web_app"]["url"])
            return
        query = {
            "id": str(self._last_update + 1),
            "from": _PERSON,
            "chat_instance": "1",
            "message": self._messages[message_id],
            "data": button["callback_data"],
        }
        self._updates.put_nowait(self._update("callback_query", query))

    async def _get_updates(self, parameters: Parameters) -> list[dict[str, Any]]:
        """Wait for something typed, as long as asked; give all there is.

        What was given once is not given again: nothing is lost within one process.
        """
        timeout = float(parameters.get("timeout", 0))
        if self._updates.empty():
            try:
                async with asyncio.timeout(timeout):
                    return [await self._updates.get()]
            except TimeoutError:
                return []
        return [self._updates.get_nowait() for _ in range(self._updates.qsize())]

    def _get_me(self, parameters: Parameters) -> dict[str, Any]:
        return {**_BOT, "can_join_groups": False, "supports_inline_queries": False}

    def _get_chat(self, parameters: Parameters) -> dict[str, Any]:
        raise _Refused("chat not found")

    def _get_chat_member(self, parameters: Parameters) -> dict[str, Any]:
        return {"status": "creator", "user": _PERSON, "is_anonymous": False}

    def _nothing(self, parameters: Parameters) -> bool:
        return True

    def _send_message(self, parameters: Parameters) -> dict[str, Any]:
        sent = self._message(_BOT, parameters["text"], parameters)
        replied = parameters.get("reply_parameters") or {}
        self._show(sent, self._messages.get(replied.get("message_id", 0)))
        return sent

    def _edit(self, parameters: Parameters) -> dict[str, Any]:
        known = self._messages.get(int(parameters["message_id"]))
        if known is None:
            raise _Refused("message to edit not found")
        edited = self._content(parameters["text"], parameters)
        if all(known.get(key) == value for key, value in edited.items()):
            raise _Refused("message is not modified")
        known.pop("reply_markup", None)
        known |= {**edited, "edit_date": self._now()}
        self._show(known, None)
        return known

    def _send_file(
        self, parameters: Parameters, data: RequestData | None, what: str, suffix: str
    ) -> dict[str, Any]:
        """Keep a file in the data folder, or find it there by the file_id it was given."""
        sent = self._message(_BOT, str(parameters.get("caption", "")), parameters)
        folder = self._data_dir / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        uploaded = list((data.multipart_data if data else {}).values())
        file_id = f"{sent['message_id']}.{suffix}"
        if not uploaded:
            file_id = Path(str(parameters.get(what.lower()))).name
        path = folder / file_id
        for _, content, _ in uploaded:
            path.write_bytes(content if isinstance(content, bytes) else content.read())
        if not path.exists():
            raise _Refused("wrong remote file identifier specified")
        if what == "Photo":
            size = {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}
            sent["photo"] = [size]
        self._show(sent, None)
        self._screen.note(f"{_SHOWN_AS[what]}: {path}")
        return sent

    def _answer_press(self, parameters: Parameters) -> bool:
        if parameters.get("text"):
            self._screen.note(str(parameters["text"]))
        return True

    def _message(
        self, sender: Mapping[str, Any], text: str, parameters: Parameters | None = None
    ) -> dict[str, Any]:
        self._last_message += 1
        message = {
            "message_id": self._last_message,
            "date": self._now(),
            "chat": _CHAT,
            "from": sender,
            **self._content(text, parameters or {}),
        }
        self._messages[self._last_message] = message
        return message

    def _content(self, text: str, parameters: Parameters) -> dict[str, Any]:
        content: dict[str, Any] = {"text": text, "entities": parameters.get("entities") or []}
        if parameters.get("reply_markup"):
            content["reply_markup"] = parameters["reply_markup"]
        return content

    def _show(self, message: Mapping[str, Any], replied: Mapping[str, Any] | None) -> None:
        keyboard = (message.get("reply_markup") or {}).get("inline_keyboard", [])
        if keyboard:
            self._buttons = [(message["message_id"], button) for row in keyboard for button in row]
        self.shown += 1
        self._screen.show(message, replied, keyboard, self._clock.now())

    def _update(self, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        self._last_update += 1
        return {"update_id": self._last_update, kind: content}

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


_ANSWERS: Mapping[str, Callable[[TerminalRequest, Parameters], Any]] = {
    "getMe": TerminalRequest._get_me,
    "deleteWebhook": TerminalRequest._nothing,
    "sendMessage": TerminalRequest._send_message,
    "editMessageText": TerminalRequest._edit,
    "answerCallbackQuery": TerminalRequest._answer_press,
    "getChat": TerminalRequest._get_chat,
    "getChatMember": TerminalRequest._get_chat_member,
}
_FILES = {"sendPhoto": ("Photo", "png"), "sendDocument": ("Document", "json")}
_SHOWN_AS = {"Photo": "Picture", "Document": "File"}
METHODS = frozenset({*_ANSWERS, *_FILES, "getUpdates"})
"""The methods that are answered: just those that the bot calls."""


def _json(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer).encode()
