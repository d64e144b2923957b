"""Where the bot is let in or put out, and groups that move: chats opened, closed, renamed."""

import logging
from dataclasses import replace

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update
from telegram.error import TelegramError

from bot.commands.answers import Answers
from bot.commands.asks import Ask, Place, Sender, person_of
from bot.commands.desk import Context, Desk
from bot.commands.managing import note_steward, set_up_buttons
from bot.commands.subscribing import words_for
from bot.texts import places, service
from bot.texts.direction import laid_out
from bot.texts.language import spoken
from jobs.domain.alerts import ChatId, Notice
from jobs.store import chats, moves, notices, outbox
from jobs.store.chats import ChatKind

_log = logging.getLogger(__name__)


class Membership:
    """Opens and closes chats as Telegram tells, and says the first word in them."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._answers = answers

    async def on_membership(self, update: Update, context: Context) -> None:
        """Open or close a chat as the bot is let in or put out."""
        change = update.my_chat_member
        if change is None or not await self._desk.is_first(update.update_id):
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
        await note_steward(self._desk, place, user_id)
        if kind is ChatKind.CHANNEL:
            await self._offer_set_up(change, place, context)
        elif is_new and kind is not ChatKind.PRIVATE:
            await self._greet(change, context)

    async def on_migration(self, update: Update, context: Context) -> None:
        """Move a group that became a supergroup to its new id."""
        message = update.effective_message
        if message is None or not await self._desk.is_first(update.update_id):
            return
        if message.migrate_to_chat_id is not None:
            old, new = ChatId(message.chat.id), ChatId(message.migrate_to_chat_id)
            async with self._desk.store.write() as conn:
                await moves.migrate_chat(conn, old, new)

    async def _open(self, chat_id: ChatId, kind: ChatKind, language: str) -> bool:
        zone, now = self._desk.default_zone, self._desk.clock.now()
        async with self._desk.store.write() as conn:
            return await chats.open_chat(conn, chat_id, kind, language=language, zone=zone, now=now)

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


def _is_inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}
