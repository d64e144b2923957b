"""The bot running: application, delivery and intake of updates, with or without the jobs."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import BaseRequest

from bot.application import (
    ALLOWED_UPDATES,
    App,
    alert_buttons,
    build_application,
    render_delivery,
)
from bot.delivery import Deliverer
from bot.face import DEFAULT_ONLY, Dressed, dress, every_language
from bot.pacing import PER_SECOND, Pacer
from bot.page.routes import page_routes
from bot.pictures.renderer import Renderer
from bot.polling import Poller, PollingTurn
from bot.taking import MOST_AT_ONCE, ChatByChat
from bot.upkeep import Policy
from bot.webhook import WEBHOOK_PATH, webhook_route
from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock
from jobs.errors import ConfigError, RecognitionWatchError, TelegramTrouble
from jobs.reference import Reference
from jobs.settings import Settings
from jobs.store.engine import Store
from jobs.web import Route

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""How long updates and calls in hand may take once a stop was asked for."""

LONGEST_PAUSE_SECONDS = 30.0
SILENT_SECONDS = 120.0
"""A poller that has heard nothing for so long no longer polls, and a sender is stuck."""


@dataclass(frozen=True, slots=True)
class Station:
    """The bot's running parts, as the outside and the demo see them."""

    application: App
    deliverer: Deliverer
    pacer: Pacer
    poller: Poller | None
    routes: Sequence[Route]
    clock: Clock

    def health(self) -> dict[str, Any]:
        """Return whether Telegram is heard and what stops the sending, if anything."""
        heard, turned = self._heard(), self._turned()
        is_alive = max(heard, turned) < SILENT_SECONDS
        return {
            "ok": self.deliverer.halted is None and is_alive,
            "sending_halted": self.deliverer.halted,
            "last_round_of_sending_seconds": round(turned, 1),
            "last_updates_seconds": round(heard, 1),
        }

    def readiness(self) -> dict[str, bool]:
        """Return whether Telegram was met, and may be sent to."""
        return {"telegram": self.application.running and self.deliverer.halted is None}

    async def metrics(self) -> Iterable[Metric]:
        """Return what delivery counted, and how it is at this moment."""
        now = self.clock.monotonic()
        gates = GaugeMetricFamily(
            "recognition_watch_gates", "Chats whose pace is minded, by state.", labels=["state"]
        )
        closed = len(self.pacer.closed_chats(now))
        gates.add_metric(["closed"], closed)
        gates.add_metric(["open"], self.pacer.watched - closed)
        return [
            *self.deliverer.meters.metrics(),
            gates,
            _gauge(
                "gates_all_closed",
                "Whether no chat may be sent to now.",
                self.pacer.room(now) == 0,
            ),
            _gauge("sender_age_seconds", "How long ago the sender last turned.", self._turned()),
            _gauge("sends_in_flight", "Calls to Telegram that are open.", self.deliverer.in_flight),
            _gauge(
                "sending_halted",
                "Whether nothing is sent: the token or our place is in doubt.",
                self.deliverer.halted is not None,
            ),
            _gauge(
                "updates_age_seconds",
                "How long ago Telegram last answered our asking for updates; 0 with a webhook.",
                self._heard(),
            ),
        ]

    def _turned(self) -> float:
        return self.clock.monotonic() - self.deliverer.turned_at

    def _heard(self) -> float:
        return self.clock.monotonic() - self.poller.completed_at if self.poller else 0.0


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"recognition_watch_{name}", words, value=value)


def build_deliverer(
    settings: Settings,
    reference: Reference,
    store: Store,
    clock: Clock,
    application: App,
    pacer: Pacer,
) -> Deliverer:
    """Return the sender of the outbox, with the operator's policy."""
    return Deliverer(
        store,
        application.bot,
        clock,
        pacer,
        lambda delivery: render_delivery(delivery, reference, alert_buttons(application)),
        Policy(
            resent=settings.resent_levels(),
            deadline=timedelta(seconds=settings.send_deadline_seconds),
            ttl=timedelta(hours=settings.outbox_ttl_hours),
            operators=tuple(ChatId(person) for person in settings.operators()),
            paid=settings.paid_broadcast_per_second > 0,
        ),
    )


async def connect(application: App, clock: Clock, stop: asyncio.Event) -> bool:
    """Meet Telegram, however long it takes; return False if a stop came first.

    Raises ``ConfigError`` if Telegram refuses the token. While Telegram is away the jobs
    go on and the outbox fills.
    """
    pause = 1.0
    while not stop.is_set():
        try:
            await application.initialize()
        except InvalidToken:
            refusal = "BOT_TOKEN: Telegram does not know this token; ask @BotFather for it anew"
        except TelegramError as error:
            log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
            await clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            continue
        else:
            return True
        # Raised out here: the library's error names the token.
        raise ConfigError(refusal)
    return False


