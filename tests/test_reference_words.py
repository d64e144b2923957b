"""The tables of words: actors and phrases are complete, checked and quick to load."""

import time
from pathlib import Path

import pytest

from jobs.detection import Detector
from jobs.errors import ConfigError
from jobs.reference import DATA, load_reference
from jobs.reference.actors import ActorKind, load_actors
from jobs.reference.phrases import CLASSES, load_phrases
from tests.detecting import DATA as TEST_DATA

LANGUAGES = sorted(path.stem for path in (DATA / "phrases").glob("*.toml"))


def test_every_state_has_a_name_in_every_language() -> None:
    actors = load_actors(DATA / "actors.toml")
    states = [a for a in actors.values() if a.kind is ActorKind.STATE]
    assert len(states) > 190
    assert [(a.code, lang) for a in states for lang in LANGUAGES if lang not in a.names] == []


@pytest.mark.parametrize("code", ["EU", "UN", "SCO", "OIC", "NATO", "ICC", "GCC"])
def test_organisations_are_actors(code: str) -> None:
    assert load_actors(DATA / "actors.toml")[code].kind is ActorKind.ORGANISATION


def test_an_actor_without_an_english_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "actors.toml"
    path.write_text('[XX]\nkind = "state"\nru = { names = ["Икс"] }\n', "utf-8")
    with pytest.raises(ConfigError, match="XX: no English name"):
        load_actors(path)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[classes]\nverbs = ['x']\n", "unknown verbs"),
        ("[[triggers]]\nid = 'x'\ntype = 'war'\nwords = ['x']\n", "war"),
        ("[[triggers]]\nid = 'x'\ntype = 'forum'\nwords = ['x']\nneeds = ['y']\n", "unknown y"),
        ("[[triggers]]\nid = 'x'\ntype = 'forum'\n", "words"),
        ("not toml", "cannot be read"),
    ],
    ids=repr,
)
def test_a_wrong_phrases_file_names_what_is_wrong(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "xx.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=named) as caught:
        load_phrases(path)
    assert str(path) in str(caught.value)


def test_english_fills_every_class() -> None:
    assert set(load_phrases(DATA / "phrases" / "en.toml").classes) == CLASSES


def test_tables_load_quickly() -> None:
    started = time.process_time()
    Detector(load_reference(TEST_DATA / "cases"))
    assert time.process_time() - started < 2
