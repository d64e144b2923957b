"""An alert as feeds and warnings take it, and who publishes it."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from jobs.domain.alerts import AlertId, Facts, Story


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One alert in words: what happened in one sentence, and how sure it is.

    ``actor_name`` and ``case_title`` are the names people know; all is in ``language``.
    """

    story: Story
    headline: str
    surety: str
    actor_name: str
    case_title: str
    language: str = "en"

    @property
    def alert_id(self) -> AlertId:
        """Return the alert's number."""
        return self.story.alert_id

    @property
    def facts(self) -> Facts:
        """Return what is told, as it stands."""
        return self.story.facts


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
