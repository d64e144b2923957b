"""Bulletins for tests of feeds and warnings: Russia's recognition, told so many times."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from jobs.domain.alerts import AlertId, AlertKind, Story, Telling
from jobs.exports.bulletins import Bulletin, Publisher
from tests.small_world import EVENING, some_facts

HERE = Publisher(UUID("6ba7b810-9dad-41d1-80b4-00c04fd430c8"), "https://watch.example/")
NOWHERE = Publisher(HERE.installation)


def a_bulletin(number: int = 12, *kinds: AlertKind, **changes: Any) -> Bulletin:
    """Return an alert told once, or once for each kind, an hour apart."""
    tellings = tuple(
        Telling(at + 1, kind, EVENING + timedelta(hours=at))
        for at, kind in enumerate(kinds or (AlertKind.ALERT,))
    )
    words = {
        name: changes.pop(name, usual)
        for name, usual in (
            ("headline", "Russia has recognised the Taliban government of Afghanistan."),
            ("surety", "reported by one source"),
            ("actor_name", "Russia"),
            ("case_title", "Taliban government of Afghanistan"),
            ("language", "en"),
        )
    }
    return Bulletin(Story(AlertId(number), some_facts(**changes), tellings), **words)
