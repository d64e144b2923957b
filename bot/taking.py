"""How many of Telegram's updates are taken at a time: some at once, a chat's one by one."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MOST_AT_ONCE = 64
UPDATES_A_CALL = 20
"""A quarter of a millisecond and more is needed to read one, all of a call in one piece:
a hundred at once, as Telegram would give, keep the event loop from everything else."""


class ChatByChat(BaseUpdateProcessor):
    """Handles different chats' updates at the same time, one chat's in their order.

    ``room`` is set while what another call brings finds its place at once. The rest of what
    a crowd sends stays with Telegram: in memory a crash would lose it, and reading it all in
    one go would keep the alerts waiting.
    """

    def __init__(self, most_at_once: int) -> None:
        super().__init__(most_at_once)
        self.room = asyncio.Event()
        self.room.set()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._ended = False

    async def initialize(self) -> None:
        """Do nothing: there is nothing to set up."""

    async def shutdown(self) -> None:
        """Let go what still waits for its turn: there is nobody left to answer it with."""
        self._ended = True

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then handle the update."""
        whose = None
        if isinstance(update, Update):
            # An inline query belongs to no chat: its person's private one stands for it.
            whose = update.effective_chat or update.effective_user
        lock = self._locks.setdefault(whose.id if whose else 0, asyncio.Lock())
        self._note_room(self.current_concurrent_updates)
        try:
            async with lock:
                if self._ended and isinstance(coroutine, Coroutine):
                    coroutine.close()
                else:
                    await coroutine
        finally:
            self._note_room(self.current_concurrent_updates - 1)

    def _note_room(self, in_hand: int) -> None:
        if in_hand + UPDATES_A_CALL <= self.max_concurrent_updates:
            self.room.set()
        else:
            self.room.clear()
