"""How each language says what we look for: one file of words and patterns a language.

A pattern is one or more words; ``*`` at the end of a word stands for any ending, ``..``
for up to five words in between, a zero-width non-joiner for a blank, nothing or itself.
``jobs/data/phrases/en.toml`` shows every class and trigger, ``ru.toml`` every key of grammar.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jobs.domain.events import EventStatus, EventType
from jobs.errors import ConfigError

CLASSES = frozenset(
    {
        # heads: what a name stands before
        "person", "ambassador", "charge", "embassy", "organ", "firm", "list", "forum", "nonstate",
        # objects that a trigger may need
        "credentials", "deal", "rule", "flag", "exit", "old_regime", "paper", "diplomat",
        "encounter", "sport", "effects",
        # role markers
        "place", "by", "with", "goal", "topic", "of", "between", "like",
        "object",
        # the frame of a clause
        "break", "complement", "joiner", "article", "modifier", "possessive", "passive",
        "unnamed", "pronoun", "collective", "anaphor", "first", "speech",
        # factuality cues
        "negation", "refusal", "refusal_after", "condition", "consider", "consider_after",
        "plan", "plan_to", "plan_after", "ahead", "past", "urge", "undo", "reported", "background",
        "following", "again", "hypothetical", "perfect", "affirmed", "reaction", "resolve", "joins",
        "role", "aside", "grant", "avow", "mediates", "office", "bygone", "rumour", "answer",
        "elsewise", "equates",
    }
)  # fmt: skip
"""Every word class that the engine knows; a file may leave some empty."""

ROLES = frozenset(
    ("place", "by", "with", "goal", "topic", "of", "between", "like", "object", "joiner", "none")
)
"""What an affix or a postposition says of a name: a marker's class, or

``object`` (what is acted on), ``joiner`` (an "and" written onto it), ``none`` (no more than
the name alone).
"""

ORDERS = ("svo", "sov", "vso", "free")
"""Where the verb stands; ``free`` leaves it to the case endings."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that evoke an event, and what must stand with them.

    ``needs`` are word classes of which one must stand in the clause, within ``near``
    words (0: anywhere in it); ``without`` those that must not. ``status`` is what the words
    say by themselves (closing is reversed). ``place`` says that a place after it is a goal,
    as after "arrives in". ``noun`` says that the act is named, not told. ``after`` says that
    the needed word follows, or else the verb is passive; ``strict`` that the parties stand
    right before and after; ``subject`` that the case's subject is named in the sentence;
    ``actor`` is who alone can do such a thing; ``repeats`` that the words mean this only
    after another mention of the type; ``topical`` that what follows is what is talked about;
    ``afar`` that the needed word may stand anywhere in the text.
    """

    id: str
    type: EventType
    words: tuple[str, ...]
    needs: tuple[str, ...] = ()
    near: int = 0
    without: tuple[str, ...] = ()
    status: EventStatus = EventStatus.DONE
    detail: str = ""
    place: bool = False
    noun: bool = False
    after: bool = False
    strict: bool = False
    subject: bool = False
    actor: str = ""
    repeats: bool = False
    topical: bool = False
    afar: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the engine must know of a language before it reads a word.

    ``order`` is the verb's place. ``suffixes`` may follow a name within its word and
    ``prefixes`` any longer word, each with the role it gives; ``drops`` are the last letters
    that a name loses before a suffix; ``head_endings`` give the role of a noun of office by
    its ending. ``head_first`` says that a noun stands before its owner with nothing in
    between, ``compounds`` that it may stand behind as well ("Taliban-Delegation"),
    ``adjectives_after`` that an adjective follows its noun. ``stretch`` is how many
    words the writing makes of one. ``letters`` (a regular expression's class) and ``telling``
    words tell the language from others. ``ambiguous`` names count only where the text's own
    capitals show a name; an infinitive's word before a form in ``gerunds`` means no intent
    ("came to recognising"); a cue may follow a form in ``infinitives`` ("признать намерены").
    ``homes`` are the states whose press writes in the language, and names its own "foreign
    minister" (class ``office``) without saying whose; ``home`` is the likeliest, if any is.
    """

    abbreviations: frozenset[str] = frozenset()
    order: str = "svo"
    suffixes: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    head_endings: Mapping[str, str] = field(default_factory=dict)
    head_first: bool = False
    adjectives_after: bool = False
    compounds: bool = False
    stretch: int = 1
    letters: str = ""
    telling: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    cased: bool = True
    gerunds: tuple[str, ...] = ()
    infinitives: tuple[str, ...] = ()
    homes: frozenset[str] = frozenset()
    home: str = ""


