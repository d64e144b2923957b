"""One text as one case sees it: every trigger asked who, whether and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from jobs.detection.attributions import find_attributions
from jobs.detection.clauses import Clause, cut_clauses
from jobs.detection.dates import When, find_date
from jobs.detection.factuality import Judgement, Setting, judge
from jobs.detection.frames import Found, Scene, find_actors
from jobs.detection.groups import Group, Strength, gather
from jobs.detection.lexicon import Entry, Form, Kind, Lexicon, Span
from jobs.detection.normalise import Words
from jobs.domain.events import DateBasis, EventStatus, EventType, Mention
from jobs.reference.cases import Case
from jobs.reference.phrases import Trigger

RULES_VERSION = "1"

_SUBJECT_MAY_BE_SEAT = frozenset(
    (EventType.MEETING, EventType.AGREEMENT, EventType.MISSION, EventType.CREDENTIALS)
)
_NEWS = timedelta(days=1)
_PRESENCE = Trigger("meeting.presence", EventType.MEETING, (), detail="visit", place=True, noun=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """One trigger looked at: the mentions it gave, or why it gave none."""

    rule: str
    clause: str
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    dropped: str = ""
    is_title: bool = False
    is_noun: bool = False
    is_dated: bool = False
    """Whether a day at most one before publication is named."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text read once: what every case is then looked for in."""

    words: Words
    spans: tuple[Span, ...]
    title_end: int
    lexicon: Lexicon
    published: date | None
    trapped: frozenset[str] = frozenset()
    """The cases of which a trap was met: what sounds like their subject is another."""


