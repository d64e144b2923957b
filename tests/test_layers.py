"""The floors of the house: a module imports only what lies below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS: list[tuple[str, ...]] = [
    ("jobs.domain", "jobs.errors"),
    ("jobs.settings", "jobs.reference", "jobs.meters", "jobs.sealing", "jobs.progress"),
    ("jobs.sources", "jobs.detection", "jobs.ledger", "jobs.store", "jobs.exports"),
    ("jobs.logs",),
    ("jobs.wording",),
    ("jobs.indexing",),
    ("jobs.telling",),
    (
        "jobs.polling",
        "jobs.watching",
        "jobs.quarantine",
        "jobs.bookkeeping",
        "jobs.gatherings",
        "jobs.digesting",
        "jobs.roster",
        "jobs.trials",
        "jobs.hooks",
        "jobs.means",
    ),
    ("jobs.operating",),
    ("jobs.ordering", "jobs.rebuild", "jobs.sourcing", "jobs.trends"),
    (
        "jobs.opml",
        "jobs.source_orders",
        "jobs.backup",
        "jobs.backing_up",
        "jobs.migrate_store",
        "jobs.chat_verbs",
    ),
    ("jobs.pipeline", "jobs.web", "jobs.heartbeat", "jobs.measuring"),
    ("jobs.doctor",),
    ("jobs.push", "jobs.vitals", "jobs.restore"),
    (
        "jobs.schedule",
        "jobs.replay",
        "jobs.evaluate",
        "jobs.check",
        "jobs.source_verb",
        "jobs.export_verb",
        "jobs.hook_verb",
    ),
    ("jobs.runtime",),
    ("jobs.cli",),
    (
        "jobs.__main__",
        "bot.texts",
        "bot.pictures",
        "bot.pacing",
        "bot.upkeep",
        "bot.outcomes",
        "bot.screen",
        "bot.taking",
        "bot.typed",
    ),
    (
        "bot.meters",
        "bot.calls",
        "bot.photos",
        "bot.recording",
        "bot.windows",
        "bot.terminal",
        "bot.publications",
    ),
    ("bot.delivery", "bot.commands"),
    ("bot.application", "bot.face", "bot.webhook", "bot.polling", "bot.page"),
    ("bot.runtime", "bot.doctor"),
    ("bot.demo",),
    ("bot.cli",),
    ("bot.__main__",),
]
DOORS = (
    "jobs.domain",
    "jobs.store",
    "jobs.settings",
    "jobs.reference",
    "jobs.errors",
    "jobs.exports",
)
STARTERS = ("bot.__main__", "bot.cli", "bot.demo", "bot.doctor", "bot.runtime")
"""The bot's modules that may also start the jobs, and so import any of them."""

BUILDERS = ("jobs.data", "bot.pictures.build_world")
"""Run by developers only; nothing imports them."""


def part_of(module: str) -> tuple[int, str]:
    """Return the floor's number and the part a module belongs to."""
    for floor, parts in enumerate(FLOORS):
        for part in parts:
            if module == part or module.startswith(part + "."):
                return floor, part
    raise AssertionError(f"{module} stands on no floor: give it one in tests/test_layers.py")


def imports_of(source: str, package: str) -> Iterator[str]:
    """Yield every module of ours that a source text imports, at any depth."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (
                alias.name for alias in node.names if alias.name.startswith(("jobs", "bot"))
            )
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package.split(".")[: -node.level or None], base]).rstrip(".")
            if base in ("jobs", "bot") or base.startswith(("jobs.", "bot.")):
                for alias in node.names:
                    path = ROOT.joinpath(*base.split("."), alias.name)
                    inside = path.with_suffix(".py").exists() or path.is_dir()
                    yield f"{base}.{alias.name}" if inside else base


def offences(module: str, source: str) -> list[str]:
    """Return what a module imports against the rules, in words."""
    floor, part = part_of(module)
    found = []
    for target in imports_of(source, module):
        if target in ("jobs", "bot"):
            continue
        target_floor, target_part = part_of(target)
        if target_part == part:
            continue
        if module.startswith("jobs") and target.startswith("bot"):
            found.append(f"{module} imports {target}: the jobs never know the bot")
        elif target_floor >= floor:
            found.append(f"{module} imports {target}, which lies no lower")
        elif (
            module.startswith("bot")
            and target.startswith("jobs")
            and not target.startswith(DOORS)
            and part not in STARTERS
        ):
            found.append(f"{module} imports {target}, which is none of the doors")
    return found


def our_modules() -> dict[str, str]:
    """Return every module of the two packages with its source text."""
    found = {}
    for top in ("jobs", "bot"):
        for path in sorted((ROOT / top).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
                ".__init__"
            )
            if module not in ("jobs", "bot") and not module.startswith(BUILDERS):
                found[module] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("module", our_modules())
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    assert offences(module, our_modules()[module]) == []


@pytest.mark.parametrize(
    ("module", "planted", "word"),
    [
        ("jobs.ledger.fusion", "from jobs.store import schema", "no lower"),
        ("jobs.domain.items", "import jobs.settings", "no lower"),
        ("jobs.detection.detect", "from jobs.pipeline import Pipeline", "no lower"),
        ("jobs.pipeline", "from bot.texts import message", "never know the bot"),
        ("bot.texts.alerts", "from jobs.ledger.fusion import fuse", "none of the doors"),
        ("bot.pacing", "def late():\n    from bot.delivery import Deliverer", "no lower"),
        ("bot.commands.status", "from jobs import ledger", "none of the doors"),
    ],
)
def test_a_planted_import_against_the_floors_is_found(module: str, planted: str, word: str) -> None:
    found = offences(module, planted)
    assert len(found) == 1
    assert word in found[0]


def test_an_import_through_a_door_is_fine() -> None:
    assert offences("bot.commands.status", "from jobs.store.schema import event") == []
