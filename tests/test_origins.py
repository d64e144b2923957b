"""How many independent voices there are."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.domain.events import Evidence, Grade
from jobs.ledger.assessment import assess
from jobs.ledger.origins import OWNERS, origins_of, trace, withdrawn
from jobs.reference import load_reference
from tests.ledger_scripts import item

SAYS = "RU recognition done"
LONG = "Moscow becomes first capital to recognise the government in Kabul"


def at(minute: int, host: str, title: str = "", credited: tuple[str, ...] = ()) -> Evidence:
    return item(f"2025-07-03 14:{minute:02}", host, SAYS, title=title, credited=credited)


CASES = [
    pytest.param([at(0, "a.example"), at(1, "b.example")], ("a.example", "b.example"), id="two"),
    pytest.param([at(0, "bbc.com"), at(1, "bbc.co.uk")], ("bbc",), id="one owner"),
    pytest.param([at(0, "mid.ru"), at(1, "kremlin.ru")], ("organ:RU",), id="one state's organs"),
    pytest.param(
        [at(0, "tass.com"), at(1, "a.example", credited=("TASS",))], ("tass",), id="wire and copy"
    ),
    pytest.param(
        [at(0, "a.example", credited=("organ:RU",)), at(1, "b.example", credited=("organ:RU",))],
        ("a.example", "b.example"),
        id="an organ quoted is no outlet's voice",
    ),
    pytest.param(
        [at(0, "a.example", LONG), at(1, "b.example", LONG.upper())],
        ("a.example",),
        id="the same text",
    ),
    pytest.param(
        [at(0, "a.example", LONG), at(1, "b.example", f"{LONG} on Thursday evening")],
        ("a.example",),
        id="nearly the same text",
    ),
    pytest.param(
        [at(0, "a.example", "Russia recognises"), at(1, "b.example", "Russia recognises Taliban")],
        ("a.example", "b.example"),
        id="too short to be a copy",
    ),
    pytest.param(
        [at(0, "a.example", "Russia recognises"), at(1, "b.example", "Russia recognises")],
        ("a.example",),
        id="short and the same",
    ),
    pytest.param(
        [
            at(0, "a.example", LONG),
            at(1, "b.example", LONG, ("TASS",)),
            at(2, "c.example", credited=("TASS",)),
        ],
        ("tass",),
        id="a copy that names its wire lays the first one bare",
    ),
    pytest.param(
        [
            at(0, "a.example", LONG, ("TASS",)),
            at(1, "b.example", LONG, ("AP",)),
            at(2, "c.example", f"{LONG} today", ("TASS",)),
        ],
        ("ap",),
        id="two wires that share a text are one",
    ),
]


@pytest.mark.parametrize(("evidence", "expected"), CASES)
def test_origins(evidence: list[Evidence], expected: tuple[str, ...]) -> None:
    assert origins_of(evidence) == expected
    assert origins_of(evidence[::-1]) == expected


def test_a_withdrawal_takes_what_its_origin_said_before() -> None:
    before, other = at(0, "apnews.com"), at(0, "bbc.com")
    notice = at(5, "a.example", "RETRACTED - recognition", ("AP",))
    after = at(9, "apnews.com")
    evidence = [before, other, notice, after]
    fallen = withdrawn(evidence, trace(evidence))
    assert fallen == {before.mention_id, notice.mention_id}


@pytest.mark.parametrize("title", ["Troops withdrawn from Kabul", "Killing of envoy condemned"])
def test_a_title_that_tells_of_a_withdrawal_withdraws_nothing(title: str) -> None:
    evidence = [at(0, "apnews.com", title)]
    assert withdrawn(evidence, trace(evidence)) == set()


@given(
    hosts=st.lists(st.integers(0, 60), min_size=1, max_size=60),
    same_text=st.booleans(),
)
@settings(deadline=None)
def test_copies_of_one_wire_never_raise_the_grade(hosts: list[int], same_text: bool) -> None:
    first = at(0, "reuters.com", LONG)
    copies = [
        at(1, f"o{host}.example", LONG if same_text else "", () if same_text else ("Reuters",))
        for host in hosts
    ]
    alone = assess(1, [first])  # type: ignore[arg-type]
    echoed = assess(1, [first, *copies])  # type: ignore[arg-type]
    assert (alone.grade, echoed.grade) == (Grade.REPORTED, Grade.REPORTED)
    assert echoed.origins == alone.origins == ("reuters",)


@given(st.lists(st.sampled_from(range(len(CASES))), min_size=1, max_size=5), st.randoms())
@settings(deadline=None)
def test_origins_do_not_depend_on_the_order_of_reading(
    chosen: list[int], chance: random.Random
) -> None:
    evidence = [each for index in chosen for each in CASES[index].values[0]]  # type: ignore[union-attr]
    unique = list({each.mention_id: each for each in evidence}.values())
    shuffled = list(unique)
    chance.shuffle(shuffled)
    assert origins_of(shuffled) == origins_of(unique)


def test_every_wire_that_texts_credit_is_one_voice_with_its_own_site() -> None:
    reference = load_reference()
    families = {outlet.family.casefold() for outlet in reference.outlets.values()}
    wires = {wire.casefold() for each in reference.phrases.values() for wire in each.wires}
    # These have no site in our tables, so that no item of their own can be counted beside.
    unlisted = {"europa press", "fonet"}
    assert {OWNERS.get(wire, wire) for wire in wires} - families == unlisted
