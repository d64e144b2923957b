"""``check doctor``, the part that asks Telegram: token, webhook, clock, operators, rights.

Nothing is sent to any chat, and no update is taken away from a running program.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
from telegram import Bot, ChatMember, ChatMemberRestricted, WebhookInfo
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.webhook import WEBHOOK_PATH
from jobs.doctor import ASK_SECONDS, Finding, Sign, clock_off, now_from
from jobs.domain.clock import Clock
from jobs.errors import RecognitionWatchError
from jobs.settings import Settings
from jobs.store import chats
from jobs.store.chats import Chat, ChatKind
from jobs.store.engine import Store

ASK_EVERY_SECONDS = 0.05
"""Telegram is asked at most twenty times a second."""

RECENT = timedelta(hours=1)
MANY_PENDING = 100
START_ANEW = "start the bot anew; if it comes back, another program uses this token"
ASK_FOR_IT = "ask @BotFather for it anew, and put it into BOT_TOKEN"


async def examine_telegram(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Try what the bot needs of Telegram, one thing after the other."""
    if settings.bot_token is None:
        yield Finding("token", Sign.NOTE, "BOT_TOKEN is not set: the bot answers in the terminal")
        return
    yield await _clock(settings, clock)
    token = settings.bot_token.get_secret_value()
    bot = Bot(token, base_url=f"{settings.api_base_url.rstrip('/')}/bot")
    try:
        found = await _meet(bot)
        yield found
        if found.sign is not Sign.ILL:
            yield await _webhook(bot, settings, clock.now())
            async for finding in _chats(bot, settings, clock):
                yield finding
    finally:
        await bot.shutdown()


async def _clock(settings: Settings, clock: Clock) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=ASK_SECONDS) as client:
            answer = await client.head(settings.api_base_url)
    except httpx.HTTPError as error:
        words = f"{settings.api_base_url} cannot be reached ({type(error).__name__})"
        return Finding("network", Sign.ILL, words, "look at the network, a proxy, a firewall")
    theirs = now_from(answer.headers.get("Date", ""))
    if theirs is None:
        return Finding("clock", Sign.NOTE, "Telegram's server did not say what time it is")
    return clock_off("clock", clock.now(), theirs)


async def _meet(bot: Bot) -> Finding:
    try:
        await bot.initialize()
    except InvalidToken:
        return Finding("token", Sign.ILL, "Telegram does not know it", ASK_FOR_IT)
    except TelegramError as error:
        return Finding("token", Sign.ILL, f"cannot be tried ({type(error).__name__})")
    lacks = []
    if not bot.bot.supports_inline_queries:
        lacks.append("/setinline would let people share cards")
    if not bot.bot.can_join_groups:
        lacks.append("/setjoingroups would let it into groups")
    words = f"it is @{bot.username}'s"
    if lacks:
        return Finding("token", Sign.NOTE, words, f"with @BotFather: {', '.join(lacks)}")
    return Finding("token", Sign.WELL, words)


async def _webhook(bot: Bot, settings: Settings, now: datetime) -> Finding:
    try:
        info = await bot.get_webhook_info()
    except TelegramError as error:
        return Finding("updates", Sign.ILL, f"cannot be asked about ({type(error).__name__})")
    if settings.webhook_url:
        return _called(info, f"{settings.webhook_url.rstrip('/')}{WEBHOOK_PATH}", now)
    if info.url:
        # The address may hold a secret; whose it is shows by its host.
        words = f"Telegram calls {urlsplit(info.url).hostname} instead of being asked"
        return Finding("updates", Sign.ILL, words, START_ANEW)
    return _pending(info, "are asked for (polling)")


