"""Answers about the bot itself: help, privacy, refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.texts.language import Words
from bot.texts.messages import Button, Message, Writer


@dataclass(frozen=True, slots=True)
class Entry:
    """One command as /help and the menu show it."""

    name: str
    usage: str
    description: str


def description(words: Words) -> str:
    """Return what Telegram shows in an empty chat with the bot, in at most 512 characters."""
    return words.gettext(
        "I tell you, within minutes and once, when a state moves toward or away from recognising "
        "a contested authority: recognition, ambassadors, embassies, meetings, bans. Every alert "
        "says how sure it is and on whose word, and is corrected where it was wrong. Free, and "
        "nothing is kept of you but what you choose to hear."
    )


def about(words: Words) -> str:
    """Return what the bot's profile and a shared link say, in at most 120 characters."""
    return words.gettext(
        "Alerts, within minutes and once, when a state moves toward recognising a contested "
        "authority."
    )


def added(words: Words) -> Message:
    """Return what the bot says when somebody brings it into a group."""
    return Message(
        words.gettext(
            "Recognition Watch is here. Nothing is sent until an admin of this group sends /start."
        )
    )


def stopped(words: Words) -> Message:
    """Return the answer to /stop."""
    return Message(
        words.gettext(
            "No more alerts here. /start begins again; /forget deletes what I know of this chat."
        )
    )


def help_text(words: Words, entries: Sequence[Entry]) -> Writer:
    """Return /help, to be added to: every command that works here, for whoever asks."""
    writer = Writer()
    writer.line(words.gettext("What I answer:"))
    for entry in entries:
        usage = f" {words.gettext(entry.usage)}" if entry.usage else ""
        writer.line(f"/{entry.name}{usage}: {words.gettext(entry.description)}")
    writer.line()
    writer.line(
        words.gettext(
            "Countries are understood by name, by their people's name or by ISO code. In groups "
            "and channels only admins change anything."
        )
    )
    return writer


def privacy(words: Words, outbox_days: int) -> Message:
    """Return /privacy: what is kept, how long, and how to end it."""
    writer = Writer()
    with writer.bold():
        writer.write(words.gettext("What I keep of this chat"))
    writer.line()
    for point in (
        words.gettext(
            "Its number, its kind, its language, time zone and hours, what it wants to hear and "
            "what is silenced, and which alerts it was sent. No names, no user names, nothing that "
            "anybody writes but pages that are reported."
        ),
        words.gettext(
            "Of a group or channel also the numbers of those who set it up here, so that they can "
            "manage it from a private chat and be told where alerts arrive no more."
        ),
        words.ngettext(
            "Which alerts were sent is kept for {days} day, so that they can be corrected.",
            "Which alerts were sent is kept for {days} days, so that they can be corrected.",
            outbox_days,
        ).format(days=outbox_days),
        words.gettext("Nothing is passed on to anybody."),
        words.gettext("/mydata gives you all of it as a file."),
        words.gettext("/forget deletes all of it at once. /stop only ends the alerts."),
    ):
        writer.line(f"• {point}")
    return writer.build()


def mydata(words: Words, counts: Mapping[str, int], written: bytes) -> Message:
    """Return /mydata: all that is kept of a chat in a file, and how much of what it is."""
    if not counts:
        return Message(words.gettext("Nothing is kept of this chat."))
    listed = ", ".join(f"{table} {count}" for table, count in counts.items())
    text = words.gettext(
        "Everything that is kept of this chat, as it stands in the tables ({listed}). /privacy "
        "says what for; /forget deletes it."
    )
    return Message(text.format(listed=listed), document=written, document_name="mydata.json")


def forget_question(words: Words, yes: Button, no: Button) -> Message:
    """Return /forget: the question before everything is deleted."""
    text = words.gettext(
        "Delete everything I know of this chat: its settings, its subscription and the list of "
        "what it was sent? Alerts end with it, and older ones are corrected no more."
    )
    return Message(text, buttons=((yes, no),))


def forgotten(words: Words) -> Message:
    """Return the last word to a chat that is forgotten."""
    return Message(words.gettext("Everything about this chat is deleted. Farewell."))


def kept(words: Words) -> Message:
    """Return the answer to a /forget that was not meant."""
    return Message(words.gettext("Nothing was deleted."))


def not_allowed(words: Words, *, operators_only: bool) -> Message:
    """Return the refusal of a command that whoever asked may not use."""
    if operators_only:
        return Message(
            words.gettext("Only the operator of this bot can do that, in a private chat with it.")
        )
    return Message(
        words.gettext(
            "Only an admin of this chat can do that. (If you are one: I could not see it. "
            "Anonymous admins must write as the group itself, and not press buttons.)"
        )
    )


def not_open(words: Words) -> Message:
    """Return the answer to whoever this bot does not serve."""
    return Message(
        words.gettext(
            "This bot is not open to everybody. /stop, /privacy, /mydata and /forget work all the "
            "same."
        )
    )


def too_many_topics(words: Words, most: int) -> Message:
    """Return the answer where alerts are on in as many topics of a group as may be."""
    return Message(
        words.gettext(
            "Alerts are on in {most} topics of this group already: /stop in one of them first."
        ).format(most=most)
    )


def elsewhere(words: Words, name: str) -> Message:
    """Return the answer to a command that does not work in this kind of chat."""
    return Message(
        words.gettext("{command} works only in a private chat with me.").format(command=f"/{name}")
    )


def unknown_command(words: Words, asked: str, guess: str | None) -> Message:
    """Return the answer to a command that does not exist."""
    writer = Writer()
    writer.write(words.gettext("I do not know this command:") + " ")
    writer.foreign(f"/{asked}", 60)
    writer.line()
    if guess is not None:
        writer.line(words.gettext("Did you mean {command}?").format(command=f"/{guess}"))
    writer.line(words.gettext("/help shows all that I answer."))
    return writer.build()


def not_a_command(words: Words) -> Message:
    """Return the answer to plain text in a private chat."""
    return Message(
        words.gettext(
            "I answer commands only: /status shows where things stand, /help all that there is."
        )
    )


def slow_down(words: Words) -> Message:
    """Return the one warning before silence."""
    return Message(
        words.gettext(
            "That is more than I may answer here without delaying alerts. I go on in a minute."
        )
    )


def void_button(words: Words) -> str:
    """Return what a stale or foreign button answers, as plain text for a pop-up."""
    return words.gettext(
        "This button works no more, or not for you. Send the command again to get a new one."
    )


def refused_press(words: Words) -> str:
    """Return what a button answers to somebody who may not press it, as plain text."""
    return words.gettext(
        "Only an admin of this chat can do that. Anonymous admins: send the command as the group."
    )


def failed(words: Words) -> Message:
    """Return the answer when something of ours broke."""
    return Message(
        words.gettext("That did not work, and the fault is mine. It is noted; please try later.")
    )
