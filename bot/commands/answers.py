"""How answers reach their chat: counted with the alerts, and never before them."""

import logging

from telegram import (
    CallbackQuery,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    ReplyParameters,
)
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, RetryAfter

from bot.outcomes import classify
from bot.pacing import Pacer
from bot.texts.messages import Message
from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 5.0
"""How far behind a chat may be before an answer is left out: alerts wait in that line too."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Answers:
    """Sends answers and edits; shares the pacer with the delivery of alerts."""

    def __init__(self, pacer: Pacer, clock: Clock) -> None:
        self._pacer = pacer
        self._clock = clock

    async def reply(self, message: TelegramMessage, answer: Message) -> None:
        """Answer in the same chat and topic; in shared chats as a reply to the command."""
        await self._put(message, answer, is_reply=message.chat.type != "private")

    async def put_beside(self, query: CallbackQuery, answer: Message) -> None:
        """Answer a press by a message of its own, which replies to the one with the button."""
        if query.message is not None:
            await self._put(query.message, answer, is_reply=True)

    async def _put(
        self, message: MaybeInaccessibleMessage, answer: Message, *, is_reply: bool
    ) -> None:
        is_private = message.chat.type == "private"
        if not await self._may_begin(message.chat.id, is_private=is_private):
            return
        try:
            await _send(message, answer, is_reply=is_reply)
        except RetryAfter as refusal:
            self._refused(message.chat.id, refusal, is_private=is_private)

    async def edit(self, query: CallbackQuery, answer: Message) -> None:
        """Put the answer in the place of the message whose button was pressed."""
        if query.message is None:
            return
        chat = query.message.chat
        is_private = chat.type == "private"
        if not await self._may_begin(chat.id, is_private=is_private):
            return
        try:
            await query.edit_message_text(
                answer.text,
                entities=answer.entities,
                reply_markup=answer.markup(),
                link_preview_options=_NO_PREVIEW,
            )
        except RetryAfter as refusal:
            self._refused(chat.id, refusal, is_private=is_private)
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise

    async def _may_begin(self, chat_id: int, *, is_private: bool) -> bool:
        """Wait for the chat's turn; return False if that takes too long."""
        chat, now = ChatId(chat_id), self._clock.monotonic()
        wait = self._pacer.ready_at(chat, is_private, now) - now
        if wait > _PATIENCE_SECONDS:
            _log.info("an answer is left out: its chat would wait %.0f s", wait)
            return False
        if wait > 0:
            await self._clock.sleep(wait)
        self._pacer.start(chat, is_private, self._clock.monotonic())
        return True

    def _refused(self, chat_id: int, refusal: RetryAfter, *, is_private: bool) -> None:
        seconds = classify(refusal).seconds
        self._pacer.refused(ChatId(chat_id), is_private, seconds, self._clock.monotonic())


async def _send(message: MaybeInaccessibleMessage, answer: Message, *, is_reply: bool) -> None:
    bot, chat_id = message.get_bot(), message.chat.id
    thread_id = None
    if isinstance(message, TelegramMessage) and message.is_topic_message:
        thread_id = message.message_thread_id
    reply_to = None
    if is_reply:
        reply_to = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    if answer.photo:
        await bot.send_photo(
            chat_id,
            answer.photo,
            caption=answer.text,
            caption_entities=answer.entities,
            reply_markup=answer.markup(),
            reply_parameters=reply_to,
            message_thread_id=thread_id,
        )
        return
    await bot.send_message(
        chat_id,
        answer.text,
        entities=answer.entities,
        reply_markup=answer.markup(),
        link_preview_options=_NO_PREVIEW,
        reply_parameters=reply_to,
        message_thread_id=thread_id,
    )
