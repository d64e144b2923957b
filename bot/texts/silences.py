"""Silences in words."""

from collections.abc import Sequence

from bot.texts.language import Words
from bot.texts.messages import Button, Message, Writer
from bot.texts.names import actor_name, case_title, sentence
from bot.texts.wording import TYPE_NAMES
from jobs.domain.silences import Matcher, Silence
from jobs.reference import Reference

_HOURS_A_DAY = 24


def matcher_in_words(words: Words, names: Reference, matcher: Matcher) -> str:
    """Return what is silenced, as a list or a button shows it."""
    if matcher.alert_id is not None:
        return words.gettext("alert {id}").format(id=matcher.alert_id)
    parts = []
    if matcher.type is not None:
        parts.append(words.gettext(TYPE_NAMES[matcher.type]).lower())
    if matcher.actor is not None:
        parts.append(actor_name(names, matcher.actor, words.language))
    if matcher.case is not None:
        parts.append(case_title(names, matcher.case, words.language))
    return words.listed(parts) or words.gettext("everything")


def span(words: Words, hours: int) -> str:
    """Return how long a silence holds."""
    if hours % _HOURS_A_DAY:
        return words.ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    days = hours // _HOURS_A_DAY
    return words.ngettext("{count} day", "{count} days", days).format(count=days)


def what_question(words: Words, buttons: Sequence[Button]) -> Message:
    """Return the question what shall be silenced."""
    text = words.gettext("Silence what? Corrections of alerts that you have come all the same.")
    return Message(text, buttons=tuple((button,) for button in buttons))


def span_question(
    words: Words, names: Reference, matcher: Matcher, buttons: Sequence[Button]
) -> Message:
    """Return the question for how long."""
    what = matcher_in_words(words, names, matcher)
    text = words.gettext("{what}: silent for how long?").format(what=sentence(what))
    return Message(text, buttons=(tuple(buttons),))


def silenced(words: Words, names: Reference, made: Silence, lift: Button) -> Message:
    """Return what is silenced now, with a button that ends it."""
    text = words.gettext("Silent until {moment}: {what}. /silences lists all.").format(
        moment=words.moment(made.until), what=matcher_in_words(words, names, made.matcher)
    )
    return Message(text, buttons=((lift,),))


def too_many(words: Words) -> Message:
    """Return the answer where a chat has as many silences as one may."""
    return Message(
        words.gettext(
            "There are too many silences here. Lift some by /silences, or narrow what this chat "
            "hears by /filter."
        )
    )


def gone(words: Words) -> Message:
    """Return the answer to a button under an alert that is no more kept."""
    return Message(words.gettext("That alert is no longer kept; there is nothing to silence."))


def listed(
    words: Words, names: Reference, found: Sequence[Silence], buttons: Sequence[Button]
) -> Message:
    """Return /silences."""
    writer = Writer()
    if not found:
        writer.line(words.gettext("Nothing is silenced here. Each alert has a button for it."))
    for each in found:
        what = sentence(matcher_in_words(words, names, each.matcher))
        until = words.gettext("until {moment}").format(moment=words.moment(each.until))
        writer.line(f"{what}: {until}")
    for button in buttons:
        writer.row(button)
    return writer.build()
