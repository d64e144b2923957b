from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import ConfigError
from jobs.reference.tables import Table, read_table

Ask = Callable[[Table], object]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def table(**values: object) -> Table:
    return Table(Path("some.toml"), "", values)


def test_values_come_back_as_written() -> None:
    read = table(word="a", number=3, flag=False, colour="blue", words=["x", "y"])
    assert read.text("word") == "a"
    assert read.value("number", int) == 3
    assert read.value("flag", bool) is False
    assert read.choice("colour", Colour) is Colour.BLUE
    assert read.texts("words") == ("x", "y")
    read.close()


def test_what_is_left_out_takes_its_default() -> None:
    read = table()
    assert read.value("number", int, 300) == 300
    assert read.texts("words") == ()
    assert read.by_language("names") == {}
    assert read.optional_day("since") is None
    assert list(read.tables("entries")) == []


@pytest.mark.parametrize(
    ("ask", "values", "says"),
    [
        pytest.param(lambda t: t.text("a"), {}, "a: is missing", id="missing"),
        pytest.param(lambda t: t.text("a"), {"a": " "}, "a: is empty", id="blank"),
        pytest.param(lambda t: t.text("a"), {"a": 1}, "a: is 1; give a text", id="not a text"),
        pytest.param(
            lambda t: t.value("a", int), {"a": True}, "whole number", id="true is no number"
        ),
        pytest.param(lambda t: t.day("a"), {"a": "2025-07-03"}, "without quotes", id="day quoted"),
        pytest.param(lambda t: t.day("a"), {}, "give a date", id="day missing"),
        pytest.param(lambda t: t.url("a"), {"a": "ftp://x"}, "http://", id="not http"),
        pytest.param(
            lambda t: t.choice("a", Colour), {"a": "rde"}, "give one of red, blue", id="choice"
        ),
        pytest.param(lambda t: t.code("a", {"UZ"}), {"a": "XQ"}, "no actor has", id="code"),
        pytest.param(lambda t: t.codes("a", {"UZ"}), {"a": ["XQ"]}, "'XQ'", id="codes"),
        pytest.param(lambda t: t.language("a"), {"a": "prs"}, "two letters", id="language"),
        pytest.param(lambda t: t.texts("a"), {"a": "x"}, "list of texts", id="no list"),
        pytest.param(lambda t: t.texts("a"), {"a": ["x", ""]}, "list of texts", id="blank in list"),
        pytest.param(lambda t: t.texts("a"), {"a": ["x", "x"]}, "'x' twice", id="twice"),
        pytest.param(lambda t: t.by_language("a"), {"a": ["x"]}, "a line [a]", id="no table"),
        pytest.param(
            lambda t: t.by_language("a"), {"a": {"eng": ["x"]}}, "a.eng: 'eng'", id="long language"
        ),
        pytest.param(lambda t: list(t.tables("a")), {"a": [1]}, "[[a]]", id="no entries"),
    ],
)
def test_a_mistake_names_file_key_and_remedy(
    ask: Ask, values: dict[str, object], says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        ask(table(**values))
    assert str(caught.value).startswith("some.toml: a")
    assert says in str(caught.value)


def test_an_unknown_key_is_refused_with_the_nearest_known_one() -> None:
    read = table(titel="x")
    assert "title" not in read
    with pytest.raises(ConfigError, match=r"titel: no such key; did you mean title\?"):
        read.close()


def test_an_unknown_key_in_an_entry_is_numbered() -> None:
    read = table(watch=[{"actor": "UZ"}, {"actor": "KZ", "zeal": 1}])
    with pytest.raises(ConfigError, match=r"watch\[2\]\.zeal: no such key"):
        [entry.text("actor") for entry in read.tables("watch")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param(b"\xff\xfe", "is not UTF-8", id="encoding"),
        pytest.param(b"a = \n", "is no TOML", id="syntax"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "case.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=says) as caught:
        read_table(path)
    assert str(path) in str(caught.value)


scalars = st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.datetimes()
values = st.recursive(scalars, lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=5)


@given(values)
def test_no_value_escapes_as_another_error(value: object) -> None:
    asks: list[Ask] = [
        lambda t: t.text("a"),
        lambda t: t.day("a"),
        lambda t: t.url("a"),
        lambda t: t.choice("a", Colour),
        lambda t: t.codes("a", {"UZ"}),
        lambda t: t.by_language("a"),
        lambda t: [entry.text("b") for entry in t.tables("a")],
    ]
    for ask in asks:
        try:
            ask(table(a=value))
        except ConfigError as error:
            assert str(error).startswith("some.toml: a")  # noqa: PT017
