"""Who is named in a text, joined into enumerations, and the part each plays.

A group is one name or an enumeration of names. Its marker is the preposition before it
("in Moscow": place), else its case ending or the postposition behind it; its head the noun
it belongs to ("Russian embassy": embassy).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

from jobs.detection.classed import Classed
from jobs.detection.joining import Joiner
from jobs.detection.lexicon import Entry, Form, Kind, Span
from jobs.detection.normalise import Words
from jobs.domain.members import with_plain_members
from jobs.reference.phrases import Grammar

MARKERS = ("place", "by", "with", "goal", "topic", "of", "between", "like", "object")
HEADS = (
    "person",
    "ambassador",
    "charge",
    "embassy",
    "organ",
    "firm",
    "list",
    "forum",
    "nonstate",
    "deal",
    "encounter",
)
_PLACES = frozenset((Form.CAPITAL, Form.CITY))
_MEN = frozenset((Form.LEADER, Form.SURNAME))
_OF = 2
"""Words between an office and whose it is: "of the"."""
_SENT = frozenset(("person", "ambassador", "charge"))
"""Heads whose "from" tells whose they are: "a team from Kabul"."""
_ORDINAL = frozenset((".", "e", "º", "ª"))
"""What makes a rank of a figure, as words are split: "118e", "118.", "118º"."""
_REACH = 5
"""Words between a possessive or adjective and the noun it belongs to."""


@with_plain_members
class Strength(IntEnum):
    """How surely a group means the case's subject."""

    NOT = 0
    SEAT = 1
    """Only the territory's own name: Afghan, Kabul."""
    NAMED = 2
    """The authority's own name, or one of its officials."""


@dataclass(slots=True)
class Group:
    """One name or enumeration.

    ``codes`` are the actors in it, ``subject`` says whether the case's subject is in it
    too, ``unnamed`` that it stands for states without a name, or for a pronoun.
    """

    start: int
    end: int
    codes: tuple[str, ...]
    subject: Strength
    forms: frozenset[Form]
    unnamed: str = ""
    role: str = ""
    marker: str = ""
    marked_at: int = 0
    head: str = ""
    head_end: int = 0
    possessive: bool = False
    ranked: bool = False
    """Whether the unnamed is a named one's rank: "becomes the second country to"."""
    office: bool = False
    """Whether it is marked through an office: "president of Uzbekistan"."""


def gather(
    words: Words, spans: Sequence[Span], case: str, seat: str, grammar: Grammar
) -> list[Group]:
    """Return the groups of a text as one case sees them, in order."""
    classed = Classed(spans)
    names = _seen_by(_resolved([span for span in spans if _is_name(span, case)], case))
    posts = {s.start: s for s in reversed(spans) if s.entry.kind is Kind.POST}
    joiner = Joiner(words, classed, seat, grammar, classed.by_start(*HEADS) | posts)
    groups: list[Group] = []
    block: list[Span] = []
    for span in names:
        if block and not joiner.joins(block, span):
            groups.append(_group(block, case, seat))
            block = []
        block.append(span)
    if block:
        groups.append(_group(block, case, seat))
    _assign(words, classed, posts, groups, grammar)
    return _without_heads(groups, classed.by_start("joiner"))


def _resolved(names: Sequence[Span], case: str) -> list[Span]:
    """Return the names, "the movement" as the subject's own once that was named."""
    first = next((n for n in names if n.entry.kind is Kind.SUBJECT), None)
    if first is None:
        return [n for n in names if n.entry.value != "anaphor"]
    meant = Entry(Kind.SUBJECT, case, Form.NAME)
    return [
        n._replace(entry=meant) if n.entry.value == "anaphor" else n
        for n in names
        if n.entry.value != "anaphor" or n.start > first.start
    ]


def _without_heads(groups: Sequence[Group], joiners: Collection[int]) -> list[Group]:
    """Return the groups but collectives that are a name's own, and an enumeration's rest.

    "German officials"; "Belgium, France and others".
    """
    kept: list[Group] = []
    for group, after in zip_longest(groups, groups[1:]):
        owner = kept[-1] if kept else None
        if after and group.unnamed == "collective":
            gap = after.start - group.end
            if (after.office and gap <= _OF) or (not gap and after.forms & _MEN):
                continue  # "the ambassador of Qatar", "ministers Dar and Wang Yi"
        if owner and group.unnamed == "collective" and group.start < owner.head_end:
            continue
        if owner and owner.codes and group.unnamed == "unnamed" and _is_rest(owner, group, joiners):
            continue
        kept.append(group)
    return kept


