"""The way of one of Telegram's updates: once, from whom, what, may they, answer."""

import difflib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from telegram import (
    CallbackQuery,
    InlineQueryResultsButton,
    MaybeInaccessibleMessage,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, TelegramError

from bot.commands.access import ALWAYS
from bot.commands.answers import Answers
from bot.commands.asks import (
    Ask,
    Called,
    Sender,
    ask_of,
    is_older,
    parse_command,
    topic_of,
)
from bot.commands.buttons import Press, read_address
from bot.commands.desk import Command, Context, Desk
from bot.commands.managing import MANAGE, note_steward, place_meant
from bot.commands.pace import Admission, AnswerPace
from bot.commands.rights import Who, may
from bot.commands.sharing import article, cards
from bot.commands.subscribing import TooManyTopics, words_for
from bot.commands.table import BY_NAME, MANAGED, PRESSES
from bot.texts import service
from bot.texts.direction import laid_out, laid_out_text
from bot.texts.language import Words, spoken, words_of
from bot.texts.messages import Message
from jobs.domain.alerts import ChatId
from jobs.store.chats import ChatKind

_log = logging.getLogger(__name__)
_PATIENCE_MINUTES = 10
_INLINE_SECONDS = 60
_MOST_IN_HAND = 12
_WAIT_IN_A_CROWD_MINUTES = 0.25


@dataclass(frozen=True, slots=True)
class _Response:
    """What a press brings: a pop-up, or an answer in the message's place or beside it."""

    pop_up: str = ""
    answer: Message | None = None
    beside: bool = False


class Intake:
    """Takes what Telegram brings to the commands and carries the answers back."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._pace = AnswerPace(desk.clock, desk.limits.answers_per_minute)
        self._answers = answers
        self._in_hand = 0

    async def on_message(self, update: Update, context: Context) -> None:
        """Answer a command in a chat or a channel; in private also say what is none."""
        message = update.effective_message
        if message is None or not message.text:
            return
        called = parse_command(message.text)
        if called is not None and called.addressee not in {"", context.bot.username.lower()}:
            return
        ask = ask_of(message, called.argument if called else "")
        if ask.sender is Sender.FORWARD or not (called or ask.is_private):
            return  # people talk in groups: none of it is noted
        command = BY_NAME.get(called.name) if called is not None else None
        lasting = command is not None and command.lasting
        if self._is_crowded and not lasting and self._has_waited(message):
            return  # nor is what there is no room to answer: a wish to stop is carried out
        with self._taking_up():
            if not await self._desk.is_first(update.update_id):
                return
            answer = await self._answer(context, message, ask, called, command)
            if answer is not None:
                await self._answers.reply(message, answer)

    async def on_press(self, update: Update, context: Context) -> None:
        """Carry out a press of one of our buttons, and always end its waiting."""
        query = update.callback_query
        if query is None or not await self._desk.is_first(update.update_id):
            return
        words = await self._words_of(query)
        response = await self._press(query, context, words)
        pop_up = laid_out_text(response.pop_up, words.language)
        try:
            await query.answer(pop_up or None, show_alert=bool(pop_up))
        except BadRequest:
            _log.info("update %d: the press waited too long for its answer", update.update_id)
        if response.answer is None:
            return
        answer = laid_out(response.answer, words.language)
        if response.beside:
            await self._answers.put_beside(query, answer)
        else:
            await self._answers.edit(query, answer)

    async def on_inline(self, update: Update, context: Context) -> None:
        """Offer cards to share for what somebody types behind the bot's name."""
        query = update.inline_query
        if query is None:
            return
        words = words_of(spoken(query.from_user.language_code), self._desk.default_zone)
        person = query.from_user.id
        asked = Ask(ChatId(person), ChatKind.PRIVATE, Sender.PERSON, person)
        found = (
            await cards(self._desk, words, query.query) if self._desk.access.admits(asked) else ()
        )
        offered = [article(card, words.language) for card in found]
        label = words.gettext("Nothing found: ask the bot itself")
        try:
            await context.bot.answer_inline_query(
                query.id,
                offered,
                cache_time=_INLINE_SECONDS,
                # The words are those of whoever asks: others may speak another language.
                is_personal=True,
                button=None if offered else InlineQueryResultsButton(label, start_parameter="help"),
            )
        except BadRequest:
            _log.info("update %d: the query waited too long for its answer", update.update_id)

    async def apologise(self, update: Update, context: Context) -> None:
        """Say to whoever asked that it could not be done."""
        chat = update.effective_chat
        if chat is None:
            return
        is_private = chat.type == ChatKind.PRIVATE
        asker = update.effective_user
        words = words_of(spoken(asker.language_code if asker else None))
        sorry = laid_out(service.failed(words), words.language)
        with suppress(TelegramError):
            await self._answers.say(context.bot, ChatId(chat.id), sorry, is_private=is_private)

    @property
    def _is_crowded(self) -> bool:
        """Tell whether so much is in hand that what has waited shall not be taken up.

        Telegram sets how much a bot may say. A short crowd is answered in its turn; in a
        lasting one, a question answered minutes later costs everybody's time, and the alerts'.
        """
        return self._in_hand >= _MOST_IN_HAND

    def _has_waited(self, message: TelegramMessage) -> bool:
        return is_older(message.date, self._desk.clock.now(), _WAIT_IN_A_CROWD_MINUTES)

    @contextmanager
    def _taking_up(self) -> Iterator[None]:
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1

    async def _answer(
        self,
        context: Context,
        message: TelegramMessage,
        ask: Ask,
        called: Called | None,
        command: Command | None,
    ) -> Message | None:
        if command is None and not (ask.is_private or (called and called.addressee)):
            return None  # in a group it may be another bot's
        lasting = command is not None and command.lasting
        if not lasting and is_older(message.date, self._desk.clock.now(), _PATIENCE_MINUTES):
            return None
        words = await words_for(self._desk, ask)
        admission = self._pace.admit(ask.chat_id, is_private=ask.is_private)
        answer = None
        if command is not None and (lasting or admission is Admission.ANSWER):
            answer = await self._carry_out(context, command, ask, words)
        if admission is Admission.ANSWER:
            return laid_out(answer or _no_command(words, called), words.language)
        if admission is Admission.WARN:
            return laid_out(service.slow_down(words), words.language)
        return None

    async def _carry_out(
        self, context: Context, command: Command, ask: Ask, words: Words
    ) -> Message:
        if command.name == MANAGE and ask.is_private:
            meant = await place_meant(self._desk, ask) if ask.argument else None
            if meant is not None and meant[0] in MANAGED:
                command, ask = BY_NAME[meant[0]], meant[1]
        if command.name not in ALWAYS and not self._desk.access.admits(ask):
            return service.not_open(words)
        if ask.chat_kind not in command.where:
            return service.elsewhere(words, command.name)
        if not await may(context.bot, ask, command.who, self._desk.operators):
            return service.not_allowed(words, operators_only=command.who is Who.OPERATOR)
        if command.who is Who.CHAT_ADMIN:
            await note_steward(self._desk, ask.place, ask.user_id)
        try:
            return await command.answer(self._desk, ask, words)
        except TooManyTopics:
            return service.too_many_topics(words, self._desk.limits.topics)

    async def _words_of(self, query: CallbackQuery) -> Words:
        return await words_for(self._desk, _ask_of_press(query))

    async def _press(self, query: CallbackQuery, context: Context, words: Words) -> _Response:
        """Carry out a press; whatever is not to be done gets a pop-up that says why."""
        desk, ask = self._desk, _ask_of_press(query)
        if ask.user_id is None or not query.data:
            return _Response(service.void_button(words))
        press = desk.signer.read(query.data, ask.chat_id, ask.user_id, desk.clock.now())
        pressed = PRESSES.get(press.action) if isinstance(press, Press) else None
        if pressed is None or not isinstance(press, Press):
            return _Response(service.void_button(words))
        if press.action not in ALWAYS and not desk.access.admits(ask):
            return _Response(service.not_open(words).text)
        elsewhere, payload = read_address(press.payload)
        ask = replace(ask, elsewhere=elsewhere)
        if not await may(context.bot, ask, pressed.who, desk.operators):
            return _Response(service.refused_press(words))
        # The words of a picture cannot give way to others: Telegram edits it as a picture only.
        is_beside = pressed.beside or _is_picture(query.message)
        if is_beside and not self._admits(ask):
            return _Response(service.slow_down(words).text)
        try:
            answer = await pressed.answer(desk, ask, words, payload)
        except TooManyTopics:
            return _Response(service.too_many_topics(words, desk.limits.topics).text)
        return _Response(answer=answer, beside=is_beside)

    def _admits(self, ask: Ask) -> bool:
        if self._is_crowded:
            return False
        admission = self._pace.admit(ask.chat_id, is_private=ask.is_private)
        return admission is Admission.ANSWER


def _ask_of_press(query: CallbackQuery) -> Ask:
    message = query.message
    if message is None:  # a button of an inline message, which we never make
        return Ask(ChatId(0), ChatKind.PRIVATE, Sender.STRANGER, None)
    return Ask(
        ChatId(message.chat.id),
        ChatKind(message.chat.type),
        Sender.PERSON,
        query.from_user.id,
        language=query.from_user.language_code or "",
        thread_id=topic_of(message) if isinstance(message, TelegramMessage) else 0,
    )


def _is_picture(message: MaybeInaccessibleMessage | None) -> bool:
    return isinstance(message, TelegramMessage) and bool(message.photo)


def _no_command(words: Words, called: Called | None) -> Message:
    if called is None:
        return service.not_a_command(words)
    close = difflib.get_close_matches(called.name, BY_NAME, n=1)
    return service.unknown_command(words, called.name, close[0] if close else None)
