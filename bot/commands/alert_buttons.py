"""The buttons under an alert: why, timeline, silence, wrong?

They work as long as the message stands, and are the same in every edit of it. In a channel,
where whoever presses is a passer-by and nothing may be posted in answer, they are links into
a private chat with the bot.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.commands.actions import SILENCE, TIMELINE, WHY, WRONG
from bot.commands.buttons import Press, Signer
from bot.texts.language import N_, Words
from bot.texts.messages import Button
from jobs.domain.alerts import AlertId, ChatId, Facts
from jobs.store.chats import ChatKind

LIFE = timedelta(days=3650)
CARD = "card"
LINK_LETTERS: Mapping[str, str] = {CARD: "a", WHY: "w", TIMELINE: "t", WRONG: "r"}
"""What a link's parameter begins with; its alert's number follows."""
_LABELS: Mapping[str, str] = {
    WHY: N_("Why?"),
    TIMELINE: N_("Timeline"),
    SILENCE: N_("Silence"),
    WRONG: N_("Wrong?"),
}
_ROWS = ((WHY, TIMELINE), (SILENCE, WRONG))


@dataclass(frozen=True, slots=True)
class AlertButtons:
    """Makes them; ``actions`` are those that a press of is understood."""

    signer: Signer
    bot_name: Callable[[], str]
    actions: Collection[str]

    def under(
        self, chat_id: ChatId, kind: ChatKind, alert_id: AlertId, facts: Facts, words: Words
    ) -> tuple[tuple[Button, ...], ...]:
        """Return the rows of buttons for one alert in one chat."""
        rows = []
        for row in _ROWS:
            # There is nothing to silence or to report about what is taken back.
            wanted = [name for name in row if not (facts.retracted and name in _ROWS[1])]
            if kind is ChatKind.CHANNEL:
                wanted = [name for name in wanted if name in LINK_LETTERS]
            made = [
                self._button(chat_id, kind, alert_id, facts, name, words.gettext(_LABELS[name]))
                for name in wanted
                if name in self.actions
            ]
            if made:
                rows.append(tuple(made))
        return tuple(rows)

    def link(self, name: str, alert_id: AlertId) -> str:
        """Return the address that opens a private chat with what the button would show."""
        return self.address(f"{LINK_LETTERS[name]}_{alert_id}")

    def address(self, parameter: str) -> str:
        """Return the address that opens a private chat with the bot and says ``parameter``."""
        return f"https://t.me/{self.bot_name()}?start={parameter}"

    def _button(
        self,
        chat_id: ChatId,
        kind: ChatKind,
        alert_id: AlertId,
        facts: Facts,
        name: str,
        label: str,
    ) -> Button:
        if kind is ChatKind.CHANNEL:
            return Button(label, url=self.link(name, alert_id))
        # Counted from the event, so that an edit brings the very same buttons.
        press = Press(name, str(alert_id))
        data = self.signer.sign(chat_id, None, press, facts.first_seen_at, LIFE)
        return Button(label, data=data)


def read_link(argument: str) -> tuple[str, AlertId] | None:
    """Return what a link's parameter asks for and of which alert; None if it is none of ours.

    Anybody can write such a link: it only shows what anybody may see.
    """
    letter, _, number = argument.partition("_")
    name = {letter: name for name, letter in LINK_LETTERS.items()}.get(letter)
    if name is None or not number.isdecimal() or len(number) > 15:
        return None
    return name, AlertId(int(number))
