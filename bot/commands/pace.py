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


_BURST, _SHARED_BURST = 5, 4
# Telegram allows about 60 messages a minute to a person and 20 to a group, and alerts go first.
_SHARED_PART = 5
_MOST_CHATS = 10_000


class AnswerPace:
    """A token bucket for each chat, in memory: a restart forgives.

    A person gets ``per_minute`` answers in the long run, a group or channel a fifth of
    that. Once empty it must be half full again before the chat is answered.
    """

    def __init__(self, clock: Clock, per_minute: int = 30) -> None:
        self._clock = clock
        self._private = _Rate(_BURST, per_minute / 60)
        self._shared = _Rate(_SHARED_BURST, per_minute / 60 / _SHARED_PART)
        self._buckets: dict[ChatId, _Bucket] = {}

    def admit(self, chat_id: ChatId, *, is_private: bool) -> Admission:
        """Take one answer from the chat's bucket, or tell what to do without."""
        rate = self._private if is_private else self._shared
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