def build_station(
    settings: Settings,
    reference: Reference,
    store: Store,
    clock: Clock,
    renderer: Renderer,
    request: BaseRequest | None = None,
) -> Station:
    """Put the bot together; nothing is sent or fetched before ``serve``.

    ``request`` stands in for Telegram (the terminal). Raises ``ConfigError`` where a
    webhook has no secret, or the page nobody to be shown to.
    """
    pacer = Pacer(settings.paid_broadcast_per_second or PER_SECOND)
    taking = ChatByChat(MOST_AT_ONCE)
    application = build_application(
        settings, store, reference, clock, request, renderer=renderer, pacer=pacer, taking=taking
    )
    deliverer = build_deliverer(settings, reference, store, clock, application, pacer)
    put = application.update_queue.put_nowait
    page = page_routes(settings, reference, store, clock)
    if settings.webhook_url and request is None:
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
        if not secret:
            raise ConfigError("WEBHOOK_SECRET: needed where WEBHOOK_URL is set; choose a long word")
        route = webhook_route(application.bot, secret, put)
        return Station(application, deliverer, pacer, None, [route, *page], clock)
    turn = PollingTurn(store, clock)
    poller = Poller(application.bot, put, deliverer, clock, ALLOWED_UPDATES, turn, taking.room)
    return Station(application, deliverer, pacer, poller, page, clock)


async def serve(station: Station, settings: Settings, stop: asyncio.Event) -> None:
    """Send and answer until ``stop`` is set, then end within a few seconds.

    It sets ``stop`` itself when it cannot go on.

    Raises ``ConfigError`` for a token that Telegram refuses, or that another program
    polls with.
    """
    if not await connect(station.application, station.clock, stop):
        return
    await station.application.start()
    sending = asyncio.create_task(station.deliverer.run(stop))
    try:
        await _take_updates(station, settings, stop)
    finally:
        stop.set()
        await asyncio.gather(sending, _close(station.application))
        await _disconnect(station.application)


async def _take_updates(station: Station, settings: Settings, stop: asyncio.Event) -> None:
    try:
        if station.poller is None:
            await _announce_webhook(station.application, settings)
        elif settings.bot_token is not None:  # a terminal has no webhook
            await _leave_webhook(station.application.bot)
    except TelegramError as error:
        log.warning("Telegram did not take the set-up: %s", type(error).__name__)
    if settings.bot_token is not None:  # a terminal shows no menu
        await _dress(station.application, settings)
    if station.poller is None:
        await stop.wait()
    else:
        await station.poller.run(stop)


async def _dress(application: App, settings: Settings) -> None:
    try:
        await dress(application.bot, DEFAULT_ONLY, settings.operators())
    except TelegramError as error:
        log.warning("Telegram did not take the menus: %s", type(error).__name__)


async def set_up_face(settings: Settings) -> Dressed:
    """Set menus, description and about text in every language, and say what was written.

    Raises ``ConfigError`` where there is no token or Telegram does not know it, and
    ``TelegramTrouble`` where Telegram cannot be reached or asks for patience.
    """
    if settings.bot_token is None:
        raise ConfigError("BOT_TOKEN: needed here; @BotFather gives one")
    token = settings.bot_token.get_secret_value()
    bot = Bot(token, base_url=f"{settings.api_base_url.rstrip('/')}/bot")
    trouble: RecognitionWatchError
    try:
        async with bot:
            return await dress(bot, every_language(), settings.operators())
    except InvalidToken:
        trouble = ConfigError("BOT_TOKEN: Telegram does not know it; ask @BotFather for it anew")
    except TelegramError as error:
        trouble = TelegramTrouble(
            f"Telegram did not take it all ({type(error).__name__}); try again in some minutes, "
            "what is set is not set again"
        )
    # Raised out here: the library's errors may name the token.
    raise trouble


async def _leave_webhook(bot: Bot) -> None:
    """End a webhook, without which alone Telegram lets a bot ask; say whose it was."""
    url = (await bot.get_webhook_info()).url
    if url:
        log.warning(
            "Telegram brought updates to %s until now: this program asks for them itself, and "
            "ends that; set WEBHOOK_URL if they are to go there",
            urlsplit(url).hostname,
        )
        await bot.delete_webhook(drop_pending_updates=False)


async def _announce_webhook(application: App, settings: Settings) -> None:
    secret = settings.webhook_secret
    await application.bot.set_webhook(
        f"{settings.webhook_url.rstrip('/')}{WEBHOOK_PATH}",
        secret_token=secret.get_secret_value() if secret else None,
        allowed_updates=list(ALLOWED_UPDATES),
    )


async def _close(application: App) -> None:
    """Stop the application; a handler that hangs may not hold up the end."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await application.stop()
    except TimeoutError:
        log.warning("an update in hand was not answered before the stop")
        await application.update_processor.shutdown()


async def _disconnect(application: App) -> None:
    """Close the connections to Telegram, once no call is made any more."""
    try:
        async with asyncio.timeout(1):
            await application.shutdown()
    except TimeoutError:
        log.warning("the connections to Telegram were not closed in time")
