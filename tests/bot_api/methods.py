"""The methods of the Bot API that the bot calls; any other is not found, as with Telegram.

Each is ``_do_`` and the method's own name, hence the capitals.
"""
# ruff: noqa: N802

import itertools
from collections.abc import Callable
from typing import Any

from tests.bot_api.chats import BOT, Chats
from tests.bot_api.rules import (
    CHAT_SCOPES,
    ApiError,
    check_commands,
    check_photo,
    check_scope,
    language_of,
)
from tests.bot_api.updates import WEBHOOK_ACTIVE, Updates

_POLL = (("offset", 0), ("limit", 100), ("timeout", 0))


def _refuse_parse_mode(params: dict[str, Any]) -> None:
    if params.get("parse_mode"):
        raise ApiError(400, "Bad Request: can't parse entities: parse_mode is not for this bot")


def _thread(params: dict[str, Any]) -> int | None:
    given = params.get("message_thread_id")
    return None if given is None else int(given)


class Methods(Chats):
    """What each method does to the chats and the queue of updates."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        """Every uploaded picture or document by its file_id."""
        self.commands: dict[str, list[dict[str, str]]] = {}
        """The menus that were set, by scope and language as given."""
        self.words: dict[str, str] = {}
        """Description and about text, by name and language as given."""
        self.webhook: dict[str, Any] = {"url": ""}
        self.updates = Updates(self)
        self.say = self.updates.say
        self.press = self.updates.press
        self.ask_inline = self.updates.ask_inline
        self.bot_standing = self.updates.bot_standing
        self.queries = self.updates.queries
        self._file_ids = itertools.count(1)

    def do(self, method: str, params: dict[str, Any]) -> Any:
        """Carry out one call; returns its result, or an awaitable of it (getUpdates)."""
        known: Callable[[dict[str, Any]], Any] | None = getattr(self, f"_do_{method}", None)
        if known is None:
            raise ApiError(404, "Not Found")
        return known(params)

    def _do_getMe(self, _params: dict[str, Any]) -> Any:
        rights = ("can_join_groups", "can_read_all_group_messages")
        return {**BOT, **dict.fromkeys(rights, False), "supports_inline_queries": True}

    def _do_sendMessage(self, params: dict[str, Any]) -> Any:
        _refuse_parse_mode(params)
        return self.send(
            params.get("chat_id"),
            str(params.get("text", "")),
            params.get("entities") or [],
            params.get("reply_markup"),
            params.get("reply_parameters"),
            thread_id=_thread(params),
        )

    def _do_sendPhoto(self, params: dict[str, Any]) -> Any:
        return self._send_file(params, "photo")

    def _do_sendDocument(self, params: dict[str, Any]) -> Any:
        return self._send_file(params, "document")

    def _do_editMessageText(self, params: dict[str, Any]) -> Any:
        _refuse_parse_mode(params)
        where = params.get("chat_id"), params.get("message_id")
        words = str(params.get("text", "")), params.get("entities") or []
        return self.edit(*where, *words, params.get("reply_markup"))

    def _do_editMessageReplyMarkup(self, params: dict[str, Any]) -> Any:
        where = params.get("chat_id"), params.get("message_id")
        return self.edit(*where, None, [], params.get("reply_markup"))

    def _do_deleteMessage(self, params: dict[str, Any]) -> Any:
        return self.delete(params.get("chat_id"), params.get("message_id"))

    def _do_answerCallbackQuery(self, params: dict[str, Any]) -> Any:
        return self.updates.answer_query(params.get("callback_query_id"), params)

    def _do_answerInlineQuery(self, params: dict[str, Any]) -> Any:
        return self.updates.answer_inline(params.get("inline_query_id"), params)

    def _do_sendChatAction(self, params: dict[str, Any]) -> Any:
        self.chat(params.get("chat_id"))
        return True

    def _do_getChat(self, params: dict[str, Any]) -> Any:
        gifts = (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        )
        return {
            **self.chat(params.get("chat_id")).as_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def _do_getChatMember(self, params: dict[str, Any]) -> Any:
        return self.member(params.get("chat_id"), params.get("user_id"))

    def _do_leaveChat(self, params: dict[str, Any]) -> Any:
        return self.leave(params.get("chat_id"))

    def _do_setMyCommands(self, params: dict[str, Any]) -> Any:
        check_commands(params["commands"])
        self.commands[self._menu_of(params)] = params["commands"]
        return True

    def _do_getMyCommands(self, params: dict[str, Any]) -> Any:
        return self.commands.get(self._menu_of(params), [])

    def _menu_of(self, params: dict[str, Any]) -> str:
        scope = params.get("scope", {"type": "default"})
        check_scope(scope)
        chat = ""
        if scope["type"] in CHAT_SCOPES:
            chat = f" {self.chat(scope.get('chat_id')).id}"
        return f"{scope['type']}{chat} {language_of(params)}".strip()

    def _do_setMyDescription(self, params: dict[str, Any]) -> Any:
        return self._set_words(params, "description", 512)

    def _do_getMyDescription(self, params: dict[str, Any]) -> Any:
        return self._get_words(params, "description")

    def _do_setMyShortDescription(self, params: dict[str, Any]) -> Any:
        return self._set_words(params, "short_description", 120)

    def _do_getMyShortDescription(self, params: dict[str, Any]) -> Any:
        return self._get_words(params, "short_description")

    def _set_words(self, params: dict[str, Any], name: str, longest: int) -> bool:
        given = str(params.get(name, ""))
        if len(given) > longest:
            raise ApiError(400, f"Bad Request: {name.replace('_', ' ')} is too long")
        self.words[f"{name} {language_of(params)}".strip()] = given
        return True

    def _get_words(self, params: dict[str, Any], name: str) -> dict[str, str]:
        # As Telegram does: a language without words of its own has those of the default.
        own = self.words.get(f"{name} {language_of(params)}".strip())
        return {name: own or self.words.get(name, "")}

    async def _do_getUpdates(self, params: dict[str, Any]) -> Any:
        if self.webhook["url"]:
            raise ApiError(409, WEBHOOK_ACTIVE)
        asked = [int(params.get(name, default)) for name, default in _POLL]
        return await self.updates.poll(*asked)

    def _do_setWebhook(self, params: dict[str, Any]) -> Any:
        self.webhook = {"url": params["url"], "secret": params.get("secret_token", "")}
        return True

    def _do_deleteWebhook(self, _params: dict[str, Any]) -> Any:
        self.webhook = {"url": ""}
        return True

    def _do_getWebhookInfo(self, _params: dict[str, Any]) -> Any:
        return {
            "url": self.webhook["url"],
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }

    def _send_file(self, params: dict[str, Any], kind: str) -> Any:
        _refuse_parse_mode(params)
        given = params.get(kind)
        if isinstance(given, bytes):
            if kind == "photo":
                check_photo(given)
            file_id = f"{kind}-{next(self._file_ids)}"
            self.files[file_id] = given
        elif given in self.files:
            file_id = str(given)
        else:
            raise ApiError(400, "Bad Request: wrong remote file identifier specified")
        return self.send(
            params.get("chat_id"),
            str(params.get("caption", "")),
            params.get("caption_entities") or [],
            params.get("reply_markup"),
            params.get("reply_parameters"),
            kind,
            file_id,
            _thread(params),
        )
