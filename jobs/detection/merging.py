"""One text says one thing of one event: its mentions of the same act settled into one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jobs.detection.reading import Finding
from jobs.domain.events import DateBasis, EventStatus, Mention


def settle_mentions(findings: Iterable[Finding]) -> list[Mention]:
    """Return each (case, actor, type) once, in order.

    The headline's word holds, except where it only names the act and the text then tells
    it, or tells in the present tense what the text puts on a day to come. What the text
    tells in passing of states that the headline does not name is background.
    """
    told = list(findings)
    kept: dict[tuple[str, str, str], tuple[Finding, Mention]] = {}
    heads = {m.actor for f in told if f.is_title for m in f.mentions}
    for finding in told:
        for mention in finding.mentions:
            key = (mention.case, mention.actor, mention.type)
            mention = _as_tail(finding, mention, heads)
            if key not in kept or _overrules(finding, mention, *kept[key]):
                kept[key] = (finding, mention)
    return [mention for _, mention in kept.values()]


def _as_tail(finding: Finding, mention: Mention, heads: set[str]) -> Mention:
    aside = heads and not finding.is_title and mention.actor not in heads
    if aside and mention.status is EventStatus.DONE and not finding.is_dated:
        return replace(mention, status=EventStatus.PAST, on=None, basis=DateBasis.UNKNOWN)
    return mention


def _overrules(new: Finding, mention: Mention, old: Finding, kept: Mention) -> bool:
    """Say whether a later mention of the same act is the surer one."""
    if kept.status is EventStatus.DONE and old.is_noun and not new.is_noun:
        return mention.status is not EventStatus.PAST
    if old.is_title and kept.status in (EventStatus.DONE, EventStatus.REVERSED):
        return mention.status is EventStatus.PLANNED and mention.basis is DateBasis.STATED
    return False
