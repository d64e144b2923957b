"""What an event's evidence amounts to."""

from datetime import date

import pytest

from jobs.domain.events import EventId, EventStatus, Evidence, Grade
from jobs.ledger.assessment import assess
from tests.ledger_scripts import item, moment, tell

DONE = "GH recognition done"


def said(host: str, says: str = DONE, day: str = "2019-11-12", **more: object) -> Evidence:
    return item(day, host, says, **more)  # type: ignore[arg-type]


GRADES = [
    pytest.param([said("mofa.af")], Grade.CLAIMED, id="the case's own authority"),
    pytest.param([said("mfa.rs")], Grade.CLAIMED, id="an opponent"),
    pytest.param([said("mofa.af"), said("mfa.rs")], Grade.CLAIMED, id="both parties"),
    pytest.param([said("afp.com")], Grade.REPORTED, id="one wire"),
    pytest.param([said("mofa.af"), said("afp.com")], Grade.REPORTED, id="a party and a wire"),
    pytest.param([said("afp.com"), said("bbc.com")], Grade.CORROBORATED, id="two outlets"),
    pytest.param([said("bbc.com"), said("bbc.co.uk")], Grade.REPORTED, id="one owner"),
    pytest.param(
        [said("bbc.com"), said("news.aggregate.example")], Grade.REPORTED, id="an aggregator"
    ),
    pytest.param([said("news.aggregate.example")], Grade.REPORTED, id="an aggregator alone"),
    pytest.param([said("mid.ru"), said("bbc.com")], Grade.CORROBORATED, id="another state's organ"),
    pytest.param([said("mfa.gov.gh")], Grade.CONFIRMED, id="its own organ"),
    pytest.param([said("a.example", credited=["organ:GH"])], Grade.REPORTED, id="quoted once"),
    pytest.param(
        [said("a.example", credited=["organ:GH"]), said("b.example", credited=["organ:GH"])],
        Grade.CONFIRMED,
        id="quoted by two",
    ),
    pytest.param(
        [said(f"{n}.example", credited=["AFP", "organ:GH"]) for n in range(9)],
        Grade.REPORTED,
        id="quoted by one wire and its copies",
    ),
    pytest.param(
        [said("a.example", credited=["organ:RS"]), said("b.example", credited=["organ:RS"])],
        Grade.CORROBORATED,
        id="another's organ quoted",
    ),
]


@pytest.mark.parametrize(("evidence", "grade"), GRADES)
def test_grade(evidence: list[Evidence], grade: Grade) -> None:
    assert assess(EventId(1), evidence, opponents=("RS",)).grade is grade


DENIED = "GH recognition denied"

DISPUTES = [
    pytest.param([said("afp.com")], False, id="nobody denies"),
    pytest.param([said("afp.com"), said("b92.rs", DENIED)], True, id="a party denies"),
    pytest.param([said("mfa.gov.gh"), said("b92.rs", DENIED)], False, id="its own word stands"),
    pytest.param(
        [said("mfa.gov.gh"), said("a.example", DENIED, "2019-11-14", credited=["organ:GH"])],
        True,
        id="it takes its own word back",
    ),
    pytest.param(
        [said("mfa.gov.gh"), said("a.example", DENIED, credited=["organ:GH"])],
        False,
        id="both at one time",
    ),
    pytest.param(
        [said("a.example", DENIED, credited=["organ:GH"]), said("mfa.gov.gh", day="2019-11-14")],
        False,
        id="it confirms after all",
    ),
    pytest.param(
        [said("mfa.gov.gh", DENIED), said("a.example", credited=["organ:GH"], day="2019-11-14")],
        True,
        id="one quotation settles nothing",
    ),
]


@pytest.mark.parametrize(("evidence", "contested"), DISPUTES)
def test_contested(evidence: list[Evidence], contested: bool) -> None:
    event = assess(EventId(1), evidence, opponents=("RS",))
    assert event.contested is contested
    assert event.status is EventStatus.DONE


