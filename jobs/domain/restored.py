"""What is not known after a restore: whether a chat was told of what lies after the copy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.domain.items import NewsItem

FIRST_READS = timedelta(hours=1)
"""How long after its start every source has been read once, that is not out of order."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was put back to a copy: of when it was, and when work began on it anew."""

    copied_at: datetime
    began_at: datetime

    def leaves_unsure(self, item: NewsItem) -> bool:
        """Tell whether chats may have been told of an item already, though the store has it not.

        An item without a date may be as old as anything, if it was there at the first reading.
        """
        if item.published_at is None:
            return item.first_seen_at <= self.began_at + FIRST_READS
        return min(item.published_at, item.first_seen_at) <= self.began_at