def _is_rest(owner: Group, group: Group, joiners: Collection[int]) -> bool:
    return group.start - owner.end == 1 and owner.end in joiners


def _is_name(span: Span, case: str) -> bool:
    kind, value = span.entry.kind, span.entry.value
    if kind is Kind.ACTOR:
        return True
    if kind is Kind.SUBJECT:
        return value == case
    return kind is Kind.CLASS and value in ("unnamed", "pronoun", "collective", "anaphor")


def _seen_by(names: Sequence[Span]) -> list[Span]:
    """Return the names that hold for a case: its subject covers states' names in its own.

    A mere surname is the subject's only where no name as long of another holds it.
    """
    actors = _lengths(n for n in names if n.entry.kind is Kind.ACTOR)
    proper = actors | _lengths(n for n in names if n.entry.kind is Kind.SUBJECT)
    held = [
        n
        for n in names
        if (n.entry.form is not Form.SURNAME or actors.get(n.start, 0) < n.end - n.start)
        and (n.entry.kind is not Kind.CLASS or n.start not in proper)
    ]
    held = _without_shorter(held)
    subjects = _lengths(n for n in held if n.entry.kind is Kind.SUBJECT)
    return [
        n
        for n in held
        if n.entry.kind is not Kind.ACTOR or subjects.get(n.start, -1) < n.end - n.start
    ]


def _without_shorter(names: Sequence[Span]) -> list[Span]:
    """Return the names but words that a longer one of a class covers: "the two countries"."""
    longest: dict[int, int] = {}
    for n in names:
        if n.entry.kind is Kind.CLASS:
            for index in range(n.start, n.end):
                longest[index] = max(longest.get(index, 0), n.end - n.start)
    return [
        n for n in names if n.entry.kind is not Kind.CLASS or n.end - n.start >= longest[n.start]
    ]


def _lengths(names: Iterable[Span]) -> dict[int, int]:
    """Return for each word in a name how many words of the name follow from it on."""
    return {index: n.end - index for n in names for index in range(n.start, n.end)}


def _group(block: Sequence[Span], case: str, seat: str) -> Group:
    codes: list[str] = []
    strength = Strength.NOT
    unnamed = ""
    for span in block:
        kind, value = span.entry.kind, span.entry.value
        if kind is Kind.SUBJECT:
            strength = Strength.NAMED
        elif kind is Kind.CLASS:
            unnamed = value
        elif value == seat:
            strength = max(strength, Strength.SEAT)
        elif value not in codes:
            codes.append(value)
    forms = frozenset(span.entry.form for span in block)
    end, role = max(s.end for s in block), _role(block)
    return Group(block[0].start, end, tuple(codes), strength, forms, unnamed, role)


def _role(block: Sequence[Span]) -> str:
    """Return what the affixes of a block's names say; an adjective's say nothing."""
    roles = (s.role for s in block if s.entry.form is not Form.DEMONYM)
    return next((role for role in roles if role and role != "joiner"), "")


def _is_numbered(words: Words, group: Group) -> bool:
    """Say whether a figure ranks an unnamed state: "the 118th country"."""
    if not group.unnamed or group.start < 1:
        return False
    before, figure = words.words[group.start - 1], words.words[max(group.start - 2, 0)]
    return (before[:1].isdigit() and not before.isdigit()) or (
        before in _ORDINAL and figure.isdigit()
    )


