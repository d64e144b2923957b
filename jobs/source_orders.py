"""An operator's orders about sources, given in a chat."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.domain.alerts import Notice
from jobs.domain.items import Source, SourceId
from jobs.domain.orders import SourceAction
from jobs.errors import InputError
from jobs.reference import Reference
from jobs.sourcing import Wanted, add, check_wanted, in_force, pause, remove
from jobs.store.engine import Store
from jobs.trials import Trial, Trier

_EXTRAS = ("id", "name", "kind", "family", "tier", "side")


class SourceOrders:
    """Carries orders about sources out; ``listed`` is the reference without what was added."""

    def __init__(self, store: Store, listed: Reference, trier: Trier) -> None:
        self._store = store
        self._listed = listed
        self._trier = trier

    async def try_out(self, payload: Mapping[str, Any], now: datetime) -> Trial | None:
        """Read the source of an order that needs it; None where it is not known or not needed."""
        if payload.get("action") not in (SourceAction.ADD, SourceAction.TEST):
            return None
        try:
            async with self._store.read() as conn:
                source = await self._meant(conn, payload)
        except InputError:
            return None  # said when it is carried out
        return await self._trier.try_source(source, now)

    async def carry_out(
        self, conn: AsyncConnection, payload: Mapping[str, Any], trial: Trial | None, now: datetime
    ) -> Notice:
        """Do what is ordered and return what is to be answered."""
        try:
            return await self._done(conn, payload, trial, now)
        except InputError as error:
            return Notice("source_refused", {"why": str(error)})

    async def _done(
        self, conn: AsyncConnection, payload: Mapping[str, Any], trial: Trial | None, now: datetime
    ) -> Notice:
        named = SourceId(str(payload.get("source", "")))
        match payload.get("action"):
            case SourceAction.ADD | SourceAction.TEST as action:
                source = await self._meant(conn, payload)
                if trial is None or trial.problem:
                    raise InputError(trial.problem if trial else "it was not tried; order it again")
                if action == SourceAction.TEST:
                    return _tried(trial)
                definition = _wanted(payload).definition()
                await add(conn, self._listed, source, definition, now)
                return Notice("source_added", {"source": source.id, "items": trial.items})
            case SourceAction.PAUSE:
                await pause(conn, named, now)
                return Notice("source_paused", {"source": named})
            case SourceAction.RESUME:
                await pause(conn, named, None)
                return Notice("source_resumed", {"source": named})
            case SourceAction.REMOVE:
                await remove(conn, self._listed, named)
                return Notice("source_removed", {"source": named})
        raise InputError("this action is not known to this version")

    async def _meant(self, conn: AsyncConnection, payload: Mapping[str, Any]) -> Source:
        named = str(payload.get("source", ""))
        if payload.get("action") == SourceAction.TEST:
            known = (await in_force(conn, self._listed)).sources
            for source in known.values():
                if named in (source.id, source.url):
                    return source
            if "://" not in named:
                raise InputError(f"there is no source {named}")
        return await check_wanted(conn, self._listed, _wanted(payload))


def _wanted(payload: Mapping[str, Any]) -> Wanted:
    given: dict[str, Any] = {name: str(payload[name]) for name in _EXTRAS if name in payload}
    cases = tuple(str(payload.get("case", "")).split())
    language = str(payload.get("language", "en"))
    return Wanted(str(payload.get("source", "")), language, cases=cases, **given)


def _tried(trial: Trial) -> Notice:
    newest = f"{trial.newest:%Y-%m-%d %H:%M} UTC" if trial.newest else "-"
    return Notice(
        "source_tried",
        {
            "source": trial.source.id,
            "items": trial.items,
            "bytes": trial.size,
            "newest": newest,
        },
    )