DATES = [
    pytest.param([said("a.example", day="2019-11-13"), said("b.example")], 12, id="earliest"),
    pytest.param(
        [said("a.example"), said("b.example", f"{DONE} on 2019-11-10")], 10, id="named before bound"
    ),
    pytest.param(
        [
            said("a.example", f"{DONE} on 2019-11-10"),
            said("b.example", f"{DONE} on 2019-11-11"),
            said("c.example", f"{DONE} on 2019-11-11"),
        ],
        11,
        id="most voices",
    ),
    pytest.param(
        [
            said("a.example", f"{DONE} on 2019-11-11"),
            said("b.example", f"{DONE} on 2019-11-10", day="2019-11-13"),
        ],
        11,
        id="of equals the first",
    ),
    pytest.param(
        [
            said("a.example", f"{DONE} on 2019-11-10"),
            *(
                said(f"o{n}.example", f"{DONE} on 2019-11-11", "2019-11-13", credited=["AP"])
                for n in range(9)
            ),
        ],
        10,
        id="copies have one vote",
    ),
]


@pytest.mark.parametrize(("evidence", "day"), DATES)
def test_date(evidence: list[Evidence], day: int) -> None:
    assert assess(EventId(1), evidence).on == date(2019, 11, day)


def test_the_surest_status_counts_and_only_its_own_evidence() -> None:
    evidence = [
        said("mfa.gov.gh", "GH mission planned on 2019-11-12", detail="announced"),
        said("a.example", "GH mission done", detail="opened"),
        said("b.example", "GH mission past on 2019-11-12", "2020-01-01"),
    ]
    event = assess(EventId(1), evidence)
    shape = (event.status, event.grade, event.origins, event.detail)
    assert shape == (EventStatus.DONE, Grade.REPORTED, ("a.example",), "opened")
    assert len(event.evidence) == 3
    assert event.first_seen_at == moment("2019-11-12")


def test_an_act_withdrawn_falls_back_to_its_plan() -> None:
    evidence = [
        said("a.example", "GH mission planned on 2019-11-12", "2019-11-01"),
        said("b.example", "GH mission done"),
        said("b.example", "GH mission done", "2019-11-13", title="WITHDRAWN: embassy"),
    ]
    event = assess(EventId(1), evidence)
    assert (event.status, event.retracted) == (EventStatus.PLANNED, False)


def test_an_event_is_retracted_when_nothing_else_is_left() -> None:
    evidence = [
        said("b.example", "GH mission done"),
        said("b.example", "GH mission done", "2019-11-13", title="WITHDRAWN: embassy"),
    ]
    event = assess(EventId(1), evidence, reverses=EventId(7))
    assert (event.status, event.retracted, event.reverses) == (EventStatus.DONE, True, 7)


class TestRanks:
    SAYS, DENIES = "VU recognition done", "VU recognition denied"

    def _lines(self, *items: Evidence) -> str:
        return tell(items)[-1]

    def test_an_ambassador_does_not_reopen_what_the_capital_has_settled(self) -> None:
        last = self._lines(
            item("2011-06-01", "afp.com", self.SAYS),
            item("2011-06-02", "mofa.vu", self.SAYS),
            item("2011-06-04", "civil.ge", self.DENIES, credited=["embassy:VU"]),
        )
        assert last == "1.2 update VU recognition done 2011-06-01 confirmed GRADE_RAISED"

    def test_the_capital_overrules_its_ambassador_even_before_he_speaks(self) -> None:
        last = self._lines(
            item("2011-06-01", "afp.com", self.SAYS, credited=["embassy:VU"]),
            item("2011-06-01", "bbc.com", self.SAYS, credited=["embassy:VU"]),
            item("2011-06-03", "mofa.vu", self.DENIES),
        )
        assert last == "1.3 update VU recognition done 2011-06-01 confirmed contested DISPUTED"

    def test_of_equals_the_later_word_stands(self) -> None:
        last = self._lines(
            item("2011-06-01", "mofa.vu", self.SAYS),
            item("2011-06-03", "civil.ge", self.DENIES, credited=["organ:VU"]),
        )
        assert last.endswith("contested DISPUTED")
