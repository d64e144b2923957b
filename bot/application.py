"""The bot put together: Telegram's updates in, commands and answers out."""

import logging
import secrets
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from telegram import Bot, Update
from telegram.error import NetworkError, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
)
from telegram.ext import filters as message_filters
from telegram.request import BaseRequest

from bot.commands.access import Access, Limits
from bot.commands.alert_buttons import AlertButtons
from bot.commands.answers import Answers
from bot.commands.asks import Place
from bot.commands.buttons import Signer
from bot.commands.countries import Gazetteer
from bot.commands.desk import Context, Desk
from bot.commands.filter_line import FilterGrammar
from bot.commands.intake import Intake
from bot.commands.managing import deciding
from bot.commands.membership import Membership
from bot.commands.table import PRESSES
from bot.pacing import Pacer
from bot.pictures.renderer import Renderer
from bot.publications import Publications
from bot.taking import ChatByChat
from bot.texts.alerts import render_alert
from bot.texts.digests import render_digest
from bot.texts.direction import laid_out
from bot.texts.language import words_of
from bot.texts.messages import Message
from bot.texts.notices import render_notice
from bot.texts.places import render_proposal
from jobs.domain.alerts import Action, Digest, Notice, Proposal
from jobs.domain.clock import Clock
from jobs.exports.cap import CapStatus
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store.chats import ChatKind
from jobs.store.claims import Delivery
from jobs.store.contents import facts_from_json
from jobs.store.engine import Store

ALLOWED_UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")
"""What Telegram shall bring; edited messages are no new commands."""
TERMINAL_TOKEN = "0:terminal"  # noqa: S105 - stands where there is no token
_DESK = "desk"

_log = logging.getLogger(__name__)
App = Application[Any, Any, Any, Any, Any, Any]


def build_application(
    settings: Settings,
    store: Store,
    reference: Reference,
    clock: Clock,
    request: BaseRequest | None = None,
    *,
    renderer: Renderer,
    pacer: Pacer,
    taking: ChatByChat,
) -> App:
    """Return the application, not yet initialised or started.

    ``renderer`` makes the pictures, and is the caller's to close; ``pacer`` is the one that
    the delivery of alerts keeps to; ``taking`` says which updates are handled at the same
    time. With ``request`` (the terminal) every call goes there and no token is needed. The
    caller starts and stops the application and its polling; see ``ALLOWED_UPDATES``.
    """
    application = _built(settings, request, taking)
    desk = _desk(settings, store, reference, clock, renderer, application.bot)
    application.bot_data[_DESK] = desk
    answers = Answers(pacer, clock, store)
    intake, membership = Intake(desk, answers), Membership(desk, answers)
    only_new = message_filters.UpdateType.MESSAGE | message_filters.UpdateType.CHANNEL_POST
    application.add_handlers(
        [
            MessageHandler(
                only_new & message_filters.StatusUpdate.MIGRATE, membership.on_migration
            ),
            MessageHandler(only_new & message_filters.TEXT, intake.on_message),
            CallbackQueryHandler(intake.on_press),
            InlineQueryHandler(intake.on_inline),
            ChatMemberHandler(membership.on_membership, ChatMemberHandler.MY_CHAT_MEMBER),
        ]
    )
    application.add_error_handler(_noting_errors(intake))
    return application


def alert_buttons(application: App) -> AlertButtons:
    """Return what makes the buttons under alerts, whose presses this application understands."""
    desk: Desk = application.bot_data[_DESK]
    return desk.alert_buttons


def render_delivery(delivery: Delivery, reference: Reference, buttons: AlertButtons) -> Message:
    """Return a delivery in words; what bot.delivery calls for each row."""
    return laid_out(_in_words(delivery, reference, buttons), delivery.language)


