"""The shipped groups, and what is refused in a table of them."""

from pathlib import Path

import pytest

from jobs.errors import ConfigError
from jobs.reference import load_reference
from jobs.reference.groups import load_groups

REFERENCE = load_reference()
WHOLE = '[x]\ntitle = "X"\nmembers = ["UZ"]\nsource = "https://x.example/"\nas_of = 2024-07-04\n'


@pytest.mark.parametrize(
    ("group", "actor", "case", "expected"),
    [
        ("neighbours", "UZ", "taliban", True),
        ("neighbours", "KZ", "taliban", False),
        ("neighbours", "EG", "palestine", True),
        ("sco", "BY", "taliban", True),
        ("sco", "SCO", "taliban", True),
        ("eu", "GB", "palestine", False),
        ("gulf", "QA", "palestine", True),
        ("g7", "RU", "taliban", False),
        ("no-such", "UZ", "taliban", False),
        ("neighbours", "UZ", "no-such", False),
    ],
)
def test_who_belongs_to_a_group(group: str, actor: str, case: str, expected: bool) -> None:
    assert REFERENCE.is_in(group, actor, case) is expected


def test_every_group_says_where_it_stands_and_since_when() -> None:
    assert len(REFERENCE.groups) >= 15
    for group in REFERENCE.groups.values():
        assert group.source.startswith("http")
        assert group.as_of is not None


def test_every_case_has_neighbours() -> None:
    for case in REFERENCE.cases.values():
        assert REFERENCE.groups["neighbours"].of[case.seat]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"UZ"', '"XX"', "no actor has the code 'XX'"),
        ('members = ["UZ"]\n', "", "give the codes of those who belong to it"),
        ("https://x.example/", "somewhere", "an address that begins with"),
        ("as_of = 2024-07-04", "", "give a date"),
        ("title", "tilte", "title: is missing"),
        ("members", "name = 1\nmembers", "no such key"),
    ],
)
def test_a_wrong_table_is_refused_by_name(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    path = tmp_path / "groups.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert load_groups(path, {"UZ"})["x"].members == {"UZ"}
    path.write_text(WHOLE.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load_groups(path, {"UZ"})
