"""Where a report was written is nobody's act: cut the dateline off a lead."""

import re

_HEAD = 70
_FEW = 2
"""Words of a dateline in a script without capitals."""
_TITLES = 5
"""Words of a dateline in a headline, which may write every word with a capital."""
_RULE = re.compile(r"\s*(?:–|--|\s-\s|:)\s*")
_WORD = re.compile(r"[^\W\d_]+")


def without_dateline(lead: str, *, is_title: bool = False) -> tuple[str, str]:
    """Return (dateline, rest) of a cleaned text; the dateline is empty where there is none.

    ``KABUL, Sept. 24 (AFP) – …``, ``LONDON: …``, ``New York, MINA – …``: a place in
    capitals, or a place followed by a comma or bracket, before the first dash. A headline's
    ``US: …`` names who speaks, so a colon counts only in a lead, after a whole place.
    """
    match = _RULE.search(lead, 0, _HEAD)
    if match is None or match.start() == 0:
        return "", lead
    head = lead[: match.start()]
    if _is_dateline(head, colon=":" in match.group(), is_title=is_title):
        return head, lead[match.end() :]
    return "", lead


def _is_dateline(head: str, *, colon: bool, is_title: bool) -> bool:
    words = _WORD.findall(head)
    if not words or len(words) > 8:
        return False
    if head.upper() == head.lower():
        return not is_title and not colon and len(words) <= _FEW
    if not words[0][0].isupper():
        return False
    shouted = len(words[0]) > 3 and words[0].isupper()
    if colon:
        return shouted and not is_title and head.upper() == head
    marked = "," in head or "(" in head
    if is_title:
        return marked and len(words) <= _TITLES and _all_names(words)
    return shouted or (marked and _all_names(words))


def _all_names(words: list[str]) -> bool:
    return all(word[0].isupper() or len(word) <= 3 for word in words)
