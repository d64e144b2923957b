"""What stands in ``deploy/`` fits the program: figures, settings, verbs, paths."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from bot.cli import VERBS
from jobs.domain.health import State
from jobs.settings import SECRETS, Settings
from jobs.web import WebServer
from tests.all_figures import all_figures
from tests.test_web import none, well

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


DOCKERFILE, COMPOSE = ROOT / "Dockerfile", ROOT / "compose.yaml"
UNIT = DEPLOY / "recognition-watch.service"
NOT_OURS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def settings_in(path: Path) -> set[str]:
    """Return the environment variables that a file gives the program."""
    text = path.read_text(encoding="utf-8")
    if path == DOCKERFILE:
        return set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", text, re.MULTILINE))
    if path == UNIT:
        return set(re.findall(r"^Environment=([A-Z_]+)=", text, re.MULTILINE))
    return set(yaml.safe_load(text)["services"]["watch"]["environment"])


@pytest.mark.parametrize("path", [DOCKERFILE, COMPOSE, UNIT], ids=lambda path: path.name)
def test_only_settings_that_there_are_are_set(path: Path) -> None:
    named = settings_in(path) - NOT_OURS
    assert "DATA_DIR" in named or path == UNIT  # where the unit runs, it keeps its data
    for name in named:
        secret = name.removesuffix("_FILE").lower()
        assert name.lower() in Settings.model_fields or (
            name.endswith("_FILE") and secret in SECRETS
        ), name


def test_the_verbs_that_are_run_exist() -> None:
    verbs = {verb.name for verb in VERBS}
    image = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)[-1])
    service = re.findall(r"^ExecStart=\S*/recognition-watch (.*)$", UNIT.read_text(), re.MULTILINE)
    composed = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["watch"]["command"]
    assert {*image, *service, *composed} <= verbs


def test_the_image_has_no_rights_and_no_secrets() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users
    assert users[-1] not in ("root", "0")
    assert "HEALTHCHECK" in text
    assert "--require-hashes" in text
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!").strip("/") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    assert ".env" not in allowed
    # What the build copies and the packaging names must be let in.
    assert {"bot", "jobs", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"} == allowed


def test_the_images_health_check_asks_the_running_program() -> None:
    words = re.findall(r"^    CMD (\[.*\])$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    command = json.loads(words[0])[1:]

    async def asked(ok: bool) -> int:
        server = WebServer(lambda: {"ok": ok}, well, none)
        server.start("127.0.0.1", 0)
        asking = await asyncio.create_subprocess_exec(
            *(sys.executable, *command),
            env={"HTTP_PORT": str(server.port)},
            stderr=asyncio.subprocess.DEVNULL,
        )
        code = await asking.wait()
        await server.stop()
        return code

    assert asyncio.run(asked(True)) == 0
    assert asyncio.run(asked(False)) != 0


def test_the_composed_program_is_locked_in() -> None:
    document = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    watch = document["services"]["watch"]
    assert watch["read_only"] is True
    assert watch["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in watch["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in watch["ports"])
    # Every secret and volume that is used is declared, and none is a value in the file.
    for service in document["services"].values():
        assert set(service.get("secrets", [])) <= set(document["secrets"])
        used = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert used <= set(document["volumes"])
    assert all(set(secret) == {"file"} for secret in document["secrets"].values())
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_unit_is_right_and_hardened(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    there = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE)
    unit.write_text(there, encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True
    )
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
    assert exposure is not None
    assert float(exposure[1]) <= 2.0
