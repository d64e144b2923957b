"""The first words to a chat: what the bot does, where things stand, what it will hear."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.texts.alerts import headline, how_sure, when
from bot.texts.language import Words
from bot.texts.messages import Message, Writer
from bot.texts.names import sentence
from bot.texts.reading import Freshness, Told, how_fresh, recognised_line
from jobs.domain.events import Standing
from jobs.reference import Reference
from jobs.reference.cases import Case


@dataclass(frozen=True, slots=True)
class Today:
    """Where things stand: the first cases, the newest alert, how fresh it all is."""

    cases: Sequence[tuple[Case, Sequence[Standing]]]
    newest: Told | None
    freshness: Freshness


def welcome(words: Words, names: Reference, today: Today, wishes: str, *, known: bool) -> Message:
    """Return /start: what the bot does, three lines on today, what this chat will hear."""
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("Recognition Watch"))
    writer.line()
    writer.line(
        words.gettext(
            "I tell you, within minutes and once, when a state moves toward or away from "
            "recognising a contested authority."
        )
    )
    writer.line()
    for line in _three_lines(words, names, today):
        writer.line(f"• {line}")
    writer.line()
    writer.line(
        words.gettext("This chat hears: {wishes}.").format(wishes=wishes)
        if known
        else words.gettext("From now on this chat hears: {wishes}.").format(wishes=wishes)
    )
    writer.line(words.gettext("What do you want to hear? All I can do: /help · samples: /demo"))
    return writer.build()


def begun(words: Words, wishes: str) -> Message:
    """Return the answer to the first choice."""
    return Message(
        words.gettext(
            "This chat hears: {wishes}. The next alert comes by itself. Where things stand: "
            "/status. Change it with /settings."
        ).format(wishes=wishes)
    )


def _three_lines(words: Words, names: Reference, today: Today) -> list[str]:
    lines = [recognised_line(words, names, case, stand) for case, stand in today.cases]
    if today.newest is not None:
        facts = today.newest.facts
        said = words.gettext("Newest: {said} {when} · {how_sure}")
        lines.append(
            said.format(
                said=headline(facts, words, names),
                when=sentence(when(facts, words)),
                how_sure=how_sure(facts, words, names),
            )
        )
    else:
        lines.append(how_fresh(words, today.freshness))
    return lines
