"""One text as one case sees it: every trigger asked who, whether and when."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from jobs.detection.attributions import find_attributions
from jobs.detection.clauses import Clause, cut_clauses
from jobs.detection.dates import When
from jobs.detection.factuality import judge
from jobs.detection.findings import Finding, Read
from jobs.detection.frames import find_actors
from jobs.detection.groups import Group, Strength, gather
from jobs.detection.judgements import Judgement, Setting
from jobs.detection.lexicon import Kind, Span
from jobs.detection.memory import Memory
from jobs.detection.overviews import look_over
from jobs.detection.passages import Passage, by_clause
from jobs.detection.recognisers import ELSEWHERE
from jobs.detection.scenes import Found, Scene
from jobs.detection.themes import Theme
from jobs.detection.triggers import as_host_closes, choose_triggers
from jobs.domain.events import TAKES_BACK, DateBasis, EventStatus, EventType, Mention
from jobs.reference.cases import Case
from jobs.reference.phrases import Trigger

RULES_VERSION = "1"

_OWNED = frozenset(("possessor", "by"))
_GUESSED = frozenset(("topic", "understood", "afar"))
_NEWS = timedelta(days=1)
_STATEMENTS = frozenset((EventStatus.PLANNED, EventStatus.CONSIDERED, EventStatus.DENIED))


class CaseReading:
    """Goes through a text clause by clause, remembering who it is about."""

    def __init__(self, read: Read, case: Case, *, at_home: bool = False, home: str = "") -> None:
        """``at_home`` says that the subject's own press writes: its officials need no name;
        ``home`` is the state whose press does otherwise, as far as that is known."""
        self._read = read
        self._case = case
        self._grammar = read.lexicon.phrases.grammar
        self._groups = gather(read.words, read.spans, case.id, case.seat, self._grammar)
        objects = {g.marked_at for g in self._groups if g.marker == "object"}
        self._clauses = cut_clauses(
            read.words,
            [span for span in read.spans if not _only_marks(span, objects)],
            read.title_end,
            self._grammar,
            (
                range(group.start, group.end)
                for group in self._groups
                if len(group.codes) > 1 or group.subject
            ),
        )
        self._named = by_clause(self._clauses, self._groups)
        self._voices = find_attributions(read.spans, self._clauses, self._named)
        self._at_home = at_home
        self._home = home
        known = Strength.SEAT if at_home else Strength.NOT
        self._strength = max((known, *(g.subject for g in self._groups)))
        classes = read.lexicon.phrases.classes
        self._following = frozenset(classes.get("following", ()))
        self._hypothetical = frozenset(classes.get("hypothetical", ()))
        self._avowed = "avow" in classes
        self._passage = Passage(
            read.words,
            self._clauses,
            self._named,
            read.lexicon.calendar,
            self._following,
            read.published,
        )
        self._theme = Theme(
            self._groups,
            self._strength,
            is_trapped=case.id in read.trapped,
            is_sport=any(clause.has("sport") for clause in self._clauses),
            in_title=any(g.subject and g.start < read.title_end for g in self._groups),
        )
        self._overview = look_over(read.spans, self._clauses, self._named, read.title_end)
        self._memory = Memory()

    def findings(self) -> Iterator[Finding]:
        """Yield what each trigger gave, in order."""
        for place, clause in enumerate(self._clauses):
            groups = self._named[place]
            self._memory.begin(clause, groups)
            for trigger in self._triggers(clause, groups):
                finding = self._look(trigger, place)
                self._memory.note(trigger.kind, finding)
                yield finding
            self._memory.end(clause, groups)

    def _triggers(self, clause: Clause, groups: Sequence[Group]) -> list[Span]:
        glued = self._read.words.glued
        return [
            t
            for t in choose_triggers(clause, groups, self._memory.last, self._memory.told)
            if (t.kind.detail != "step" or self._overview.recognises)
            and (
                not (t.start in glued and t.end - t.start == 1)
                or (self._grammar.compounds and t.kind.noun)
            )
        ]

    def _look(self, trigger: Span, place: int) -> Finding:
        clause, groups = self._clauses[place], self._named[place]
        trigger = as_host_closes(trigger, clause, groups)
        kind = trigger.kind
        sentence = self._passage.sentence(place)
        scene = self._scene(kind, place, sentence)
        words = (self._passage.said(trigger),)
        if not self._theme.is_of(kind, [(self._clauses[at], self._named[at]) for at in sentence]):
            return self._dropped(trigger, clause, words, "no subject")
        named = any(g.subject for g in groups)
        if self._memory.elsewhere and kind.type is EventType.RECOGNITION and not named:
            return self._dropped(trigger, clause, words, "other object")
        found = find_actors(trigger, scene)
        self._memory.elsewhere |= found.rule == "other object"
        codes = tuple(
            c
            for c in found.codes
            if c != self._case.seat
            and not self._merely_opposes(c, kind, clause)
            and not _merely_allows(c, kind, clause)
        )
        met = self._memory.met
        if found.rule == "destination" and met and met.isdisjoint(found.codes):
            return self._dropped(trigger, clause, words, "only the venue")
        if not codes:
            return self._dropped(trigger, clause, words, f"no actor: {found.rule}")
        when = self._passage.when(place, ahead=kind.status is EventStatus.PLANNED)
        owned, since = found.rule in _OWNED, _owners_start(trigger, found, groups)
        judged = judge(trigger, self._setting(place, when, owned=owned, since=since))
        repeated = kind.detail == "again" and kind.type is not EventType.RECOGNITION
        if repeated and judged.status is EventStatus.DONE:
            judged = replace(judged, status=EventStatus.PAST)
        if judged.status is EventStatus.PLANNED:
            when = self._passage.when(place, ahead=True)
        if judged.urged:
            return self._dropped(trigger, clause, words, "urged only")
        if not named and self._is_rivals(kind, codes, judged):
            return self._dropped(trigger, clause, words, "an opponent's own")
        if found.rule == ELSEWHERE and judged.status is not EventStatus.DENIED:
            return self._dropped(trigger, clause, words, f"no actor: {found.rule}")
        if judged.stative and clause.start > 0 and kind.type is EventType.RECOGNITION:
            return self._dropped(trigger, clause, words, "how things stand, told in passing")
        mentions = tuple(self._mention(c, trigger, clause, found, judged, when) for c in codes)
        return Finding(
            mentions[0].rule,
            mentions[0].clause,
            mentions[0].words,
            mentions,
            is_title=clause.is_title,
            is_guess=found.rule in _GUESSED,
            is_noun=kind.noun,
            asks=clause.asks,
            is_perfect=any(0 <= trigger.start - c.end <= 2 for c in clause.classes("perfect")),
            is_aside=judged.aside,
            is_dated=bool(
                when
                and when.on
                and self._read.published
                and self._read.published - when.on <= _NEWS
            ),
        )

    def _is_rivals(self, kind: Trigger, codes: tuple[str, ...], judged: Judgement) -> bool:
        """Say whether an opponent recognises something that the clause does not name."""
        told = judged.status in (EventStatus.DONE, EventStatus.PLANNED)
        return told and kind.type is EventType.RECOGNITION and codes[0] in self._case.opponents

    def _merely_opposes(self, code: str, kind: Trigger, clause: Clause) -> bool:
        """Say whether an opponent of the case only speaks of others' recognition."""
        speaks = kind.noun or clause.has("reaction")
        return code in self._case.opponents and speaks and kind.type is EventType.RECOGNITION

    def _setting(self, place: int, when: When | None, *, owned: bool, since: int) -> Setting:
        return Setting(
            self._read.words.words,
            self._clauses[place],
            self._clauses[place - 1] if place else None,
            when,
            self._read.published,
            self._following,
            self._grammar.gerunds,
            self._grammar.infinitives,
            self._hypothetical,
            verb_last=self._grammar.order == "sov",
            free=self._grammar.order == "free",
            stretch=self._grammar.stretch,
            owned=owned or not self._avowed,
            since=since,
            holds_since=self._passage.since(place),
            spoken=self._passage.is_spoken(place),
            rumoured=any(self._clauses[at].has("rumour") for at in self._passage.sentence(place)),
            answered=self._passage.is_answered(place),
        )

    def _scene(self, kind: Trigger, place: int, sentence: range) -> Scene:
        clause = self._clauses[place]
        governing = self._clauses[place - 1] if clause.complement and place else None
        memory, overview = self._memory, self._overview
        return Scene(
            clause,
            self._named[place],
            [g for at in sentence if at < place for g in self._named[at]],
            memory.topic or self._first_named(kind, clause),
            memory.pair or (overview.pair if clause.is_title else ()),
            memory.is_body,
            memory.hosts,
            self._strength,
            memory.last.type if memory.last else None,
            governing is not None and governing.has("speech"),
            self._grammar,
            overview.forums,
            self._passage.answers(place),
            self._disavowed(place),
            memory.hero,
            overview.gathers,
            self._at_home,
            self._home,
            overview.others,
            overview.sole,
        )

    def _disavowed(self, place: int) -> bool:
        """Say whether somebody is quoted as denying what a clause tells."""
        clause = self._clauses[place]
        governing = self._clauses[place - 1] if clause.complement and place else None
        if governing and governing.has("refusal"):
            return True
        denied = any(map(clause.has, ("negation", "refusal", "refusal_after")))
        return denied and (clause.opener == ":" or self._passage.is_spoken(place))

    def _first_named(self, kind: Trigger, clause: Clause) -> tuple[str, ...]:
        """Return who the lead names first, for a headline that names nobody and asks nothing."""
        meant = kind.type not in (EventType.RECOGNITION, EventType.MEETING, EventType.FORUM)
        return self._overview.first if meant and clause.is_title and not clause.asks else ()

    def _mention(
        self,
        code: str,
        trigger: Span,
        clause: Clause,
        found: Found,
        judged: Judgement,
        when: When | None,
    ) -> Mention:
        kind = trigger.kind
        on, basis = _dated(judged.status, when, self._read.published)
        return Mention(
            case=self._case.id,
            actor=code,
            type=kind.type,
            status=judged.status,
            on=on,
            basis=basis,
            rule=f"{kind.id}/{found.rule}",
            clause=self._passage.text(clause),
            words=(self._passage.said(trigger), *judged.words),
            attributions=self._voices,
            detail=_detail(kind, judged.status),
            rules_version=RULES_VERSION,
        )

    def _dropped(self, trigger: Span, clause: Clause, words: tuple[str, ...], why: str) -> Finding:
        return Finding(trigger.entry.value, self._passage.text(clause), words, (), why)


