"""How orders are written, what is wrong with one, and the queue of reports."""

from collections.abc import Sequence

from bot.texts.foreign import safe_foreign
from bot.texts.language import Words
from bot.texts.messages import Message, Writer
from jobs.domain.alerts import AlertId
from jobs.domain.events import EventStatus, EventType


def order_taken(words: Words, alert_id: AlertId | None) -> Message:
    """Return the answer to an operator's order that is now written down."""
    if alert_id is None:
        return Message(words.gettext("Noted. I answer here when it is done."))
    return Message(
        words.gettext("Noted for alert {id}. I answer here when it is done.").format(id=alert_id)
    )


def order_refused(words: Words, why: str) -> Message:
    """Return what is wrong with an order that could be read but makes no sense."""
    said = words.gettext("That cannot be ordered: {why}")
    return Message(said.format(why=safe_foreign(why, 300)))


def retract_usage(words: Words) -> Message:
    """Return how a retraction is ordered."""
    return _unclear(
        words,
        "/retract 12 " + words.gettext("the reason, which readers will see"),
        words.gettext("A number of an alert and a reason are needed."),
    )


def confirm_usage(words: Words, asked: str = "") -> Message:
    """Return how a confirmation is ordered; ``asked`` is an address that cannot be used."""
    why = (
        words.gettext("This is no web address that readers can be sent to: {asked}").format(
            asked=safe_foreign(asked, 200)
        )
        if asked
        else words.gettext("A number of an alert and the address of a page are needed.")
    )
    return _unclear(words, "/confirm 12 https://…", why)


def correct_usage(words: Words) -> Message:
    """Return how a correction is ordered."""
    return _unclear(
        words,
        "/correct 12 status=planned on=2025-07-10 "
        + words.gettext("the reason, which readers will see"),
        words.gettext(
            "A number of an alert, what is right (status, on, detail, type or actor) and a reason "
            "are needed."
        ),
    )


def merge_usage(words: Words) -> Message:
    """Return how a merging is ordered."""
    return _unclear(
        words,
        "/merge 13 12 " + words.gettext("the reason, which readers will see"),
        words.gettext("The alert that ends, the one that goes on, and a reason are needed."),
    )


def split_usage(words: Words) -> Message:
    """Return how a splitting is ordered."""
    return _unclear(
        words,
        "/split 12 2,5 " + words.gettext("the reason, which readers will see"),
        words.gettext(
            "A number of an alert, which of its sources (as /why counts them) tell of another "
            "event, and a reason are needed."
        ),
    )


def add_usage(words: Words) -> Message:
    """Return how an event is entered by hand."""
    kinds = words.gettext("Kinds: {kinds}. Statuses: {statuses}. The day may be - for a plan.")
    return _unclear(
        words,
        "/add taliban UZ meeting done 2025-07-03 https://… "
        + words.gettext("#REPORT, if one brought it up, and the headline"),
        kinds.format(kinds=", ".join(EventType), statuses=", ".join(EventStatus)),
    )


def dismiss_usage(words: Words) -> Message:
    """Return how a report is closed."""
    return _unclear(
        words,
        "/dismiss 3 " + words.gettext("the reason, which its sender will see"),
        words.gettext("A number of a report and a reason are needed."),
    )


def reports_waiting(words: Words, shown: Sequence[tuple[int, str]], count: int) -> Message:
    """Return /reports: the oldest reports that nobody has worked through."""
    if not shown:
        return Message(words.gettext("No report waits."))
    writer = Writer()
    said = words.ngettext("{count} report waits:", "{count} reports wait:", count)
    writer.line(said.format(count=count))
    for number, url in shown:
        writer.write(f"{number}: ")
        writer.foreign(url, 300)
        writer.line()
    writer.line(words.gettext("/add enters what one is right about, /dismiss closes one."))
    return writer.build()


def report_usage(words: Words) -> Message:
    """Return how a page is reported."""
    return _unclear(
        words,
        "/report https://…",
        words.gettext(
            "Which page? Send the address of what I missed, or of what shows an alert to be wrong."
        ),
    )


def report_noted(words: Words) -> Message:
    """Return the answer to a report that is now in the queue."""
    return Message(words.gettext("Noted. I answer here when somebody has read it."))


def reports_enough(words: Words) -> Message:
    """Return the answer to one report too many."""
    return Message(
        words.gettext("That is as many reports as can be read in a day. Please try tomorrow.")
    )


def _unclear(words: Words, usage: str, why: str) -> Message:
    return Message(f"{why}\n" + words.gettext("It is written: {usage}").format(usage=usage))