def _in_words(delivery: Delivery, reference: Reference, buttons: AlertButtons) -> Message:
    facts = facts_from_json(dict(delivery.facts))
    if isinstance(facts, Proposal):
        return _proposal_in_words(delivery, facts, reference, buttons.signer)
    if isinstance(facts, Notice):
        return render_notice(
            facts,
            names=reference,
            language=delivery.language,
            possibly_repeated=delivery.possibly_repeated,
        )
    if isinstance(facts, Digest):
        return render_digest(
            facts,
            names=reference,
            language=delivery.language,
            zone=delivery.zone,
            possibly_repeated=delivery.possibly_repeated,
        )
    worded = render_alert(
        facts,
        delivery.alert_id,
        action=delivery.action,
        reason=delivery.reason,
        names=reference,
        language=delivery.language,
        zone=delivery.zone,
        possibly_repeated=delivery.possibly_repeated,
    )
    if delivery.action is Action.REPLY:
        return worded
    words = words_of(delivery.language, delivery.zone)
    kind = ChatKind(delivery.chat_kind)
    rows = buttons.under(delivery.chat_id, kind, delivery.alert_id, facts, words)
    return worded.with_rows(*rows)


def _proposal_in_words(
    delivery: Delivery, proposal: Proposal, reference: Reference, signer: Signer
) -> Message:
    place = Place(proposal.chat_id, ChatKind(proposal.chat_kind), proposal.thread_id)
    return render_proposal(
        proposal,
        names=reference,
        make=deciding(signer, delivery.chat_id, delivery.alert_id, place, delivery.created_at),
        is_reply=delivery.action is Action.REPLY,
        language=delivery.language,
        zone=delivery.zone,
    )


def _built(settings: Settings, request: BaseRequest | None, taking: ChatByChat) -> App:
    token = settings.bot_token.get_secret_value() if settings.bot_token else TERMINAL_TOKEN
    builder: Any = (
        Application.builder()
        .token(token)
        .base_url(f"{settings.api_base_url.rstrip('/')}/bot")
        .base_file_url(f"{settings.api_base_url.rstrip('/')}/file/bot")
        .concurrent_updates(taking)
        .job_queue(None)
    )
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    application: App = builder.build()
    return application


def _desk(
    settings: Settings,
    store: Store,
    reference: Reference,
    clock: Clock,
    renderer: Renderer,
    bot: Bot,
) -> Desk:
    # Without a token there is no chat that outlives the process, and no key to keep.
    token = settings.bot_token
    secret = token.get_secret_value().encode() if token else secrets.token_bytes(32)
    signer, gazetteer = Signer(secret), Gazetteer(reference)
    operators = frozenset(settings.operators())
    return Desk(
        store=store,
        bot=bot,
        reference=reference,
        clock=clock,
        signer=signer,
        gazetteer=gazetteer,
        grammar=FilterGrammar(reference, gazetteer),
        alert_buttons=AlertButtons(signer, lambda: bot.username, PRESSES.keys()),
        operators=operators,
        access=Access(settings.access, frozenset(settings.listed_ids), operators),
        limits=Limits(settings.answers_per_minute, settings.most_topics),
        renderer=renderer,
        publications=Publications(
            store, reference, clock, settings.page_url, CapStatus(settings.cap_status)
        ),
        default_zone=settings.default_zone,
        keep_outbox_days=settings.keep_outbox_days,
        silence_hours=settings.silence_hours,
    )


def _noting_errors(intake: Intake) -> Callable[[object, Context], Coroutine[Any, Any, None]]:
    """Return the error handler: it logs an update's number, and the error's kind and place.

    An error's own words may hold what somebody wrote, so they stay out. Whoever
    asked is told, unless it is Telegram itself that failed.
    """

    async def note(update: object, context: Context) -> None:
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        if isinstance(error, NetworkError):
            _log.warning("update %s: Telegram: %s", number, type(error).__name__)
            return
        _log.error("update %s: %s at %s", number, type(error).__name__, _place_of(error))
        if isinstance(update, Update) and not isinstance(error, TelegramError):
            await intake.apologise(update, context)

    return note


def _place_of(error: BaseException | None) -> str:
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
