"""One text says one thing of one event: its mentions of the same act settled into one."""

from collections.abc import Iterable
from dataclasses import replace

from jobs.detection.findings import Finding
from jobs.domain.events import ALERTABLE, DateBasis, EventStatus, EventType, Mention


def settle_mentions(findings: Iterable[Finding]) -> list[Mention]:
    """Return each (case, actor, type) once, in order.

    The headline's word holds, except where it only names the act or asks, and the text then
    tells it, or tells in the present tense what the text puts on a day to come. What the text
    tells in passing of states that the headline does not name is background.
    """
    told = list(findings)
    kept: dict[tuple[str, str, str], tuple[Finding, Mention]] = {}
    heads = {m.actor for f in told if f.is_title and not f.is_guess for m in f.mentions}
    head_types = {m.type for f in told if f.is_title for m in f.mentions}
    for finding in told:
        for mention in finding.mentions:
            key = (mention.case, mention.actor, mention.type)
            mention = _as_tail(finding, mention, heads, head_types)
            if key not in kept or _overrules(finding, mention, *kept[key]):
                kept[key] = (finding, mention)
    return [mention for _, mention in kept.values()]


def _as_tail(
    finding: Finding, mention: Mention, heads: set[str], head_types: set[EventType]
) -> Mention:
    aside = bool(heads) and mention.actor not in heads
    summed_up = finding.is_perfect and mention.type not in head_types
    told_in_passing = not finding.is_title and not finding.is_dated and (aside or summed_up)
    if told_in_passing and mention.status is EventStatus.DONE:
        return replace(mention, status=EventStatus.PAST, on=None, basis=DateBasis.UNKNOWN)
    return mention


def _overrules(new: Finding, mention: Mention, old: Finding, kept: Mention) -> bool:
    """Say whether a later mention of the same act is the surer one."""
    if kept.status is EventStatus.DONE and old.is_noun and mention.status is not EventStatus.PAST:
        return not new.is_noun or mention.status is not EventStatus.DONE
    if old.asks and not new.asks:
        return mention.status in ALERTABLE
    if old.is_title and kept.status in (EventStatus.DONE, EventStatus.REVERSED):
        ahead = mention.on is not None and (kept.on is None or mention.on > kept.on)
        stated = mention.basis is DateBasis.STATED
        return mention.status is EventStatus.PLANNED and stated and ahead
    return False