def _called(info: WebhookInfo, expected: str, now: datetime) -> Finding:
    if not info.url:
        return Finding("updates", Sign.NOTE, "no webhook is set; the start of the bot sets it")
    if info.url != expected:
        words = f"Telegram calls {urlsplit(info.url).hostname} at another address than WEBHOOK_URL"
        return Finding("updates", Sign.ILL, words, START_ANEW)
    failed_at = info.last_error_date
    if failed_at is not None and now - failed_at < RECENT:
        words = f"Telegram could not deliver at {failed_at:%H:%M} UTC: {info.last_error_message}"
        return Finding("updates", Sign.ILL, words, "look at the proxy and its certificate")
    return _pending(info, "Telegram calls WEBHOOK_URL")


def _pending(info: WebhookInfo, words: str) -> Finding:
    if info.pending_update_count > MANY_PENDING:
        words = f"{words}; {info.pending_update_count} wait there"
        return Finding("updates", Sign.ILL, words, "does the bot run, and does it keep up?")
    return Finding("updates", Sign.WELL, words)


async def _chats(bot: Bot, settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    try:
        store = await Store.open(settings.database_url(), migrate=False)
    except RecognitionWatchError:
        return  # the database's own finding says so
    try:
        async with store.read() as conn:
            known = await chats.all_open(conn)
    finally:
        await store.close()
    for finding in _operators(settings, known):
        yield finding
    shared = [each for each in known if each.kind is not ChatKind.PRIVATE]
    ill = 0
    for each in shared:
        found = await _rights(bot, each, clock)
        await clock.sleep(ASK_EVERY_SECONDS)
        if found is not None:
            ill += found.sign is Sign.ILL
            yield found
    private = len(known) - len(shared)
    words = f"{len(shared) - ill} of {len(shared)} groups and channels can be written to"
    yield Finding("chats", Sign.WELL, f"{words}; {private} private ones show only when told")


def _operators(settings: Settings, known: Sequence[Chat]) -> list[Finding]:
    if not settings.admin_ids:
        words = "ADMIN_IDS is empty: nobody is told what goes wrong, or may correct an alert"
        return [Finding("operators", Sign.ILL, words, "set it to your own numeric Telegram id")]
    there = {each.id for each in known}
    silent = [str(person) for person in settings.admin_ids if person not in there]
    if silent:
        words = f"{', '.join(silent)} cannot be told anything yet"
        return [Finding("operators", Sign.ILL, words, "let each send /start to the bot")]
    return [Finding("operators", Sign.WELL, f"{len(settings.admin_ids)} can be told")]


async def _rights(bot: Bot, chat: Chat, clock: Clock) -> Finding | None:
    """Return what keeps the bot from writing in a group or channel, or None."""
    subject = f"{chat.kind.value} {chat.id}"
    try:
        lacks = await _lacks(bot, chat)
    except RetryAfter as error:
        wait = error.retry_after
        await clock.sleep(wait.total_seconds() if isinstance(wait, timedelta) else wait)
        return await _rights(bot, chat, clock)
    except ChatMigrated:
        return Finding(subject, Sign.NOTE, "lives on as a supergroup; the next alert follows it")
    except (Forbidden, BadRequest) as error:
        words = f"Telegram does not let the bot in ({error.message})"
        return Finding(subject, Sign.ILL, words, "add the bot there again, or let it be")
    except TelegramError as error:
        return Finding(subject, Sign.ILL, f"cannot be asked about ({type(error).__name__})")
    return Finding(subject, Sign.ILL, *lacks) if lacks else None


async def _lacks(bot: Bot, chat: Chat) -> tuple[str, str] | None:
    member = await bot.get_chat_member(chat.id, bot.id)
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return "the bot is not in it any more", "add it again, or let it be"
    if chat.kind is ChatKind.CHANNEL:
        may = member.status == ChatMember.OWNER or getattr(member, "can_post_messages", False)
        return None if may else ("the bot may not post", "make it an admin that may post messages")
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return "the bot may not write", "lift its restriction"
    if member.status == ChatMember.MEMBER:
        usual = (await bot.get_chat(chat.id)).permissions
        if usual is not None and not usual.can_send_messages:
            return "members may not write there", "make the bot an admin"
    return None