class CaseReading:
    """Goes through a text clause by clause, remembering who it is about."""

    def __init__(self, read: Read, case: Case) -> None:
        self._read = read
        self._case = case
        self._groups = gather(read.words, read.spans, case.id, case.seat)
        self._clauses = cut_clauses(
            read.words,
            read.spans,
            read.title_end,
            read.lexicon.phrases.grammar,
            (range(group.start, group.end) for group in self._groups if len(group.codes) > 1 or group.subject),
        )
        self._voices = find_attributions(read.spans, self._clauses, self._groups)
        self._strength = max((g.subject for g in self._groups), default=Strength.NOT)
        self._topic: tuple[str, ...] = ()
        self._hosts: tuple[str, ...] = ()
        self._following = frozenset(read.lexicon.phrases.classes.get("following", ()))
        self._trapped = case.id in read.trapped
        self._elsewhere = False
        self._last: Trigger | None = None

    def findings(self) -> Iterator[Finding]:
        """Yield what each trigger gave, in order."""
        before: Clause | None = None
        for clause in self._clauses:
            groups = [g for g in self._groups if clause.start <= g.start < clause.end]
            self._note_title(clause, groups)
            for trigger in self._triggers(clause, groups):
                finding = self._look(trigger, clause, before, groups)
                if finding.mentions:
                    self._last = trigger.entry.trigger
                yield finding
            self._turn_topic(groups)
            if clause.is_title and not self._hosts:
                self._hosts = next((g.codes for g in groups if g.codes and g.marker in ("place", "goal")), ())
            before = clause

    def _triggers(self, clause: Clause, groups: Sequence[Group]) -> list[Span]:
        glued = self._read.words.glued
        return [
            t
            for t in _triggers(clause, groups, self._last)
            if t.start not in glued or t.end - t.start > 1
        ]

    def _note_title(self, clause: Clause, groups: Sequence[Group]) -> None:
        if clause.is_title and not self._topic:
            self._turn_topic(groups)

    def _turn_topic(self, groups: Sequence[Group]) -> None:
        """Remember who is spoken of, for the pronouns and ellipses to come."""
        for group in groups:
            if group.codes and group.marker in ("", "by") and group.head not in ("nonstate", "list"):
                self._topic = group.codes
                return
        if not self._topic:
            self._topic = next((g.codes for g in groups if g.codes and g.head != "nonstate"), ())

    def _look(
        self, trigger: Span, clause: Clause, before: Clause | None, groups: list[Group]
    ) -> Finding:
        trigger = _as_host_closes(trigger, clause, groups)
        kind = trigger.entry.trigger
        assert kind is not None
        scene = self._scene(clause, groups, trigger)
        words = (self._said(trigger),)
        if not self._is_about_subject(kind, clause):
            return self._dropped(trigger, clause, words, "no subject")
        if self._elsewhere and kind.type is EventType.RECOGNITION and not any(g.subject for g in groups):
            return self._dropped(trigger, clause, words, "other object")
        found = find_actors(trigger, scene)
        self._elsewhere = self._elsewhere or found.rule == "other object"
        codes = tuple(c for c in found.codes if c != self._case.seat)
        if not codes:
            return self._dropped(trigger, clause, words, f"no actor: {found.rule}")
        when = self._when(clause)
        judged = judge(
            trigger,
            Setting(self._read.words.words, clause, before, when, self._read.published, self._following),
        )
        if judged.status is EventStatus.PLANNED:
            when = self._when(clause, ahead=True)
        if judged.urged:
            return self._dropped(trigger, clause, words, "urged only")
        if judged.stative and clause.start > 0 and kind.type is EventType.RECOGNITION:
            return self._dropped(trigger, clause, words, "standing refusal")
        mentions = tuple(self._mention(c, trigger, clause, found, judged, when) for c in codes)
        return Finding(
            mentions[0].rule,
            mentions[0].clause,
            mentions[0].words,
            mentions,
            is_title=clause.is_title,
            is_noun=kind.noun,
            is_dated=bool(when and when.on and self._read.published and self._read.published - when.on <= _NEWS),
        )

    def _scene(self, clause: Clause, groups: list[Group], trigger: Span) -> Scene:
        earlier = [
            g
            for c in self._clauses
            if c.sentence == clause.sentence and c.start < clause.start
            for g in self._groups
            if c.start <= g.start < c.end
        ]
        near = max((g.subject for g in [*groups, *earlier]), default=Strength.NOT)
        return Scene(clause, groups, earlier, self._topic, self._hosts, max(near, self._strength))

    def _is_about_subject(self, kind: Trigger, clause: Clause) -> bool:
        if kind.subject and not any(
            g.subject for c in self._clauses if c.sentence == clause.sentence for g in self._groups
            if c.start <= g.start < c.end
        ):
            return False
        if self._strength is Strength.NAMED:
            return True
        if self._trapped:
            return False
        return (kind.type in _SUBJECT_MAY_BE_SEAT or bool(kind.actor)) and self._strength is Strength.SEAT

    def _when(self, clause: Clause, *, ahead: bool = False) -> When | None:
        phrases = self._read.lexicon.phrases
        words = self._read.words.words
        found = find_date(words[clause.start : clause.end], self._read.published, phrases.calendar, ahead=ahead)
        if found:
            return found
        if clause.has("past") or clause.opener in self._following:
            return None
        same = [c for c in self._clauses if c.sentence == clause.sentence]
        return find_date(words[same[0].start : same[-1].end], self._read.published, phrases.calendar, ahead=ahead)

    def _mention(
        self, code: str, trigger: Span, clause: Clause, found: Found, judged: Judgement, when: When | None
    ) -> Mention:
        kind = trigger.entry.trigger
        assert kind is not None
        on, basis = _dated(judged.status, when, self._read.published)
        return Mention(
            case=self._case.id,
            actor=code,
            type=kind.type,
            status=judged.status,
            on=on,
            basis=basis,
            rule=f"{kind.id}/{found.rule}",
            clause=self._text(clause),
            words=(self._said(trigger), *judged.words),
            attributions=self._voices,
            detail=kind.detail,
            rules_version=RULES_VERSION,
        )

    def _dropped(self, trigger: Span, clause: Clause, words: tuple[str, ...], why: str) -> Finding:
        return Finding(trigger.entry.value, self._text(clause), words, (), why)

    def _said(self, span: Span) -> str:
        return " ".join(self._read.words.words[span.start : span.end])

    def _text(self, clause: Clause) -> str:
        words = self._read.words
        return words.text[words.starts[clause.start] : words.ends[clause.end - 1]]


