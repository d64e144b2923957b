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
from jobs.detection.lexicon import Form, Kind, Span
from jobs.detection.overviews import named_forums, paired, sole_state
from jobs.detection.passages import Passage, by_clause
from jobs.detection.recognisers import ELSEWHERE
from jobs.detection.scenes import Found, Scene, can_act
from jobs.detection.themes import Theme
from jobs.detection.triggers import as_host_closes, choose_triggers
from jobs.domain.events import STANDING, TAKES_BACK, DateBasis, EventStatus, EventType, Mention
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
        self._topic: tuple[str, ...] = ()
        self._pair: tuple[str, ...] = ()
        self._body = False
        self._hero = False
        self._hosts: tuple[str, ...] = ()
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
        self._elsewhere = False
        self._theme = Theme(
            self._groups,
            self._strength,
            is_trapped=case.id in read.trapped,
            is_sport=any(clause.has("sport") for clause in self._clauses),
            in_title=any(g.subject and g.start < read.title_end for g in self._groups),
        )
        self._first = next((g.codes for g in self._groups if can_act(g) and not g.marker), ())
        self._first_pair = next(filter(None, map(paired, self._named)), ())
        self._sole = sole_state(self._groups)
        self._forums = named_forums(read.spans)
        self._recognises = any(
            _names_recognition(t.kind) for clause in self._clauses for t in clause.triggers
        )
        self._gathers = any(clause.has("forum") for clause in self._clauses)
        self._others = _is_of_others([g for g in self._groups if g.start < read.title_end])
        self._last: Trigger | None = None
        self._met: set[str] = set()
        self._told: set[EventType] = set()

    def findings(self) -> Iterator[Finding]:
        """Yield what each trigger gave, in order."""
        for place, clause in enumerate(self._clauses):
            groups = self._named[place]
            self._note_title(clause, groups)
            self._met = set()
            for trigger in self._triggers(clause, groups):
                finding = self._look(trigger, place)
                if finding.mentions:
                    if trigger.kind.type is EventType.MEETING:
                        self._met |= {m.actor for m in finding.mentions}
                    self._last = trigger.kind
                    self._told.add(trigger.kind.type)
                    self._note_pair(trigger.kind, finding)
                yield finding
            self._turn_topic(groups)
            if clause.is_title and not self._hosts:
                self._hosts = next(
                    (g.codes for g in groups if g.codes and g.marker in ("place", "goal")), ()
                )

    def _triggers(self, clause: Clause, groups: Sequence[Group]) -> list[Span]:
        glued = self._read.words.glued
        return [
            t
            for t in choose_triggers(clause, groups, self._last, self._told)
            if (t.kind.detail != "step" or self._recognises)
            and (
                not (t.start in glued and t.end - t.start == 1)
                or (self._grammar.compounds and t.kind.noun)
            )
        ]

    def _note_title(self, clause: Clause, groups: Sequence[Group]) -> None:
        if clause.is_title and not self._topic:
            self._turn_topic(groups)

    def _note_pair(self, kind: Trigger, finding: Finding) -> None:
        """Remember who met or agreed with the subject, for what goes unsaid later."""
        if kind.type in (EventType.MEETING, EventType.AGREEMENT):
            self._pair = tuple(mention.actor for mention in finding.mentions)

    def _turn_topic(self, groups: Sequence[Group]) -> None:
        """Remember who is spoken of, for the pronouns and ellipses to come."""
        self._pair = paired(groups) or self._pair
        plain = next((g for g in groups if (g.codes or g.subject) and not g.marker), None)
        if plain:
            self._hero = plain.subject is Strength.NAMED and not plain.codes
        for group in groups:
            if (
                group.codes
                and group.marker in ("", "by")
                and group.head not in ("nonstate", "list")
            ):
                self._topic, self._body = group.codes, Form.ORGANISATION in group.forms
                return

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
        if self._elsewhere and kind.type is EventType.RECOGNITION and not named:
            return self._dropped(trigger, clause, words, "other object")
        found = find_actors(trigger, scene)
        self._elsewhere = self._elsewhere or found.rule == "other object"
        codes = tuple(
            c
            for c in found.codes
            if c != self._case.seat
            and not self._merely_opposes(c, kind, clause)
            and not _merely_allows(c, kind, clause)
        )
        if found.rule == "destination" and self._met and not set(found.codes) & self._met:
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
        return Scene(
            clause,
            self._named[place],
            [g for at in sentence if at < place for g in self._named[at]],
            self._topic or self._first_named(kind, clause),
            self._pair or self._first_pair,
            self._body,
            self._hosts,
            self._strength,
            self._last.type if self._last else None,
            governing is not None and governing.has("speech"),
            self._grammar,
            self._forums,
            self._passage.answers(place),
            self._disavowed(place),
            self._hero,
            self._gathers,
            self._at_home,
            self._home,
            self._others,
            self._sole,
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
        return self._first if meant and clause.is_title and not clause.asks else ()

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
        in_passing = judged.stative and clause.start > 0 and kind.type is EventType.RECOGNITION
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
            detail=STANDING if in_passing else _detail(kind, judged.status),
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


def _is_of_others(title: Sequence[Group]) -> bool:
    """Say whether a headline names several states, and the subject at most as a topic."""
    codes = {c for g in title if can_act(g) for c in g.codes}
    return len(codes) > 1 and not any(
        g.subject and (g.marker not in ("topic", "of") or g.head) for g in title
    )


def _names_recognition(kind: Trigger) -> bool:
    """Say whether a word means recognition by itself, as "Moscow's step" does not."""
    named = kind.type is EventType.RECOGNITION
    return named and not kind.repeats and kind.detail != "step"


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