@dataclass(frozen=True)
class Calendar:
    """Words of dates: month and weekday numbers (1 is January, 0 Monday), day offsets.

    ``month_signs``, ``day_signs`` and ``year_signs`` stand behind a number ("7月3日"). What
    stands behind a word of ``since`` or ``until`` is no date of an act ("the first since 2021",
    "waived until 20 June").
    ``next`` before a weekday means one ahead, ``last`` beside a month one gone; an
    ``ambiguous`` month's word ("may") is one only behind a word of ``month_marks``.
    """

    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    next: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    month_marks: frozenset[str] = frozenset()
    month_signs: frozenset[str] = frozenset()
    day_signs: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()
    year_signs: frozenset[str] = frozenset()

    @cached_property
    def named(self) -> frozenset[str]:
        """The words without one of which no text names a day by its month or by signs."""
        return frozenset(self.months) | self.month_signs | self.day_signs

    @cached_property
    def relative(self) -> frozenset[str]:
        """The first words of days told from the day of publication: "yesterday", "Friday"."""
        phrases = (*self.days, *self.weekdays)
        return frozenset(phrase.partition(" ")[0] for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's words, as its file gives them."""

    language: str
    grammar: Grammar = field(default_factory=Grammar)
    calendar: Calendar = field(default_factory=Calendar)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    postpositions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    traps: tuple[str, ...] = ()
    forums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_phrases(path: Path) -> Phrases:
    """Return one language's file, checked.

    Raises:
        ConfigError: the file is no TOML, or holds a class, type or key that is unknown.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        return _phrases(path.stem, raw)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: {error}; compare with en.toml") from error


def load_all_phrases(folder: Path) -> dict[str, Phrases]:
    """Return every ``<lang>.toml`` of a folder by language."""
    return {path.stem: load_phrases(path) for path in sorted(folder.glob("*.toml"))}


def _phrases(language: str, raw: Mapping[str, Any]) -> Phrases:
    unknown = set(raw.get("classes", {})) - CLASSES
    if unknown:
        raise ValueError(f"classes: unknown {', '.join(sorted(unknown))}")
    unknown = set(raw.get("postpositions", {})) - ROLES
    if unknown:
        raise ValueError(f"postpositions: unknown {', '.join(sorted(unknown))}")
    return Phrases(
        language=language,
        grammar=_grammar(raw),
        calendar=_calendar(raw.get("calendar", {})),
        classes=_tuples(raw.get("classes", {})),
        postpositions=_tuples(raw.get("postpositions", {})),
        triggers=tuple(_trigger(row) for row in raw.get("triggers", ())),
        traps=tuple(raw.get("traps", ())),
        forums=_tuples(raw.get("forums", {})),
        wires=_tuples(raw.get("wires", {})),
    )


def _grammar(whole: Mapping[str, Any]) -> Grammar:
    raw = whole.get("grammar", {})
    if raw.get("order", "svo") not in ORDERS:
        raise ValueError(f"grammar: order must be one of {', '.join(ORDERS)}")
    return Grammar(
        abbreviations=frozenset(raw.get("abbreviations", ())),
        order=raw.get("order", "svo"),
        suffixes=_roles(whole, "suffixes"),
        prefixes=_roles(whole, "prefixes"),
        drops=tuple(raw.get("drops", ())),
        head_endings=_roles(whole, "head_endings"),
        head_first=bool(raw.get("head_first", False)),
        adjectives_after=bool(raw.get("adjectives_after", False)),
        compounds=bool(raw.get("compounds", False)),
        stretch=int(raw.get("stretch", 1)),
        letters=raw.get("letters", ""),
        telling=frozenset(raw.get("telling", ())),
        ambiguous=frozenset(raw.get("ambiguous", ())),
        cased=bool(raw.get("cased", True)),
        gerunds=tuple(raw.get("gerunds", ())),
        infinitives=tuple(raw.get("infinitives", ())),
        homes=frozenset(raw.get("homes", ())),
        home=raw.get("home", ""),
    )


def _roles(whole: Mapping[str, Any], table: str) -> dict[str, str]:
    """Return role by affix from affixes by role, as the file groups them."""
    raw = whole.get(table, {})
    if unknown := set(raw) - ROLES:
        raise ValueError(f"{table}: unknown {', '.join(sorted(unknown))}")
    return {affix: role if role != "none" else "" for role, rows in raw.items() for affix in rows}


def _calendar(raw: Mapping[str, Any]) -> Calendar:
    return Calendar(
        months=_numbers(raw.get("months", {})),
        weekdays=_numbers(raw.get("weekdays", {})),
        days=_numbers(raw.get("days", {})),
        next=frozenset(raw.get("next", ())),
        last=frozenset(raw.get("last", ())),
        ambiguous=frozenset(raw.get("ambiguous", ())),
        month_marks=frozenset(raw.get("month_marks", ())),
        month_signs=frozenset(raw.get("month_signs", ())),
        day_signs=frozenset(raw.get("day_signs", ())),
        since=frozenset(raw.get("since", ())),
        until=frozenset(raw.get("until", ())),
        year_signs=frozenset(raw.get("year_signs", ())),
    )


def _trigger(raw: Mapping[str, Any]) -> Trigger:
    needs = tuple(raw.get("needs", ()))
    without = tuple(raw.get("without", ()))
    unknown = {*needs, *without} - CLASSES
    if unknown:
        raise ValueError(f"trigger {raw['id']}: unknown {', '.join(sorted(unknown))}")
    return Trigger(
        id=raw["id"],
        type=EventType(raw["type"]),
        words=tuple(raw["words"]),
        needs=needs,
        near=int(raw.get("near", 0)),
        without=without,
        status=EventStatus(raw.get("status", "done")),
        detail=raw.get("detail", ""),
        place=bool(raw.get("place", False)),
        noun=bool(raw.get("noun", False)),
        after=bool(raw.get("after", False)),
        strict=bool(raw.get("strict", False)),
        subject=bool(raw.get("subject", False)),
        actor=raw.get("actor", ""),
        repeats=bool(raw.get("repeats", False)),
        topical=bool(raw.get("topical", False)),
        afar=bool(raw.get("afar", False)),
    )


def _tuples(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(words) for key, words in raw.items()}


def _numbers(raw: Mapping[str, Any]) -> dict[str, int]:
    """Return number by word from words by number, as the file groups them."""
    return {word: int(number) for number, words in raw.items() for word in words}