def _dated(
    status: EventStatus, when: When | None, published: date | None
) -> tuple[date | None, DateBasis]:
    """Return an event's day and where it comes from, as each status allows."""
    if when and when.on:
        return when.on, DateBasis.STATED
    if status in (EventStatus.PLANNED, EventStatus.PAST) or published is None:
        return None, DateBasis.UNKNOWN
    return published, DateBasis.PUBLISHED


def _triggers(clause: Clause, groups: Sequence[Group], last: Trigger | None) -> list[Span]:
    """Return the triggers of a clause that have what they need; of overlapping ones the longest.

    "Pakistan did the same" repeats the last act told.
    """
    chosen: list[Span] = []
    for span in sorted(clause.spans, key=lambda s: s.start - s.end):
        if span.entry.kind is Kind.TRIGGER and _is_served(span, clause):
            assert span.entry.trigger is not None
            if span.entry.trigger.repeats and (not last or last.type is not span.entry.trigger.type):
                continue
            if not any(
                c.entry.trigger and c.entry.trigger.type is span.entry.trigger.type
                and c.start < span.end and span.start < c.end
                for c in chosen
            ):
                chosen.append(span)
    if not chosen and (seen := _presence(clause, groups)):
        chosen.append(seen)
    repeats = clause.classes("again")
    if repeats and last:
        like = replace(last, id=f"{last.type}.again", status=EventStatus.PAST, needs=(), noun=True)
        chosen = [Span(repeats[0].start, repeats[0].end, Entry(Kind.TRIGGER, like.id, trigger=like))]
    return sorted(chosen, key=lambda s: s.start)


def _as_host_closes(trigger: Span, clause: Clause, groups: Sequence[Group]) -> Span:
    """Return a closing of the subject's own (or the former regime's) mission as the host's act."""
    kind = trigger.entry.trigger
    assert kind is not None
    if kind.detail != "closed":
        return trigger
    own = any(g.subject and g.head == "embassy" and not g.codes for g in groups)
    if not own and not clause.has("old_regime"):
        return trigger
    done = replace(kind, status=EventStatus.DONE)
    return trigger._replace(entry=trigger.entry._replace(trigger=done))


def _is_served(span: Span, clause: Clause) -> bool:
    trigger = span.entry.trigger
    assert trigger is not None
    if any(clause.has(name) for name in trigger.without):
        return False
    if not trigger.needs:
        return True
    objects = clause.classes(*trigger.needs)
    if "forum" in trigger.needs:
        objects += [s for s in clause.spans if s.entry.kind is Kind.FORUM]
    if trigger.after and not _is_passive(span, clause):
        objects = [o for o in objects if o.start >= span.start]
    if not trigger.near:
        return bool(objects)
    return any(
        o.start - span.end <= trigger.near and span.start - o.end <= trigger.near
        for o in objects
    )


def _presence(clause: Clause, groups: Sequence[Group]) -> Span | None:
    """Return a visit told without a verb: "Iranian minister in Kabul", "Muttaqi in Moscow"."""
    for one, other in zip(groups, groups[1:], strict=False):
        guest = one.head in ("person", "organ") or Form.LEADER in one.forms or Form.SURNAME in one.forms
        if guest and one.marker == "" and other.marker == "place" and bool(one.subject) != bool(other.subject):
            if bool(one.codes) or bool(other.codes):
                return Span(one.end, one.end + 1, Entry(Kind.TRIGGER, _PRESENCE.id, trigger=_PRESENCE))
    return None


def _is_passive(span: Span, clause: Clause) -> bool:
    """Say whether a verb's object stands before it: "was named", "named by Beijing"."""
    return any(span.start - 4 <= c.start < span.start for c in clause.classes("passive")) or any(
        span.end <= c.start <= span.end + 3 for c in clause.classes("by")
    )
