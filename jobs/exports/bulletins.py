"""An alert as feeds and warnings take it: what is told, in whose words, and each telling."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from jobs.domain.alerts import AlertId, AlertKind, Facts


@dataclass(frozen=True, slots=True)
class Telling:
    """One revision of an alert, when it was made, and what it was."""

    revision: int
    kind: AlertKind
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One alert as it stands, with all its tellings, oldest first.

    ``headline`` says it in one sentence and ``surety`` how sure it is, in ``language``;
    ``actor_name`` and ``case_title`` are the names people know.
    """

    alert_id: AlertId
    facts: Facts
    tellings: tuple[Telling, ...]
    headline: str
    surety: str
    actor_name: str
    case_title: str
    language: str = "en"

    @property
    def last(self) -> Telling:
        """Return the newest telling."""
        return self.tellings[-1]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: the installation's own number, and where its page is, if anywhere."""

    installation: UUID
    page_url: str = ""

    def entry_id(self, alert_id: AlertId) -> str:
        """Return an alert's lasting id, which no other installation gives."""
        return uuid5(self.installation, f"alert/{alert_id}").urn

    def address(self, path: str) -> str:
        """Return where a path of the page is found, or nothing where there is no page."""
        return f"{self.page_url.rstrip('/')}/{path}" if self.page_url else ""
