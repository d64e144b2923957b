"""The way of one of Telegram's updates: once, from whom, what, may they, answer."""

import difflib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineQueryResultsButton,
    MaybeInaccessibleMessage,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackContext

from bot.commands.access import ALWAYS
from bot.commands.answers import Answers
from bot.commands.asks import (
    Ask,
    Called,
    Place,
    Sender,
    ask_of,
    is_older,
    parse_command,
    person_of,
    topic_of,
)
from bot.commands.buttons import Press, read_address
from bot.commands.desk import Command, Desk
from bot.commands.managing import MANAGE, place_meant, set_up_buttons
from bot.commands.pace import Admission, AnswerPace
from bot.commands.rights import Who, may
from bot.commands.sharing import article, cards
from bot.commands.subscribing import TooManyTopics, words_for
from bot.commands.table import BY_NAME, MANAGED, PRESSES
from bot.pacing import Pacer
from bot.texts import places, service
from bot.texts.direction import laid_out, laid_out_text
from bot.texts.language import Words, spoken, words_of
from bot.texts.messages import Message
from jobs.domain.alerts import ChatId, Notice
from jobs.store import chats, moves, notices, outbox, stewards
from jobs.store.chats import ChatKind

_log = logging.getLogger(__name__)
_PATIENCE_MINUTES = 10
_INLINE_SECONDS = 60
_MOST_IN_HAND = 12
_WAIT_IN_A_CROWD_MINUTES = 0.25
Context = CallbackContext[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class _Response:
    """What a press brings: a pop-up, or an answer in the message's place or beside it."""

    pop_up: str = ""
    answer: Message | None = None
    beside: bool = False


class Intake:
    """Takes what Telegram brings to the commands and carries the answers back."""

    def __init__(self, desk: Desk, pacer: Pacer) -> None:
        self._desk = desk
        self._pace = AnswerPace(desk.clock, desk.limits.answers_per_minute)
        self._answers = Answers(pacer, desk.clock, desk.store)
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
            if not await self._is_first(update):
                return
            answer = await self._answer(context, message, ask, called)
            if answer is not None:
                await self._answers.reply(message, answer)

    async def on_press(self, update: Update, context: Context) -> None:
        """Carry out a press of one of our buttons, and always end its waiting."""
        query = update.callback_query
        if query is None or not await self._is_first(update):
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

    async def on_membership(self, update: Update, context: Context) -> None:
        """Open or close a chat as the bot is let in or put out."""
        change = update.my_chat_member
        if change is None or not await self._is_first(update):
            return
        chat_id, kind = ChatId(change.chat.id), ChatKind(change.chat.type)
        if not _is_inside(change.new_chat_member):
            await self._leave(chat_id, change)
            return
        if _is_inside(change.old_chat_member):
            return
        place = Place(chat_id, kind)
        user_id = person_of(change.from_user)
        if not self._desk.access.admits(Ask(chat_id, kind, Sender.PERSON, user_id)):
            return  # whoever adds it all the same is told so at their first command
        is_new = await self._open(chat_id, kind, spoken(change.from_user.language_code))
        await self._note_steward(place, user_id)
        if kind is ChatKind.CHANNEL:
            await self._offer_set_up(change, place, context)
        elif is_new and kind is not ChatKind.PRIVATE:
            await self._greet(change, context)

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

    async def on_migration(self, update: Update, context: Context) -> None:
        """Move a group that became a supergroup to its new id."""
        message = update.effective_message
        if message is None or not await self._is_first(update):
            return
        if message.migrate_to_chat_id is not None:
            old, new = ChatId(message.chat.id), ChatId(message.migrate_to_chat_id)
            async with self._desk.store.write() as conn:
                await moves.migrate_chat(conn, old, new)

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

    async def _is_first(self, update: Update) -> bool:
        async with self._desk.store.write() as conn:
            return await chats.see_update(conn, update.update_id, self._desk.clock.now())

    async def _open(self, chat_id: ChatId, kind: ChatKind, language: str) -> bool:
        zone, now = self._desk.default_zone, self._desk.clock.now()
        async with self._desk.store.write() as conn:
            return await chats.open_chat(conn, chat_id, kind, language=language, zone=zone, now=now)

    async def _answer(
        self, context: Context, message: TelegramMessage, ask: Ask, called: Called | None
    ) -> Message | None:
        command = BY_NAME.get(called.name) if called is not None else None
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
            await self._note_steward(ask.place, ask.user_id)
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

    async def _note_steward(self, place: Place, user_id: int | None) -> None:
        """Remember who sets up a group or channel, so that they can do so in private."""
        if user_id is None or place.kind is ChatKind.PRIVATE:
            return
        async with self._desk.store.write() as conn:
            await stewards.note(conn, place.chat_id, user_id, self._desk.clock.now())

    async def _offer_set_up(
        self, change: ChatMemberUpdated, place: Place, context: Context
    ) -> None:
        """Ask whoever made the bot a channel's admin what to publish there, in private."""
        user_id = person_of(change.from_user)
        if user_id is None:
            return
        theirs = change.from_user.language_code or ""
        ask = Ask(ChatId(user_id), ChatKind.PRIVATE, Sender.PERSON, user_id, language=theirs)
        ask = replace(ask, elsewhere=place)
        words = await words_for(self._desk, ask)
        rows = set_up_buttons(self._desk, ask, words)
        offer = places.channel_added(words, change.chat.title or "", rows)
        offer = laid_out(offer, words.language)
        try:
            await self._answers.say(context.bot, ask.chat_id, offer, is_private=True)
        except TelegramError as error:
            # Whoever never spoke to the bot cannot be written to; /manage does the same later.
            _log.info("a channel's set-up was not offered: %s", type(error).__name__)

    async def _leave(self, chat_id: ChatId, change: ChatMemberUpdated) -> None:
        now, by = self._desk.clock.now(), change.from_user.id
        async with self._desk.store.write() as conn:
            await outbox.close_chat(conn, chat_id, change.new_chat_member.status)
            if by != await chats.owner_of(conn, chat_id):  # who put the bot out knows it
                closed = Notice("chat_closed", {"chat": str(chat_id)})
                await notices.tell_owner(conn, closed, chat_id, now)

    async def _greet(self, change: ChatMemberUpdated, context: Context) -> None:
        words = await words_for(
            self._desk,
            Ask(ChatId(change.chat.id), ChatKind(change.chat.type), Sender.STRANGER, None),
        )
        chat_id, greeting = ChatId(change.chat.id), laid_out(service.added(words), words.language)
        await self._answers.say(context.bot, chat_id, greeting, is_private=False)


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


def _is_inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}
