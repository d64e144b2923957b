"""Words of the button «wrong?»."""

from bot.texts.alerts import headline
from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.alerts import AlertId, Facts
from jobs.reference import Reference


def is_it_wrong(words: Words, names: Reference, facts: Facts, alert_id: AlertId) -> Message:
    """Return the question before an alert is reported."""
    return Message(
        words.gettext(
            "Alert {id}: {said}\nIs something wrong with it? The operator looks at it, and you "
            "are answered here. A page that shows it: /report and its address."
        ).format(id=alert_id, said=headline(facts, words, names))
    )


def nothing_reported(words: Words) -> Message:
    """Return the answer to a question that was not meant."""
    return Message(words.gettext("Nothing was reported."))
