"""How many small mistakes in the core of delivery its tests notice.

``python -m tests.benchmarks.mutants [MODULE …] [--most 24]``

Each mutant is one module with one change (a comparison, a condition, a number, a sign, a
word), run against the module's tests in a process of its own. Survivors are printed.
"""

import argparse
import ast
import copy
import importlib
import os
import random
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = {
    "bot.outcomes": ["test_outcomes.py"],
    "bot.pacing": ["test_pacing.py"],
    "jobs.store.outbox": ["test_outbox.py", "test_topics.py"],
    "jobs.store.claims": ["test_outbox.py", "test_topics.py"],
    "jobs.store.attempts": ["test_outbox.py"],
}
BEFORE = ("telegram.ext", "sqlalchemy.ext.asyncio", "aiosqlite", "hypothesis", "tornado.web")
"""Imported once, by the parent, since each takes longer than most tests."""
TOO_LONG_SECONDS = 120
OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
}


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield each change that can be made, with its line and what it is."""
    for number, node in enumerate(ast.walk(tree)):
        for name in _changes(node):
            changed = copy.deepcopy(tree)
            twin = next(n for i, n in enumerate(ast.walk(changed)) if i == number)
            _apply(twin, name)
            yield f"line {getattr(node, 'lineno', '?')}: {name}", ast.fix_missing_locations(changed)


def _changes(node: ast.AST) -> list[str]:
    match node:
        case ast.Compare(ops=[op]) | ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in OPPOSITE:
            return [f"{type(op).__name__} becomes {OPPOSITE[type(op)].__name__}"]
        case ast.Constant(value=bool()):
            return ["the truth is turned round"]
        case ast.Constant(value=int() | float()):
            return ["a number is one more"]
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return ["a negation is dropped"]
        case ast.Return(value=ast.expr()):
            return ["nothing is returned"]
        case ast.Expr(value=ast.Await() | ast.Call()):
            return ["a call is left out"]
    return []


def _apply(node: ast.AST, change: str) -> None:
    match node:
        case ast.Compare():
            node.ops = [OPPOSITE[type(node.ops[0])]()]  # type: ignore[list-item]
        case ast.BoolOp() | ast.BinOp():
            node.op = OPPOSITE[type(node.op)]()  # type: ignore[assignment]
        case ast.Constant(value=bool() as truth):
            node.value = not truth
        case ast.Constant(value=int() | float() as number):
            node.value = number + 1
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.op, ast.Invert) else _Nothing()
        case ast.Return() | ast.Expr():
            node.value = ast.Constant(None)


class _Nothing(ast.UAdd):
    """Stands for a dropped ``not``: the plus of a truth is as true."""


def is_noticed(name: str, tree: ast.Module, tests: list[str]) -> bool:
    """Run a module's tests on a mutant, in a child; True if any fails."""
    child = os.fork()
    if child == 0:
        _run(name, tree, tests)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(TOO_LONG_SECONDS)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return status != 0


def _run(name: str, tree: ast.Module, tests: list[str]) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = 1
    try:
        module = types.ModuleType(name)
        module.__file__ = str(ROOT / f"{name.replace('.', '/')}.py")
        sys.modules[name] = module
        exec(compile(tree, module.__file__, "exec"), module.__dict__)
        parent, _, last = name.rpartition(".")
        setattr(importlib.import_module(parent), last, module)
        paths = [str(ROOT / "tests" / each) for each in tests]
        options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-k", "not postgresql"]
        code = int(pytest.main([*options, *paths]))
    finally:
        os._exit(code)


def main() -> None:
    """Try a sample of each module's mutants, or all, and print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    parser.add_argument("--most", type=int, default=10_000, help="mutants of each module")
    wanted = parser.parse_args()
    for name in BEFORE:
        importlib.import_module(name)
    for name in wanted.modules:
        source = (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        every = list(mutants(ast.parse(source)))
        chance = random.Random(1)
        tried = chance.sample(every, min(wanted.most, len(every)))
        alive = [what for what, tree in tried if not is_noticed(name, tree, TESTS[name])]
        share = 1 - len(alive) / len(tried)
        lines = [f"{name}: {share:.0%} of {len(tried)} noticed (of {len(every)} possible)", *alive]
        sys.stdout.write("\n  ".join(lines) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
