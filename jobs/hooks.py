"""From the outbox to the webhooks: claim, say that it begins, post, record.

Each revision is posted under an id that is the same in every attempt, so that a repeat can
do no harm: what a crash or a silent host leaves in doubt is posted again. A webhook that
fails is tried for three days, later and later; one that answers 410 is closed.
"""

import asyncio
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from jobs.domain.alerts import Action, ChatId, Facts, Notice
from jobs.errors import FetchFailed, FetchRefused
from jobs.exports.hooks import alert_body, headers_of, key_of, message_id, notice_body
from jobs.reference import Reference
from jobs.sources.http import GuardedClient, Posted
from jobs.store import attempts, hooks, notices, outbox, pauses
from jobs.store.claims import Delivery, claim
from jobs.store.contents import facts_from_json
from jobs.store.engine import Store
from jobs.store.installation import installation
from jobs.wording import describe

AT_ONCE = 20
LEASE_MARGIN = timedelta(seconds=30)
KEEP_TRYING = timedelta(days=3)
LONGEST_BACKOFF = timedelta(hours=1)
_GONE = 410


class HookSender:
    """Posts what the outbox holds for webhooks; ``deadline_seconds`` is the client's own.

    ``secret`` is what each webhook's key follows from; ``operators`` are told of one that
    is closed.
    """

    def __init__(
        self,
        store: Store,
        reference: Reference,
        client: GuardedClient,
        secret: str,
        *,
        deadline_seconds: float,
        operators: Collection[ChatId] = (),
    ) -> None:
        self._store = store
        self._reference = reference
        self._client = client
        self._secret = secret
        self._lease = timedelta(seconds=deadline_seconds) + LEASE_MARGIN
        self._operators = operators
        self._installation: UUID | None = None

    async def send(self, now: datetime) -> int:
        """Post what may go now, at most one to each webhook; return how many were taken."""
        if self._installation is None:
            self._installation = await installation(self._store)
        taken, urls = await self._take(now)
        await asyncio.gather(*(self._carry(each, urls[each.chat_id], now) for each in taken))
        return len(taken)

    async def _take(self, now: datetime) -> tuple[list[Delivery], dict[int, str]]:
        async with self._store.write() as conn:
            await hooks.take_back(conn, now)
            lease_until, attempt_id = now + self._lease, uuid.uuid4().hex
            claimed = await claim(
                conn,
                now,
                limit=AT_ONCE,
                lease_until=lease_until,
                attempt_id=attempt_id,
                hold=pauses.Hold(await pauses.stopped(conn)),
                hooks=True,
            )
            ids = [each.id for each in claimed]
            await attempts.mark_sending(conn, ids, attempt_id, now, lease_until)
            known = await hooks.urls(conn, {each.chat_id for each in claimed})
        return claimed, dict(known)

    async def _carry(self, delivery: Delivery, url: str, now: datetime) -> None:
        if delivery.action is Action.REPLY:
            # The edit of the same revision has said it all: only a person needs to hear twice.
            answer: Posted | str = Posted(200)
        else:
            answer = await self._post(delivery, url, now)
        async with self._store.write() as conn:
            if isinstance(answer, Posted) and 200 <= answer.status < 300:
                await attempts.mark_sent(conn, delivery, None, now)
                return
            cause = answer if isinstance(answer, str) else f"answered {answer.status}"
            is_gone = isinstance(answer, Posted) and answer.status == _GONE
            if is_gone or now - delivery.created_at > KEEP_TRYING:
                await attempts.mark_dead(conn, delivery, cause)
            else:
                asked = answer.retry_after if isinstance(answer, Posted) else None
                later = now + _backoff(delivery.attempts, asked)
                await attempts.mark_retry(conn, delivery, later, cause)
            if is_gone:
                await outbox.close_chat(conn, delivery.chat_id, cause)
                closed = Notice("hook_closed", {"host": urlsplit(url).hostname, "why": cause})
                await notices.alarm(conn, closed, self._operators, now)

    async def _post(self, delivery: Delivery, url: str, now: datetime) -> Posted | str:
        if self._installation is None:
            raise RuntimeError("a post before the installation's number is known")
        body = self._body(delivery)
        name = message_id(
            self._installation, delivery.alert_id, delivery.revision, delivery.created_at
        )
        headers = headers_of(key_of(self._secret, delivery.chat_id), name, now, body)
        try:
            return await self._client.post(url, headers, body)
        except (FetchRefused, FetchFailed) as error:
            return str(error)

    def _body(self, delivery: Delivery) -> bytes:
        told, at = facts_from_json(dict(delivery.facts)), delivery.created_at
        if not isinstance(told, Facts):
            values = told.values if isinstance(told, Notice) else {}
            return notice_body(told.key if isinstance(told, Notice) else "digest", values, at)
        case = self._reference.cases.get(told.case)
        return alert_body(
            told,
            delivery.alert_id,
            delivery.revision,
            delivery.kind,
            delivery.reason,
            at,
            recipient=case.seat if case else "",
            text=describe(told, self._reference) if case else "",
        )


def _backoff(tries: int, asked: float | None) -> timedelta:
    """Return how long a failed post waits: what the host asks for, or three times as long
    as the time before, an hour at most.
    """
    seconds = 5.0 * 3.0 ** min(tries, 8)
    return min(timedelta(seconds=max(seconds, asked or 0.0)), LONGEST_BACKOFF)
