"""Words about the language that a chat is spoken to in."""

from collections.abc import Sequence

from bot.texts.foreign import safe_foreign
from bot.texts.language import Words, own_name
from bot.texts.messages import Button, Message

_COLUMNS = 2


def language_label(words: Words) -> str:
    """Return what a button says that leads to the languages."""
    return "🌐 " + words.gettext("Language")


def which_language(words: Words, buttons: Sequence[Button], unknown: str = "") -> Message:
    """Return /language: what is spoken, and what may be; ``unknown`` is what nobody speaks."""
    said = words.gettext("I speak {language} here. Another language:")
    text = said.format(language=own_name(words.language))
    if unknown:
        refused = words.gettext("I do not speak {asked}; nothing was changed.")
        text = f"{refused.format(asked=safe_foreign(unknown, 80))}\n{text}"
    return Message(text, buttons=_rows(buttons))


def speaking_now(words: Words, buttons: Sequence[Button]) -> Message:
    """Return the answer to a choice, in the language that was chosen."""
    said = words.gettext(
        "I speak {language} here now, in alerts too. What the sources say stays in their own "
        "language. Where things stand: /status. All I can do: /help"
    )
    return Message(said.format(language=own_name(words.language)), buttons=_rows(buttons))


def speaking_there(words: Words, language: str, buttons: Sequence[Button]) -> Message:
    """Return the answer to a choice for a chat that is managed from here."""
    said = words.gettext("There I speak {language} now.")
    return Message(said.format(language=own_name(language)), buttons=_rows(buttons))


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(buttons[start : start + _COLUMNS]) for start in range(0, len(buttons), _COLUMNS)
    )
