"""Origins: how many independent voices stand behind an event (design, rule 3)."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

from rapidfuzz import fuzz, process

from jobs.domain.events import Evidence, MentionId
from jobs.domain.items import Tier
from jobs.ledger.dating import said_at
from jobs.ledger.heads import Head, head_of, headless

ORGAN = "organ:"
EMBASSY = "embassy:"
"""How an attribution names the organ of a state (``organ:RU``), its embassies apart; all
else is a voice."""

COPY_LIKENESS = 85
"""token_set_ratio from which two texts on one event are one text, measured on reprints."""

COPY_WORDS = 5
"""Below this many words two reports of one event are alike by nature, not by copying."""

MOST_TEXTS = 48
"""How many texts of one event a new one is compared with. By then its grade is settled,
and a story told five hundred times must not cost the square of that."""

OWNERS = {"ria novosti": "rossiya segodnya", "sputnik": "rossiya segodnya", "tolo": "moby"}
"""Whose voice a credited wire is, where the owner bears another name: else an item of the
wire itself and a copy of it would pass for two."""

TAKEN_BACK = "head.taken-back"
"""The rule of a mention that only takes back what its voice said of the event."""

CORRECTABLE = timedelta(days=3)
"""How long after an item its voice may still correct or withdraw it."""


def in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return evidence oldest first, the same whatever order it came in."""
    return sorted(evidence, key=lambda each: (said_at(each), each.seen_at, each.mention_id))


def origins_of(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the independent voices, earliest first: forty copies of one wire are one."""
    return tuple(dict.fromkeys(trace(evidence).values()))


def trace(evidence: Sequence[Evidence]) -> dict[MentionId, str]:
    """Return each mention's origin, earliest first.

    A text that credits a wire is that wire's; an official outlet speaks as its state's
    organ; any other is its owner's family. A text nearly equal to an earlier one is the
    earlier one's voice, and where the later copy names the wire, both are the wire's.
    Compares only what it is given: the evidence of one event.
    """
    origins: dict[MentionId, str] = {}
    owed: dict[str, str] = {}
    texts: dict[str, str] = {}
    for each in in_order(evidence):
        text, origin = text_of(each), voice_of(each)
        copied = _copied_from(text, texts)
        if copied is not None and _is_wire(each):
            owed.setdefault(copied, origin)
        elif copied is not None:
            origin = copied
        texts.setdefault(text, origin)
        origins[each.mention_id] = origin
    return {mention: _root(origin, owed) for mention, origin in origins.items()}


def withdrawn(evidence: Sequence[Evidence], origins: Mapping[MentionId, str]) -> set[MentionId]:
    """Return the mentions that their own origin has taken back or corrected since.

    A withdrawal speaks for the voice that it credits: what copied that voice falls
    with it, whoever published the copy. A correction replaces what the voice said before.
    """
    fallen: set[MentionId] = set()
    for notice in evidence:
        head = head_of(notice.title)
        takes_back = head is Head.WITHDRAWN or notice.mention.rule == TAKEN_BACK
        if takes_back or head is Head.CORRECTED:
            fallen.update(
                each.mention_id
                for each in evidence
                if origins[each.mention_id] == origins[notice.mention_id]
                and said_at(each) <= said_at(notice)
                and (takes_back or each.mention_id < notice.mention_id)
            )
    return fallen


def corrects(evidence: Evidence, said: Sequence[Evidence]) -> bool:
    """Say whether an item is its voice's correction of what that voice said just before."""
    return head_of(evidence.title) is Head.CORRECTED and any(
        voice_of(each) == voice_of(evidence)
        and timedelta(0) <= said_at(evidence) - said_at(each) <= CORRECTABLE
        for each in said
    )


def is_same_story(title: str, other: str) -> bool:
    """Say whether two titles, heads apart, head one story."""
    pair = [" ".join(re.findall(r"\w+", headless(each).casefold())) for each in (title, other)]
    return min(map(len, pair)) > 0 and fuzz.token_set_ratio(*pair) >= COPY_LIKENESS


def text_of(evidence: Evidence) -> str:
    """Return an item's title and clause as bare words, each once: what likeness compares."""
    return bare_words(evidence.title, evidence.mention.clause)


def bare_words(title: str, clause: str) -> str:
    """Return the words of a title and a clause, heads apart, each once."""
    words = re.findall(r"\w+", f"{headless(title)} {headless(clause)}".casefold())
    return " ".join(dict.fromkeys(words))


def _credit(evidence: Evidence) -> str | None:
    voices = (
        each for each in evidence.mention.attributions if not each.startswith((ORGAN, EMBASSY))
    )
    return next(voices, None)


def _is_wire(evidence: Evidence) -> bool:
    return evidence.outlet.tier is Tier.WIRE or _credit(evidence) is not None


def voice_of(evidence: Evidence) -> str:
    """Return whose word an item is, by what it says of itself."""
    credited = _credit(evidence)
    if credited is not None:
        return OWNERS.get(credited.casefold(), credited.casefold())
    if evidence.outlet.tier is Tier.OFFICIAL:
        return f"{ORGAN}{evidence.outlet.side}"
    return evidence.outlet.family.casefold()


def _root(origin: str, owed: Mapping[str, str]) -> str:
    seen = {origin}
    while (source := owed.get(origin, origin)) not in seen:
        seen.add(source)
        origin = source
    return origin


def _copied_from(text: str, texts: Mapping[str, str]) -> str | None:
    if text in texts or _is_short(text):
        return texts.get(text)
    known = list(islice((each for each in texts if not _is_short(each)), MOST_TEXTS))
    found = process.extractOne(text, known, scorer=fuzz.token_set_ratio, score_cutoff=COPY_LIKENESS)
    return texts[found[0]] if found else None


def _is_short(text: str) -> bool:
    return text.count(" ") + 1 < COPY_WORDS
