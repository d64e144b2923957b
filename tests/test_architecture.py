"""The architecture page shows the imports as they are."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.test_layers import imports_of, our_modules

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"

Edges = set[tuple[str, str]]


def boxes(text: str) -> dict[str, tuple[str, ...]]:
    """Return each box of the page with the beginnings of its modules' names."""
    rows = re.findall(r"^\| (\w+) \| ((?:`[a-z_.]+` ?)+) \| .* \|$", text, re.MULTILINE)
    return {box: tuple(re.findall(r"`([a-z_.]+)`", modules)) for box, modules in rows}


def drawn(text: str) -> Edges:
    """Return the diagram's arrows."""
    diagram = text.partition("<!-- diagram -->")[2].partition("<!-- /diagram -->")[0]
    return set(re.findall(r"^\s+(\w+) --> (\w+)$", diagram, re.MULTILINE))


def box_of(module: str, named: Mapping[str, tuple[str, ...]]) -> str:
    """Return the box whose name for the module is the most exact."""
    fitting = {
        start: box
        for box, starts in named.items()
        for start in starts
        if module == start or module.startswith(f"{start}.")
    }
    return fitting[max(fitting, key=len)]


@cache
def imports() -> Edges:
    """Return which module imports which."""
    return {
        (module, target)
        for module, source in our_modules().items()
        for target in imports_of(source, module)
        if target not in ("jobs", "bot")
    }


def between(named: Mapping[str, tuple[str, ...]], found: Edges) -> Edges:
    """Return which box imports which."""
    pairs = {(box_of(module, named), box_of(target, named)) for module, target in found}
    return {(one, other) for one, other in pairs if one != other}


def reachable(edges: Edges, start: str) -> set[str]:
    """Return every box that can be reached from one."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        at = waiting.pop()
        for one, other in edges:
            if one == at and other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def needed(edges: Edges) -> Edges:
    """Return the edges that do not follow from others."""
    return {
        (one, other)
        for one, other in edges
        if not any(
            other in reachable(edges, middle)
            for start, middle in edges
            if start == one and middle != other
        )
    }


def test_the_arrows_are_the_imports() -> None:
    text = PAGE.read_text(encoding="utf-8")
    edges = between(boxes(text), imports())
    circles = {box for box in boxes(text) if box in reachable(edges, box)}
    assert circles == set()
    assert drawn(text) == needed(edges)


def test_every_box_stands_in_the_diagram_and_in_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {box for edge in drawn(text) for box in edge} == set(boxes(text))


@pytest.mark.parametrize("module", ["jobs.ledger.fusion", "bot.texts.alerts", "jobs.store.items"])
def test_a_planted_import_would_be_found(module: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    planted = {*imports(), (module, "bot.commands.table")}
    assert drawn(text) != needed(between(boxes(text), planted))


def test_every_module_that_is_named_exists() -> None:
    for starts in boxes(PAGE.read_text(encoding="utf-8")).values():
        for start in starts:
            path = ROOT / start.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").exists(), start


@pytest.mark.parametrize("page", [PAGE, ROOT / "CONTRIBUTING.md", ROOT / "docs" / "operations.md"])
def test_every_path_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\b((?:jobs|bot|tests|docs|deploy)/[\w./-]*[\w/])(?![\w*…{])", text):
        there = ROOT / name
        assert there.exists() or there.with_suffix(".py").exists(), f"{page.name}: {name}"
