"""When a chat may next be written to: pure state, no clock, no sleeping.

Telegram names about one message a second in a chat with short bursts, 20 a minute in a
group and 30 a second in all; edits share these. The gates here stay a little below, and
Telegram's own ``retry_after`` overrules them. Times are seconds of a monotonic clock,
passed in, and must not go back.

A call arrives at some moment between its start and its end, which a busy machine or a slow
network may pull far apart. Hence a call keeps its place in the window from its start until
a second after its end: however long each takes to arrive, no second sees more than 28.
"""

import itertools
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from jobs.domain.alerts import ChatId

PER_SECOND = 28
WINDOW_SECONDS = 1.0
HOLD_SECONDS = 15.0
"""A call without an answer holds its place in the window for so long, and no longer."""
ANSWERS_PER_SECOND = 20
ANSWERS_BESIDE_ALERTS = 4
"""How many answers a second may go out while alerts wait: nobody shall be left unheard."""
PRIVATE_PER_SECOND = 1.0
PRIVATE_BURST = 3
GROUP_PER_MINUTE = 18
WIDE_REFUSAL_SECONDS = 1.0
"""Refusals of two chats closer than this mean that the whole bot is too fast."""

LINK_BACKOFF_SECONDS = (1.0, 30.0)
"""The first and the longest pause after a call that could not even be made."""


@dataclass
class _Gate:
    """One chat's recent starts, and until when Telegram asked for silence."""

    is_private: bool
    starts: deque[float] = field(default_factory=deque)
    tokens: float = PRIVATE_BURST
    counted_at: float = 0.0
    closed_until: float = 0.0

    def opens_at(self, now: float) -> float:
        return max(self.closed_until, self._paced_at(now))

    def _paced_at(self, now: float) -> float:
        if self.is_private:
            missing = 1.0 - self._tokens_at(now)
            return now + max(0.0, missing) / PRIVATE_PER_SECOND
        if len(self.starts) < GROUP_PER_MINUTE:
            return now
        return max(now, self.starts[-GROUP_PER_MINUTE] + 60.0)

    def _tokens_at(self, now: float) -> float:
        grown = self.tokens + (now - self.counted_at) * PRIVATE_PER_SECOND
        return min(float(PRIVATE_BURST), grown)

    def start(self, now: float) -> None:
        if self.is_private:
            self.tokens = self._tokens_at(now) - 1.0
            self.counted_at = now
            return
        self.starts.append(now)
        if len(self.starts) > GROUP_PER_MINUTE:
            self.starts.popleft()

    def is_idle(self, now: float) -> bool:
        if self.closed_until > now:
            return False
        if self.is_private:
            return self._tokens_at(now) >= PRIVATE_BURST
        return not self.starts or self.starts[-1] + 60.0 <= now


class Lane(Enum):
    """What a call is for; alerts come first."""

    ALERT = auto()
    ANSWER = auto()


@dataclass
class _Place:
    """One call's place in the window."""

    lane: Lane
    until: float