def _detail(kind: Trigger, status: EventStatus) -> str:
    """Return what refines the type: of a plan or a denial, that it is of taking back."""
    of_undoing = kind.status is EventStatus.REVERSED and status in _STATEMENTS
    return TAKES_BACK if of_undoing else kind.detail


def _owners_start(trigger: Span, found: Found, groups: Sequence[Group]) -> int:
    """Return where an act's owner is named, if somebody else speaks: "China opposes Israel's"."""
    if found.rule != "possessor" or not trigger.kind.noun:
        return 0
    owner = next((g for g in groups if g.codes == found.codes and g.end <= trigger.start), None)
    if owner is None:
        return 0
    others = (g.codes for g in groups if g.end <= owner.start and not g.marker and g.codes)
    return owner.start if any(set(codes).isdisjoint(found.codes) for codes in others) else 0


def _merely_allows(code: str, kind: Trigger, clause: Clause) -> bool:
    """Say whether an organisation only lets a visit happen: "the UN allowed him to travel"."""
    return kind.type is EventType.MEETING and any(s.kind.actor == code for s in clause.triggers)


def _only_marks(span: Span, objects: Collection[int]) -> bool:
    """Say whether a word that may be a cue only marks a name as acted on: 将塔利班除名."""
    return span.start in objects and span.entry.kind is Kind.CLASS and span.entry.value == "plan"


def _dated(
    status: EventStatus, when: When | None, published: date | None
) -> tuple[date | None, DateBasis]:
    """Return an event's day and where it comes from, as each status allows."""
    if when and when.on:
        return when.on, DateBasis.STATED
    if status in (EventStatus.PLANNED, EventStatus.PAST) or published is None:
        return None, DateBasis.UNKNOWN
    return published, DateBasis.PUBLISHED
