"""One call to Telegram for one delivery, with a deadline of its own, judged."""

import asyncio
from collections.abc import Sequence

from telegram import Bot, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.error import TelegramError

from bot.outcomes import Outcome, Verdict, classify
from bot.texts.messages import Message
from bot.upkeep import Policy
from jobs.domain.alerts import Action
from jobs.store.claims import Delivery

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def attempt(
    bot: Bot, delivery: Delivery, words: Message, policy: Policy, *, plain: bool
) -> Outcome:
    """Send, edit or reply once; return what became of it, and raise nothing but a cancel.

    ``plain`` leaves the entities out, after Telegram has refused them. The policy's
    deadline holds for the whole call: httpx's own timeouts start anew with each byte.
    """
    if delivery.action is Action.EDIT and delivery.target is None:
        return Outcome(Verdict.EDIT_GONE, "the message's id is not known")
    entities = None if plain else words.entities
    try:
        async with asyncio.timeout(policy.deadline.total_seconds()):
            message_id = await _call(bot, delivery, words, entities, policy)
    except Exception as error:  # noqa: BLE001 - whatever a call can raise is judged in one place
        return _judge(error, delivery, plain=plain)
    return Outcome(Verdict.SENT, message_id=message_id)


async def token_holds(bot: Bot) -> bool:
    """Ask Telegram whether it knows the bot."""
    try:
        await bot.get_me()
    except (TelegramError, KeyError):
        return False
    return True


def _judge(error: Exception, delivery: Delivery, *, plain: bool) -> Outcome:
    outcome = classify(error)
    if outcome.verdict is Verdict.SENT:
        return Outcome(Verdict.SENT, outcome.cause, message_id=delivery.target)
    lasting = (outcome.verdict is Verdict.PLAIN and plain) or (
        outcome.verdict is Verdict.EDIT_GONE and delivery.action is not Action.EDIT
    )
    return Outcome(Verdict.PERMANENT, outcome.cause) if lasting else outcome


async def _call(
    bot: Bot,
    delivery: Delivery,
    words: Message,
    entities: Sequence[MessageEntity] | None,
    policy: Policy,
) -> int | None:
    seconds = policy.deadline.total_seconds()
    if delivery.action is Action.EDIT:
        await bot.edit_message_text(
            words.text,
            chat_id=delivery.chat_id,
            message_id=delivery.target,
            entities=entities,
            link_preview_options=NO_PREVIEW,
            reply_markup=words.markup(),
            read_timeout=seconds,
        )
        return delivery.target
    sent = await bot.send_message(
        delivery.chat_id,
        words.text,
        entities=entities,
        message_thread_id=delivery.topic,
        link_preview_options=NO_PREVIEW,
        reply_markup=words.markup(),
        reply_parameters=_answers(delivery),
        allow_paid_broadcast=policy.paid or None,
        read_timeout=seconds,
    )
    return sent.message_id


def _answers(delivery: Delivery) -> ReplyParameters | None:
    if delivery.target is None:
        return None
    # The original may have been deleted by hand; what was to be told is owed all the same.
    return ReplyParameters(delivery.target, allow_sending_without_reply=True)
