"""Where alerts go, in words: channels set up from a private chat, approval, what one manages."""

from collections.abc import Callable, Mapping, Sequence

from bot.texts.alerts import headline, how_sure, when, write_voice
from bot.texts.foreign import safe_foreign
from bot.texts.language import N_, Words, words_of
from bot.texts.messages import Button, Message, Writer
from bot.texts.names import sentence
from bot.texts.wishes import wishes
from jobs.domain.alerts import Filter, Proposal, ProposalState
from jobs.reference import Reference

_SUPERGROUP = "-100"
"""What Telegram puts before a channel's or supergroup's own number."""

_OUTCOMES: Mapping[ProposalState, str] = {
    ProposalState.PUBLISHED: N_("Let through: it is published."),
    ProposalState.DROPPED: N_("Dropped: it is not published."),
    ProposalState.EXPIRED: N_("Expired: nobody let it through in time, so it was not published."),
    ProposalState.RETRACTED: N_("Retracted before anybody let it through: it is not published."),
}

Deciding = Callable[[str, bool], Button]
"""Makes the button that lets a proposal through (True) or drops it, from its label."""


def channel_added(words: Words, title: str, rows: Sequence[Sequence[Button]]) -> Message:
    """Return what is said in private to whoever made the bot an admin of a channel."""
    text = words.gettext(
        "I am an admin of {title} now. What shall I publish there? Nothing, until you choose."
    ).format(title=safe_foreign(title, 100))
    return Message(text, buttons=_rows(rows))


def publishing_question(words: Words, rows: Sequence[Sequence[Button]]) -> Message:
    """Return the question what a managed chat publishes."""
    return Message(words.gettext("What shall I publish there?"), buttons=_rows(rows))


def publishing_set(
    words: Words, names: Reference, wanted: Filter, rows: Sequence[Sequence[Button]], *, asks: bool
) -> Message:
    """Return what a channel publishes from now on."""
    heard = wishes(words, names, wanted)
    if asks:
        said = words.gettext(
            "Published there, once you or another editor has let it through: {wishes}. I show you "
            "each alert here; what nobody lets through within half a day expires."
        )
    else:
        said = words.gettext("Published there at once: {wishes}.")
    return Message(said.format(wishes=heard), buttons=_rows(rows))


def managed_list(words: Words, labels: Sequence[str], buttons: Sequence[Button]) -> Message:
    """Return /manage: the chats that whoever asks is an admin of, and how to change them."""
    writer = Writer()
    if not labels:
        writer.line(
            words.gettext(
                "I know of no chat that you manage. Add me to a group, or to a channel as an admin "
                "that may post, and it shows here; or send /settings there once."
            )
        )
        return writer.build()
    with writer.bold():
        writer.write(words.gettext("Chats that you manage"))
    writer.line()
    for number, label in enumerate(labels, start=1):
        writer.write(f"{number}. ")
        writer.foreign(label, 100)
        writer.line()
    writer.line(
        words.gettext("By buttons, or in one line: {line}").format(
            line="/manage 1 filter uz kz meeting+"
        )
    )
    for button in buttons:
        writer.row(button)
    return writer.build()


def no_such_place(words: Words) -> Message:
    """Return the answer to /manage with a number or a command that does not fit."""
    return Message(
        words.gettext(
            "It is written: /manage, the number of a chat in that list, and a command of settings, "
            "such as /manage 1 filter uz kz or /manage 1 stop."
        )
    )


def topic_label(words: Words, title: str, thread_id: int) -> str:
    """Return what a managed place is called in a list."""
    if not thread_id:
        return title
    return words.gettext("{title}, topic {topic}").format(title=title, topic=thread_id)


def render_proposal(
    proposal: Proposal,
    *,
    names: Reference,
    make: Deciding,
    is_reply: bool = False,
    language: str = "en",
    zone: str = "UTC",
) -> Message:
    """Return what an editor is shown of an alert that waits, or what became of it."""
    words, facts = words_of(language, zone), proposal.facts
    writer = Writer()
    writer.write(words.gettext("For your channel") + " ")
    with writer.link(_link(proposal)):
        writer.write(str(proposal.chat_id))
    writer.line(":")
    if proposal.state is not ProposalState.OPEN:
        with writer.bold():
            writer.write(words.gettext(_OUTCOMES[proposal.state]))
        writer.line()
    writer.line(headline(facts, words, names))
    if is_reply:
        return writer.build()
    writer.line(f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}")
    for voice in facts.voices[:3]:
        write_voice(writer, voice, words)
    writer.write(f"/why_{proposal.alert_id}")
    if proposal.state is ProposalState.OPEN:
        writer.row(
            make(words.gettext("Publish"), True), make(words.gettext("Do not publish"), False)
        )
    return writer.build()


def _rows(rows: Sequence[Sequence[Button]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(row) for row in rows)


def _link(proposal: Proposal) -> str:
    # Opens the chat for its members; nothing of its name is kept here.
    number = str(proposal.chat_id)
    if not number.startswith(_SUPERGROUP):
        return ""
    return f"https://t.me/c/{number.removeprefix(_SUPERGROUP)}/1"
