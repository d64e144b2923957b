"""The verbs that need no Telegram: ``python -m jobs VERB``; ``bot.cli`` adds its own.

Results go to stdout, words to stderr; exit 0 fine, 1 findings, 2 configuration or usage.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from jobs import (
    backup,
    check,
    evaluate,
    export_verb,
    hook_verb,
    migrate_store,
    replay,
    restore,
    runtime,
    source_verb,
)
from jobs.errors import ConfigError, InputError, RecognitionWatchError
from jobs.logs import log_to, secrets_of
from jobs.settings import Settings


@dataclass(frozen=True, slots=True)
class Verb:
    """One word of the command line: what it is for, its arguments, what it runs."""

    name: str
    purpose: str
    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None


def _run_jobs(args: argparse.Namespace) -> int:
    settings = Settings.load()
    start_log(sys.stderr, settings)
    return asyncio.run(runtime.run_jobs(settings))


VERBS: tuple[Verb, ...] = (
    Verb("jobs", "poll the sources and write alerts to the outbox, without a bot", _run_jobs),
    Verb(
        "replay",
        "feed labelled or dated items through the pipeline, one JSON line per alert",
        replay.main,
        replay.add_arguments,
    ),
    Verb(
        "evaluate",
        "measure detection against labelled items",
        evaluate.main,
        evaluate.add_arguments,
    ),
    Verb(
        "check",
        "look at the configuration, the sources, the store or all the program stands on (doctor)",
        check.main,
        check.add_arguments,
    ),
    Verb(
        "source",
        "add, pause, resume, test or remove a source; import or export OPML",
        source_verb.main,
        source_verb.add_arguments,
    ),
    Verb(
        "backup",
        "keep the database in one file, made and read back while everything runs",
        backup.main,
        backup.add_arguments,
    ),
    Verb(
        "restore",
        "put a backup back where there is no database, fit to go on from",
        restore.main,
        restore.add_arguments,
    ),
    Verb(
        "migrate-store",
        "move everything into an empty database of either engine, compared row by row",
        migrate_store.main,
        migrate_store.add_arguments,
    ),
    Verb(
        "export",
        "write the ledger as CSV or JSON, alerts as Atom or CAP, forums as a calendar",
        export_verb.main,
        export_verb.add_arguments,
    ),
    Verb(
        "hook",
        "call webhooks of other programs, signed: add, list, test or remove one",
        hook_verb.main,
        hook_verb.add_arguments,
    ),
)


def start_log(stream: TextIO, settings: Settings) -> None:
    """Log to a stream as the settings say, without their secrets."""
    log_to(stream, settings.log_level, settings.log_format, secrets_of(settings))


def build_parser(prog: str, verbs: Sequence[Verb]) -> argparse.ArgumentParser:
    """Return the parser of a set of verbs; each parsed call carries its verb as ``run``."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Tells when a state moves toward or away from a recognition."
    )
    words = parser.add_subparsers(metavar="VERB", required=True)
    for verb in verbs:
        word = words.add_parser(verb.name, help=verb.purpose, description=verb.purpose)
        verb.add_arguments(word)
        word.set_defaults(run=verb.run)
    return parser


def run_verb(prog: str, verbs: Sequence[Verb], argv: Sequence[str] | None) -> int:
    """Parse and run one call; our own errors become one line on stderr and an exit code."""
    args = build_parser(prog, verbs).parse_args(argv)
    try:
        code: int = args.run(args)
    except RecognitionWatchError as error:
        print(f"{prog}: {error}", file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, ConfigError | InputError) else 1
    except KeyboardInterrupt:
        return 130
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb of the jobs; return the exit code."""
    return run_verb("python -m jobs", VERBS, argv)
