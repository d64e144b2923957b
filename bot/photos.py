"""Pictures on their way to Telegram: each is uploaded once, and then named by its file_id."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from weakref import WeakValueDictionary

from telegram import Message
from telegram.error import BadRequest

from jobs.domain.clock import Clock
from jobs.store import uploads
from jobs.store.engine import Store

Sending = Callable[[bytes | str], Awaitable[Message]]
"""Sends a photo that is given by its bytes or its file_id."""

_log = logging.getLogger(__name__)


class Photos:
    """Remembers in the store what Telegram calls each picture, by the hash of its bytes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, picture: bytes, sending: Sending) -> None:
        """Send a picture, uploading it only if Telegram does not have it.

        Whoever wants the same new picture at the same time waits for the one upload. Raises
        what ``sending`` raises.
        """
        name = sha256(picture).hexdigest()
        if await self._sent_by_id(name, sending):
            return
        turn = self._turns.setdefault(name, asyncio.Lock())
        async with turn:
            if not await self._sent_by_id(name, sending):
                await self._upload(name, picture, sending)

    async def _sent_by_id(self, name: str, sending: Sending) -> bool:
        async with self._store.read() as conn:
            file_id = await uploads.file_id_of(conn, name)
        if file_id is None:
            return False
        try:
            await sending(file_id)
        except BadRequest as error:
            # With another token the numbers of the one before mean nothing.
            if "file" not in error.message.lower():
                raise
            _log.info("a picture is uploaded anew: Telegram does not know its number any more")
            return False
        return True

    async def _upload(self, name: str, picture: bytes, sending: Sending) -> None:
        sent = await sending(picture)
        if sent.photo:
            async with self._store.write() as conn:
                await uploads.note(conn, name, sent.photo[-1].file_id, self._clock.now())