def _assign(
    words: Words,
    classed: Classed,
    posts: Mapping[int, Span],
    groups: Sequence[Group],
    grammar: Grammar,
) -> None:
    markers = classed.by_end(*MARKERS)
    skipped = classed.by_end("article", "modifier")
    heads = classed.by_start(*HEADS)
    heads_by_end = classed.by_end(*HEADS)
    possessives = classed.by_start("possessive")
    stops = posts.keys() | classed.by_start(*MARKERS, "break", "complement", "joiner").keys()
    taken = {index for group in groups for index in range(group.start, group.end)}
    ranks = classed.by_end("first", "joins").keys()
    told = classed.by_end("speech").keys()
    for group in groups:
        group.ranked = group.start in ranks or group.start - 1 in ranks
        group.ranked = group.ranked or _is_numbered(words, group)
        owned = grammar.adjectives_after if Form.DEMONYM in group.forms else grammar.head_first
        if group.start in told:
            group.role = ""  # whose word it is may act: "по словам Кабулова"
        _mark(group, markers, skipped, heads_by_end, owned=owned)
        if not owned or (grammar.compounds and not group.head):
            reach = _REACH * grammar.stretch
            _head(words, group, heads, possessives, stops, taken, reach)
        _mark_behind(group, posts)


def _mark(
    group: Group,
    markers: Mapping[int, Span],
    skipped: Mapping[int, Span],
    heads: Mapping[int, Span],
    *,
    owned: bool,
) -> None:
    """Mark a group by the word before it, or its own ending, and as whose office it is.

    ``owned`` says that a noun right before it is its own, without a word in between.
    """
    place = _before(group.start, skipped)
    marker, noun = markers.get(place), heads.get(place)
    if marker and noun and noun.start < marker.start:
        marker = None  # the preposition is the noun's own: "وفد من", "a team from"
    if marker:
        group.marker, group.marked_at = marker.entry.value, marker.start
    else:
        group.marker, group.marked_at = group.role, group.start
    bare = marker is None and owned and group.marker in ("", "of")
    if bare or group.marker in ("of", "place", "goal", "by"):
        noun = heads.get(_before(marker.start if marker else group.start, skipped))
        office = noun is not None and (
            noun.entry.value not in ("deal", "nonstate", "encounter")
            or (noun.entry.value == "nonstate" and Form.DEMONYM in group.forms)
        )
        sent = noun is not None and group.marker == "by" and noun.entry.value in _SENT
        owned_by = bare or group.marker == "of" or (noun and noun.entry.value == "organ")
        if noun and office and (sent or (owned_by and group.marker != "by")):
            group.head, group.head_end, group.office = noun.entry.value, group.end, True
            outer = markers.get(_before(noun.start, skipped))
            group.marker = outer.entry.value if outer else _told_by(noun.role)
        elif noun and bare and noun.entry.value == "nonstate":
            group.head = "nonstate"


def _told_by(role: str) -> str:
    """Return what an affix of a noun of office marks; an "and" on it marks nothing."""
    return "" if role == "joiner" else role


def _mark_behind(group: Group, posts: Mapping[int, Span]) -> None:
    """Mark a group by the postposition behind it or its noun of office: "रूस के मंत्री से"."""
    end = group.end if group.head == "deal" else max(group.end, group.head_end)
    post = posts.get(group.end) or posts.get(end)
    if post and not group.marker:
        role = post.entry.value
        group.marker, group.marked_at = "" if role == "none" else role, group.start


def _before(place: int, skipped: Mapping[int, Span]) -> int:
    for _ in range(3):
        span = skipped.get(place)
        if span is None:
            break
        place = span.start
    return place


def _head(
    words: Words,
    group: Group,
    heads: Mapping[int, Span],
    possessives: Mapping[int, Span],
    stops: Collection[int],
    taken: set[int],
    reach: int,
) -> None:
    place = group.end
    owner = possessives.get(place)
    if owner:
        group.possessive, place = True, owner.end
    elif group.marker == "of" and group.role == "of":
        group.possessive = True  # a genitive before its noun: "Rusya'nın bakanı"
    far = group.possessive or bool(group.forms & {Form.DEMONYM, Form.SURNAME})
    limit = place + (reach if far else 1)
    while place < min(limit, len(words.words)):
        found = heads.get(place)
        if found and (found.entry.value != "encounter" or group.forms <= _PLACES):
            if not group.office:
                group.head, group.head_end = found.entry.value, found.end
                bare = group.marker == "" or (group.possessive and group.marker == "of")
                group.marker = found.role if bare else group.marker
            return
        if place in stops or place in taken or not words.words[place][0].isalnum():
            return
        place += 1
