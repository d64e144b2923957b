"""What a chat wants to hear, in words, and how it is written in one line."""

from collections.abc import Mapping, Sequence

from bot.texts.foreign import safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_name, case_title
from bot.texts.wording import LEVEL_NAMES, TYPE_NAMES
from jobs.domain.alerts import Filter
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.reference import Reference

STATUS_NAMES: Mapping[EventStatus, str] = {
    EventStatus.DONE: N_("what has happened"),
    EventStatus.PLANNED: N_("what is planned"),
    EventStatus.CONSIDERED: N_("what is considered"),
    EventStatus.DENIED: N_("what is denied"),
    EventStatus.REVERSED: N_("what is taken back"),
}
"""The statuses that can be told; the past is background."""
GRADE_NAMES: Mapping[Grade, str] = {
    Grade.CLAIMED: N_("whatever is said, claims of an interested party too"),
    Grade.REPORTED: N_("reported by an independent source, or surer"),
    Grade.CORROBORATED: N_("reported by two independent sources, or surer"),
    Grade.CONFIRMED: N_("confirmed by the acting side itself"),
}
"""The least certainty that is told."""
_MOST_NAMED = 12


def wishes(words: Words, names: Reference, wanted: Filter) -> str:
    """Return what a chat wants to hear, as a part of a sentence."""
    parts = [words.gettext(LEVEL_NAMES[wanted.level])]
    if wanted.types:
        kinds = (TYPE_NAMES[kind] for kind in EventType if kind in wanted.types)
        parts.append(words.listed(words.gettext(kind).lower() for kind in kinds))
    if wanted.statuses:
        said = (STATUS_NAMES[status] for status in STATUS_NAMES if status in wanted.statuses)
        parts.append(words.listed(words.gettext(one) for one in said))
    if wanted.grade is not Grade.CLAIMED:
        parts.append(words.gettext(GRADE_NAMES[wanted.grade]))
    if wanted.groups or wanted.actors:
        parts.append(_whose(words, names, wanted))
    if wanted.cases:
        titles = (case_title(names, case, words.language) for case in sorted(wanted.cases))
        parts.append(words.listed(titles))
    else:
        parts.append(words.gettext("all cases"))
    return words.in_parts(parts)


def group_title(words: Words, names: Reference, group: str) -> str:
    """Return a group's name as a list shows it; an unknown one stands for itself."""
    known = names.groups.get(group)
    return words.gettext(known.title) if known else group


def chosen(words: Words, names: Reference, wanted: Filter) -> Message:
    """Return the answer to /filter: the whole wish, said back."""
    return Message(
        words.gettext("From now on this chat hears: {wishes}.").format(
            wishes=wishes(words, names, wanted)
        )
    )


def unknown_word(
    words: Words, names: Reference, word: str, guesses: Sequence[str], name: str
) -> Message:
    """Return the answer to a line of which one word is unknown; nothing was changed."""
    writer = Writer()
    writer.line(
        words.gettext("I do not know the word {word}; nothing was changed.").format(
            word=safe_foreign(word, 80)
        )
    )
    if guesses:
        writer.line(words.gettext("Did you mean: {guesses}?").format(guesses=", ".join(guesses)))
    write_grammar(writer, words, names, name)
    return writer.build()


def no_plus(words: Words, word: str) -> Message:
    """Return the answer to a plus behind something of which there is no more."""
    return Message(
        words.gettext(
            "{word}: a plus stands only behind a kind (meeting+ is a meeting and all that weighs "
            "more) or a certainty. Nothing was changed."
        ).format(word=safe_foreign(word, 80))
    )


def nothing_left(words: Words) -> Message:
    """Return the answer to a line that nothing could ever match."""
    return Message(
        words.gettext(
            "Nothing could ever match that: major means recognitions only, and the line leaves "
            "them out. Nothing was changed."
        )
    )


def write_grammar(writer: Writer, words: Words, names: Reference, name: str) -> None:
    """Write how a filter is written in one line, for the command of this name."""
    groups = ", ".join(names.groups)
    writer.line(
        words.gettext("In one line, for example: {line}").format(
            line=f"/{name} uz kz meeting+ confirmed"
        )
    )
    for point in (
        words.gettext("countries by name or code; groups: {groups}").format(groups=groups),
        words.gettext("cases: {cases}").format(cases=", ".join(names.cases)),
        words.gettext(
            "kinds: recognition, credentials, mission, delisting, agreement, meeting, forum; "
            "with a plus, it and those before it in this list"
        ),
        words.gettext("what became of it: done, planned, considered, denied, reversed"),
        words.gettext(
            "the least certainty: claimed, reported, corroborated, confirmed; how much: major, "
            "important, signals"
        ),
        words.gettext("what a line does not name stays wide; all widens everything"),
    ):
        writer.line(f"• {point}")


def no_such_zone(words: Words, asked: str) -> Message:
    """Return the answer to /settings with something that is no time zone."""
    return Message(
        words.gettext("{asked} is no time zone. Examples: Europe/Berlin, Asia/Kabul, UTC").format(
            asked=safe_foreign(asked, 80)
        )
    )


def _whose(words: Words, names: Reference, wanted: Filter) -> str:
    groups = [group_title(words, names, group) for group in names.groups if group in wanted.groups]
    unknown = sorted(wanted.groups - set(names.groups))
    actors = sorted(actor_name(names, code, words.language) for code in wanted.actors)
    said = [*groups, *unknown, *actors]
    more = len(said) - _MOST_NAMED
    if more > 0:
        rest = words.ngettext("{count} more", "{count} more", more).format(count=more)
        said = [*said[:_MOST_NAMED], rest]
    return words.listed(said)
