"""What stands in ``deploy/`` fits the program: figures, settings, verbs, paths."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from jobs.domain.health import State
from tests.all_figures import all_figures

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus-rules.yaml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"

PROMETHEUS_OWN = {"up"}


def rules() -> list[dict[str, Any]]:
    """Return the example's alert rules."""
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Return the dashboard's panels, without the headings of its rows."""
    document = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [panel for panel in document["panels"] if panel["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """Yield every query with what it is part of."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def asked_of(query: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the figures that a query asks for, with the labels it goes by."""
    for name, braces in re.findall(r"\b(\w+)((?:\{[^}]*\})?)", query):
        if name.startswith(("recognition_watch_", "process_")) or name in PROMETHEUS_OWN:
            yield name, dict(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"", braces))


@pytest.mark.parametrize(("title", "query"), list(queries()))
def test_a_query_can_be_read_and_asks_for_figures_that_there_are(title: str, query: str) -> None:
    promql_parser.parse(query)
    known = {name: figure for figure in all_figures() for name in figure.names}
    asked = list(asked_of(query))
    assert asked, f"{title}: asks for nothing of ours"
    for name, labels in asked:
        if name in PROMETHEUS_OWN:
            continue
        assert name in known, f"{title}: {name}"
        assert set(labels) - {"job", "le"} <= {*known[name].labels}, f"{title}: {labels}"
    for group in re.findall(r"\bby \(([^)]*)\)", query):
        wanted = {word.strip() for word in group.split(",")} - {"le"}
        assert all(wanted <= {*known[name].labels} for name, _ in asked), f"{title}: by {group}"


def test_every_figure_of_ours_is_on_the_dashboard() -> None:
    shown = {
        name for panel in panels() for t in panel["targets"] for name, _ in asked_of(t["expr"])
    }
    missing = {
        figure.name
        for figure in all_figures()
        if figure.name.startswith("recognition_watch_") and not figure.names & shown
    }
    assert missing == set()


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert {"summary", "action"} <= set(rule["annotations"]), rule["alert"]


def test_states_and_jobs_that_the_rules_name_exist() -> None:
    text = RULES.read_text(encoding="utf-8")
    for pattern in re.findall(r"state(?:=~|!=)\"([^\"]*)\"", text):
        assert set(pattern.split("|")) <= {state.value for state in State}


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    document = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in document["panels"]:
        at = panel["gridPos"]
        cells = {
            (at["x"] + right, at["y"] + down) for right in range(at["w"]) for down in range(at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells
