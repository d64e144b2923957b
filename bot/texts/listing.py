"""Lists of what happened: a country's timeline, meetings, what a search found."""

from collections.abc import Sequence
from datetime import date

from bot.texts.alerts import headline, how_sure, when
from bot.texts.foreign import cut, safe_foreign
from bot.texts.language import Words
from bot.texts.messages import CAPTION_ROOM, Message, Writer
from bot.texts.names import actor_name, case_title, sentence
from bot.texts.reading import Told, write_told
from jobs.domain.events import Standing
from jobs.reference import Reference

_ROOM_FOR_ONE_MORE = 700


def timeline_title(words: Words, names: Reference, code: str, case: str) -> str:
    """Return what a timeline is of, for its picture and its list."""
    return f"{actor_name(names, code, words.language)} · {case_title(names, case, words.language)}"


def timeline_caption(
    words: Words, names: Reference, title: str, told: Sequence[Told], fresh: str
) -> Message:
    """Return what is said below a timeline: the newest few in words."""
    lines = [title]
    for one in told:
        facts = one.facts
        how = f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}"
        lines.append(f"• {headline(facts, words, names)} {how}")
    lines.append(fresh)
    return Message(cut("\n".join(lines), CAPTION_ROOM))


def timeline(
    words: Words, names: Reference, title: str, told: Sequence[Told], fresh: str
) -> Message:
    """Return one page of a timeline in words, the newest day first."""
    return _list(words, names, title, told, words.gettext("Nothing is known yet."), fresh)


def which_country(words: Words, command: str) -> Message:
    """Return the answer to a command that needs a country and got none."""
    return Message(
        words.gettext("Of which country? For example: {command}").format(
            command=f"/{command} Uzbekistan"
        )
    )


def meetings(
    words: Words,
    names: Reference,
    code: str | None,
    since: date,
    told: Sequence[Told],
    fresh: str,
) -> Message:
    """Return one page of the meetings since a day, with one country or with all."""
    title = words.gettext("Meetings since {day}").format(day=words.day(since))
    if code is not None:
        title += f" · {actor_name(names, code, words.language)}"
    return _list(words, names, title, told, words.gettext("None is known."), fresh)


def found(
    words: Words,
    names: Reference,
    beginning: Sequence[str],
    told: Sequence[Told],
    *,
    is_first: bool,
    fresh: str,
) -> Message:
    """Return one page of what a search found, newest first.

    ``beginning`` are lines on the country or the officials that were named.
    """
    title = words.gettext("Found, newest first") if is_first else words.gettext("Found, older")
    nothing = words.gettext("Nothing that happened has all these words.")
    listed = _list(words, names, title, told, nothing, fresh)
    if not beginning:
        return listed
    writer = Writer()
    for line in beginning:
        writer.line(line)
    writer.line()
    return writer.followed_by(listed)


def official_line(words: Words, name: str, office: str, case: str) -> str:
    """Return who an official is."""
    line = words.gettext("{name}: {office} ({case})")
    return line.format(name=name, office=words.gettext(office), case=case)


def standing_line(words: Words, names: Reference, standing: Standing, part: str) -> str:
    """Return where a country stands toward a case, in one line."""
    return words.gettext("{country} · {case}: {part} · /status_{code}").format(
        country=actor_name(names, standing.actor, words.language),
        case=case_title(names, standing.case, words.language),
        part=part,
        code=standing.actor,
    )


def search_for_what(words: Words, asked: str) -> Message:
    """Return the answer to a search without a word that can be searched for."""
    writer = Writer()
    if asked:
        writer.write(words.gettext("There is no word to search for in:") + " ")
        writer.line(safe_foreign(asked, 80))
    writer.line(
        words.gettext(
            "Search for countries, officials and what happened, in any language: "
            "/search Baradar Tashkent"
        )
    )
    return writer.build()


def _list(
    words: Words, names: Reference, title: str, told: Sequence[Told], nothing: str, fresh: str
) -> Message:
    writer = Writer()
    writer.line(title)
    writer.line()
    if not told:
        writer.line(nothing)
    for one in told:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        write_told(writer, words, names, one)
    writer.line()
    writer.line(fresh)
    return writer.build()
