"""How many answers a chat gets: fewer than Telegram allows, since alerts go first."""

from dataclasses import dataclass
from enum import StrEnum

from jobs.domain.alerts import ChatId
from jobs.domain.clock import Clock


class Admission(StrEnum):
    """What becomes of one more command."""

    ANSWER = "answer"
    WARN = "warn"
    """Say once that it is too much."""
    SILENCE = "silence"


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    warned: bool = False


@dataclass(frozen=True, slots=True)
class _Rate:
    burst: int
    per_second: float


# Telegram allows about 1 message a second to a person and 20 a minute to a group.
_PRIVATE = _Rate(burst=5, per_second=0.5)
_SHARED = _Rate(burst=4, per_second=0.1)
_MOST_CHATS = 10_000


class AnswerPace:
    """A token bucket for each chat, in memory: a restart forgives.

    Once empty it must be half full again before the chat is answered.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[ChatId, _Bucket] = {}

    def admit(self, chat_id: ChatId, *, is_private: bool) -> Admission:
        """Take one answer from the chat's bucket, or tell what to do without."""
        rate = _PRIVATE if is_private else _SHARED
        bucket = self._filled(chat_id, rate)
        if bucket.warned and bucket.left < rate.burst / 2:
            return Admission.SILENCE
        bucket.warned = bucket.left < 1
        if bucket.warned:
            return Admission.WARN
        bucket.left -= 1
        return Admission.ANSWER

    def _filled(self, chat_id: ChatId, rate: _Rate) -> _Bucket:
        now = self._clock.monotonic()
        if len(self._buckets) > _MOST_CHATS:
            self._buckets.clear()
        bucket = self._buckets.setdefault(chat_id, _Bucket(rate.burst, now))
        bucket.left = min(rate.burst, bucket.left + rate.per_second * (now - bucket.at))
        bucket.at = now
        return bucket
