"""How answers reach their chat: counted with the alerts, and never before them."""

import logging
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypedDict

from telegram import (
    Bot,
    CallbackQuery,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    ReplyParameters,
)
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, RetryAfter

from bot.outcomes import classify
from bot.pacing import Lane, Pacer
from bot.photos import Photos
from bot.texts.messages import Message
from bot.windows import SharedWindow
from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock
from jobs.store.engine import Store

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 5.0
"""How far behind a chat may be before an answer is left out: alerts wait in that line too."""
_SHARED_PAUSE_SECONDS = 0.2
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class _Place(TypedDict):
    """Where in its chat an answer goes."""

    reply_parameters: ReplyParameters | None
    message_thread_id: int | None


class Answers:
    """Sends answers and edits; shares the pacer with the delivery of alerts."""

    def __init__(self, pacer: Pacer, clock: Clock, store: Store) -> None:
        self._pacer = pacer
        self._clock = clock
        self._store = store
        self._photos = Photos(store, clock)
        self._window = SharedWindow(store, clock, pacer.per_second)

    async def reply(self, message: TelegramMessage, answer: Message) -> None:
        """Answer in the same chat and topic; in shared chats as a reply to the command."""
        await self._put(message, answer, is_reply=message.chat.type != "private")

    async def put_beside(self, query: CallbackQuery, answer: Message) -> None:
        """Answer a press by a message of its own, which replies to the one with the button."""
        if query.message is not None:
            await self._put(query.message, answer, is_reply=True)

    async def say(self, bot: Bot, chat_id: ChatId, message: Message, *, is_private: bool) -> None:
        """Say something to a chat that asked nothing just now: a greeting, an apology."""
        async with self._turn(chat_id, is_private=is_private) as is_ours:
            if is_ours:
                await bot.send_message(
                    chat_id,
                    message.text,
                    entities=message.entities,
                    reply_markup=message.markup(),
                    link_preview_options=NO_PREVIEW,
                )

    async def _put(
        self, message: MaybeInaccessibleMessage, answer: Message, *, is_reply: bool
    ) -> None:
        is_private = message.chat.type == "private"
        async with self._turn(message.chat.id, is_private=is_private) as is_ours:
            if is_ours:
                await self._send(message, answer, is_reply=is_reply)

    async def edit(self, query: CallbackQuery, answer: Message) -> None:
        """Put the answer in the place of the message whose button was pressed."""
        if query.message is None:
            return
        chat = query.message.chat
        async with self._turn(chat.id, is_private=chat.type == "private") as is_ours:
            if is_ours:
                await _edit(query, answer)

    async def _send(
        self, message: MaybeInaccessibleMessage, answer: Message, *, is_reply: bool
    ) -> None:
        bot, chat_id = message.get_bot(), message.chat.id
        place: _Place = {
            "reply_parameters": _reply_to(message) if is_reply else None,
            "message_thread_id": _topic_of(message),
        }
        if answer.photo and await self._send_photo(bot, chat_id, answer, place):
            return
        if answer.document:
            await bot.send_document(
                chat_id,
                answer.document,
                filename=answer.document_name,
                caption=answer.text,
                **place,
            )
            return
        await bot.send_message(
            chat_id,
            answer.text,
            entities=answer.entities,
            reply_markup=answer.markup(),
            link_preview_options=NO_PREVIEW,
            **place,
        )

    async def _send_photo(self, bot: Bot, chat_id: int, answer: Message, place: "_Place") -> bool:
        """Send an answer with its picture; False if Telegram refuses that, in this chat or at all.

        A group can forbid pictures and not words.
        """

        def sending(photo: bytes | str) -> Awaitable[TelegramMessage]:
            return bot.send_photo(
                chat_id,
                photo,
                caption=answer.text,
                caption_entities=answer.entities,
                reply_markup=answer.markup(),
                **place,
            )

        try:
            await self._photos.send(answer.photo, sending)
        except BadRequest as error:
            _log.info("a picture was refused, the words go alone: %s", error.message)
            return False
        return True

    @asynccontextmanager
    async def _turn(self, chat_id: int, *, is_private: bool) -> AsyncIterator[bool]:
        """Wait for the chat's turn, and keep its place; gives False if that takes too long."""
        chat = ChatId(chat_id)
        place = await self._begin(chat, is_private=is_private)
        if place is None:
            yield False
            return
        number, call = place
        try:
            yield True
        except RetryAfter as refusal:
            self._refused(chat, refusal, is_private=is_private)
        finally:
            self._pacer.finish(number, self._clock.monotonic())
            await self._window.end_alone(self._store, call)

    async def _begin(self, chat: ChatId, *, is_private: bool) -> tuple[int, str] | None:
        until = self._clock.monotonic() + _PATIENCE_SECONDS
        while True:
            now = self._clock.monotonic()
            ready_at = self._pacer.ready_at(chat, is_private, now, Lane.ANSWER)
            if ready_at > until:
                _log.info("an answer is left out: its chat would wait %.0f s", ready_at - now)
                return None
            if ready_at > now:
                # Others wait for the same moment, and one of them may be first: ask again.
                await self._clock.sleep(ready_at - now)
                continue
            number, call = self._pacer.start(chat, is_private, now, Lane.ANSWER), uuid.uuid4().hex
            if await self._window.take_alone(self._store, call):
                return number, call
            self._pacer.finish(number, now)
            await self._clock.sleep(_SHARED_PAUSE_SECONDS)

    def _refused(self, chat: ChatId, refusal: RetryAfter, *, is_private: bool) -> None:
        seconds = classify(refusal).seconds
        self._pacer.refused(chat, is_private, seconds, self._clock.monotonic())


async def _edit(query: CallbackQuery, answer: Message) -> None:
    try:
        await query.edit_message_text(
            answer.text,
            entities=answer.entities,
            reply_markup=answer.markup(),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            raise


def _reply_to(message: MaybeInaccessibleMessage) -> ReplyParameters:
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


def _topic_of(message: MaybeInaccessibleMessage) -> int | None:
    if isinstance(message, TelegramMessage) and message.is_topic_message:
        return message.message_thread_id
    return None
