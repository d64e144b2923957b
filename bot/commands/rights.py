"""Who may do what, checked at each action; whatever is doubtful is refused."""

from enum import StrEnum

from telegram import Bot, ChatMember, ChatMemberAdministrator
from telegram.error import TelegramError

from bot.commands.asks import Ask, Place, Sender
from jobs.store.chats import ChatKind


class Who(StrEnum):
    """Who may use a command."""

    ANYONE = "anyone"
    CHAT_ADMIN = "chat admin"
    """In a private chat its one person; elsewhere an admin of the chat."""
    OPERATOR = "operator"
    """Somebody whose id is in ADMIN_IDS, in a private chat."""


async def may(bot: Bot, ask: Ask, who: Who, operators: frozenset[int]) -> bool:
    """Tell whether whoever asks may do so, asking Telegram where that takes it."""
    if who is Who.ANYONE:
        return True
    if who is Who.OPERATOR:
        return ask.is_private and ask.user_id in operators
    if ask.elsewhere is None and ask.sender in {Sender.ANONYMOUS_ADMIN, Sender.CHANNEL}:
        return True
    if ask.sender is not Sender.PERSON or ask.user_id is None:
        return False
    if ask.place.kind is ChatKind.PRIVATE:
        # Nobody manages somebody else's conversation with the bot.
        return ask.place.chat_id == ask.chat_id
    return await is_admin_of(bot, ask.place, ask.user_id)


async def is_admin_of(bot: Bot, place: Place, user_id: int) -> bool:
    """Ask Telegram whether a person is an admin of a chat; what it does not tell is no."""
    try:
        member = await bot.get_chat_member(place.chat_id, user_id)
    except TelegramError:
        return False
    if member.status == ChatMember.OWNER:
        return True
    if not isinstance(member, ChatMemberAdministrator):
        return False
    # An admin of a channel who may only, say, delete posts has no say in what is posted.
    rights = member.can_post_messages or member.can_change_info
    return bool(rights) or place.kind is not ChatKind.CHANNEL
