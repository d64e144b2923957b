"""Whom the bot serves: everybody, those on a list, or its operators only."""

from dataclasses import dataclass

from bot.commands.asks import Ask

ALWAYS = frozenset({"stop", "privacy", "mydata", "forget"})
"""The commands that answer everybody: whoever was served once may always end it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one chat may take of the bot."""

    answers_per_minute: int = 30
    topics: int = 20
    """Places of one chat, its topics, that hear alerts."""


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's choice: ``open``, ``listed`` or ``closed``; ``listed`` are ids."""

    kind: str
    listed: frozenset[int]
    operators: frozenset[int]

    def admits(self, ask: Ask) -> bool:
        """Tell whether what is asked is answered: by who asks, or by the chat itself."""
        if self.kind == "open" or ask.user_id in self.operators:
            return True
        return self.kind == "listed" and not self.listed.isdisjoint({ask.chat_id, ask.user_id})