class Pacer:
    """The gates of all chats and the window over all of them."""

    def __init__(self, per_second: int = PER_SECOND) -> None:
        self.alerts_wait = False
        """Whether deliveries wait for room: answers then keep to a small share of it."""
        self.per_second = per_second
        self._gates: dict[ChatId, _Gate] = {}
        self._places: dict[int, _Place] = {}
        self._numbers = itertools.count()
        self._closed_until = 0.0
        self._failures = 0
        self._refusals: deque[tuple[float, ChatId, float]] = deque()
        self._swept_at = 0.0

    @property
    def watched(self) -> int:
        """Return how many chats are remembered."""
        return len(self._gates)

    def ready_at(
        self, chat_id: ChatId, is_private: bool, now: float, lane: Lane = Lane.ALERT
    ) -> float:
        """Return when a call for this chat may start: ``now`` or later.

        Calls that end, and others that start, change it: whoever waits asks again.
        """
        gate = self._gates.get(chat_id) or _Gate(is_private)
        return max(now, gate.opens_at(now), self.opens_at(now), self._lane_opens_at(lane, now))

    def opens_at(self, now: float) -> float:
        """Return when a call for any chat at all may start: ``now`` or later."""
        return max(now, self._closed_until, self._free_at(self.per_second, None, now))

    def room(self, now: float) -> int:
        """Return how many calls may start now, all chats together."""
        if self._closed_until > now:
            return 0
        return max(0, self.per_second - len(self._taken(None, now)))

    def closed_chats(self, now: float) -> list[ChatId]:
        """Return the chats for which nothing may start now, whatever the window says."""
        self._sweep(now)
        return [chat_id for chat_id, gate in self._gates.items() if gate.opens_at(now) > now]

    def next_change(self, now: float) -> float | None:
        """Return when the first closed chat opens, or None if none is closed."""
        times = [gate.opens_at(now) for gate in self._gates.values()]
        return min((at for at in times if at > now), default=None)

    def start(self, chat_id: ChatId, is_private: bool, now: float, lane: Lane = Lane.ALERT) -> int:
        """Count a call that starts now; the caller has asked ``ready_at``.

        Returns its number, for ``finish``.
        """
        self._gates.setdefault(chat_id, _Gate(is_private, counted_at=now)).start(now)
        number = next(self._numbers)
        self._places[number] = _Place(lane, now + HOLD_SECONDS)
        return number

    def finish(self, number: int, now: float) -> None:
        """Note that a call has ended, however it did."""
        place = self._places.get(number)
        if place is not None:
            place.until = min(place.until, now + WINDOW_SECONDS)

    def close(self, until: float) -> None:
        """Let nothing start before ``until``."""
        self._closed_until = max(self._closed_until, until)

    def refused(self, chat_id: ChatId, is_private: bool, seconds: float, now: float) -> float:
        """Close a chat for the time Telegram asked for.

        If another chat was refused within the last second, everything closes for the
        shorter of the two times: it is the bot that is too fast, not the chat. Returns
        for how many seconds everything closes, 0 where it does not.
        """
        gate = self._gates.setdefault(chat_id, _Gate(is_private, counted_at=now))
        gate.closed_until = max(gate.closed_until, now + seconds)
        while self._refusals and self._refusals[0][0] < now - WIDE_REFUSAL_SECONDS:
            self._refusals.popleft()
        others = [asked for _, other, asked in self._refusals if other != chat_id]
        self._refusals.append((now, chat_id, seconds))
        if not others:
            return 0.0
        wide = min(seconds, *others)
        self.close(now + wide)
        return wide

    def link_failed(self, now: float) -> None:
        """Pause everything, longer each time: the call could not even be made."""
        first, longest = LINK_BACKOFF_SECONDS
        pause = min(longest, first * 2.0 ** min(self._failures, 10))
        if now >= self._closed_until:
            # Calls that fail together are one failure.
            self._failures += 1
            self._closed_until = now + pause

    def link_worked(self) -> None:
        """Forget earlier failures: Telegram answered."""
        self._failures = 0

    def _lane_opens_at(self, lane: Lane, now: float) -> float:
        if lane is Lane.ALERT:
            return now
        most = ANSWERS_BESIDE_ALERTS if self.alerts_wait else ANSWERS_PER_SECOND
        return self._free_at(most, Lane.ANSWER, now)

    def _free_at(self, most: int, lane: Lane | None, now: float) -> float:
        """Return when fewer than ``most`` places are taken."""
        taken = self._taken(lane, now)
        return now if len(taken) < most else taken[len(taken) - most]

    def _taken(self, lane: Lane | None, now: float) -> list[float]:
        """Return when each place taken now becomes free, soonest first."""
        self._places = {n: place for n, place in self._places.items() if place.until > now}
        return sorted(p.until for p in self._places.values() if lane in (None, p.lane))

    def _sweep(self, now: float) -> None:
        """Forget idle chats now and then, so that memory follows the traffic of a minute."""
        if now - self._swept_at < 10.0:
            return
        self._swept_at = now
        idle = [chat_id for chat_id, gate in self._gates.items() if gate.is_idle(now)]
        for chat_id in idle:
            del self._gates[chat_id]
