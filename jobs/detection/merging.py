"""One text says one thing of one event: its mentions of the same act settled into one."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from jobs.detection.findings import Finding
from jobs.domain.events import ALERTABLE, DateBasis, EventStatus, EventType, Mention

_ENDS = frozenset((EventType.FORUM, EventType.CREDENTIALS))
"""Types of what one travels for, and which is told of instead of the way there."""


_BODIES = frozenset(("UN", "EU", "SCO", "OIC", "ECO"))
"""Organisations whose forums meet in some state's city, which is no party for that."""


def settle_mentions(findings: Iterable[Finding]) -> list[Mention]:
    """Return each (case, actor, type) once, in order.

    The headline's word holds, except where it only names the act or asks, and the text then
    tells it, or tells in the present tense what the text puts on a day to come. What the text
    tells in passing of states that the headline does not name is background.
    """
    told = _without_vetoed(_without_ways(list(findings)))
    kept: dict[tuple[str, str, str], tuple[Finding, Mention]] = {}
    headline = _Headline(told)
    for finding in told:
        for mention in finding.mentions:
            key = (mention.case, mention.actor, mention.type)
            mention = headline.as_tail(finding, mention)
            if key not in kept or _overrules(finding, mention, *kept[key]):
                kept[key] = (finding, mention)
    return [mention for _, mention in kept.values()]


def _without_ways(findings: list[Finding]) -> list[Finding]:
    """Return the findings but visits that are only the way to a forum, or a post, there,
    and but the reception of who comes to stay."""
    told = [m for f in findings for m in f.mentions if m.type in _ENDS]
    ends = {(m.actor, m.status) for m in told}
    held = {m.status for m in told if m.type is EventType.FORUM and m.actor in _BODIES}

    taken_in = {(m.actor, m.clause) for m in told if m.type is EventType.CREDENTIALS} | {
        (m.actor, m.clause) for f in findings for m in f.mentions if m.detail == "head of mission"
    }

    def is_way(mention: Mention) -> bool:
        if mention.type is EventType.MEETING and mention.detail == "host":
            return (mention.actor, mention.clause) in taken_in
        bare = mention.rule.endswith("/destination") and mention.type is EventType.MEETING
        return bare and ((mention.actor, mention.status) in ends or mention.status in held)

    return [_without(f, is_way) for f in findings] if ends or taken_in else findings


def _without_vetoed(told: list[Finding]) -> list[Finding]:
    """Return the findings but what becomes of a bid in the body where a state vetoes it."""
    vetoed = {m.case for f in told for m in f.mentions if m.detail == "vetoed"}

    def is_outcome(mention: Mention) -> bool:
        in_body = mention.rule.endswith(("/organisation", "/forum"))
        return in_body and mention.type is EventType.FORUM and mention.case in vetoed

    return [_without(f, is_outcome) for f in told] if vetoed else told


def _without(finding: Finding, dropped: Callable[[Mention], bool]) -> Finding:
    return replace(finding, mentions=tuple(m for m in finding.mentions if not dropped(m)))


class _Headline:
    """Of whom and what a text's title tells, and whom it only hints at."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        titles = [f for f in findings if f.is_title]
        self._named = {m.actor for f in titles if not f.is_guess for m in f.mentions}
        self._hinted = {m.actor for f in titles if f.is_guess for m in f.mentions}
        self._types = {f.rule.partition(".")[0] for f in titles}

    def as_tail(self, finding: Finding, mention: Mention) -> Mention:
        """Return a mention of the text, as background where it is told but in passing."""
        together = {m.actor for m in finding.mentions}
        aside = bool(self._named) and not together & self._named
        summed_up = finding.is_perfect and mention.type not in self._types
        wave = mention.type is EventType.RECOGNITION and mention.type in self._types
        aside = aside and not (wave and not finding.is_perfect)  # "Portugal followed"
        in_passing = aside or (summed_up and mention.actor not in self._hinted)
        if finding.is_title or finding.is_dated or not in_passing:
            return mention
        if mention.status is not EventStatus.DONE:
            return mention
        return replace(mention, status=EventStatus.PAST, on=None, basis=DateBasis.UNKNOWN)


def _overrules(new: Finding, mention: Mention, old: Finding, kept: Mention) -> bool:
    """Say whether a later mention of the same act is the surer one."""
    if kept.status is EventStatus.DONE and old.is_noun and mention.status is not EventStatus.PAST:
        return not new.is_noun or mention.status is not EventStatus.DONE
    if kept.detail == "step" or (old.is_aside and not new.is_aside):
        return True
    if old.asks and not new.asks:
        return mention.status in ALERTABLE
    if old.is_title and kept.status in (EventStatus.DONE, EventStatus.REVERSED):
        ahead = mention.on is not None and (kept.on is None or mention.on > kept.on)
        stated = mention.basis is DateBasis.STATED
        return mention.status is EventStatus.PLANNED and stated and ahead
    return False
