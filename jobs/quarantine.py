"""Finding the item that breaks its batch, so that it holds up no other."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from jobs.domain.items import ItemId
from jobs.errors import StoreError

REST = timedelta(hours=1)


class Quarantine:
    """Halves the batch after each that breaks, and puts off whoever broke one alone.

    Nothing is swallowed: the error goes on to the job runner, and the next run fares
    better. Kept in memory only, since a newer version may cope with the item.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = most
        self._until: dict[ItemId, datetime] = {}

    @property
    def size(self) -> int:
        """Return how many items to try at once."""
        return self._size

    def resting(self, now: datetime) -> Collection[ItemId]:
        """Return the items that are not to be tried now."""
        self._until = {item: until for item, until in self._until.items() if until > now}
        return self._until.keys()

    @contextmanager
    def watch(self, batch: Collection[ItemId], now: datetime) -> Iterator[None]:
        """Judge a batch by whether it leaves this block without an error."""
        to_blame = True
        try:
            yield
            to_blame = False
            self._size = self._most
        except StoreError:
            to_blame = False  # the database is at fault, not an item
            raise
        finally:
            if to_blame:
                self._blame(batch, now)

    def _blame(self, batch: Collection[ItemId], now: datetime) -> None:
        if len(batch) > 1:
            self._size = max(1, len(batch) // 2)
            return
        self._until.update(dict.fromkeys(batch, now + REST))
