"""The log: text or JSON, and no secret in it, by whichever way it comes."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from jobs.logs import CHATTY, HIDDEN, REDACTED, Redaction, log_to, quiet_logging, redact, secrets_of
from jobs.settings import Settings

TOKEN = "4000001:TEST-token_of-nobody-at-all-0123456789"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(Redaction())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, out
    logger.removeHandler(handler)


class Chatty(Exception):
    """An error whose words hold the token."""


def _fail() -> None:
    raise Chatty(f"POST https://api.telegram.org/bot{TOKEN}/getMe")


def _log_text(logger: logging.Logger) -> None:
    logger.error("bot%s/getMe", TOKEN)


def _log_halves(logger: logging.Logger) -> None:
    logger.error("%s:%s", *TOKEN.split(":"))


def _log_bad_arguments(logger: logging.Logger) -> None:
    logger.error("one %d", TOKEN)


def _log_exception(logger: logging.Logger) -> None:
    try:
        _fail()
    except Chatty:
        logger.exception("failed")


def _log_cause(logger: logging.Logger) -> None:
    try:
        try:
            _fail()
        except Chatty as error:
            raise ValueError("outer") from error
    except ValueError:
        logger.exception("failed")


def _log_stack(logger: logging.Logger) -> None:
    eval(f"logger.error('here', stack_info=True)  # {TOKEN}", {"logger": logger})


@pytest.mark.parametrize(
    "log", [_log_text, _log_halves, _log_bad_arguments, _log_exception, _log_cause, _log_stack]
)
def test_a_token_is_blotted_out(log: object, written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = written
    assert callable(log)
    log(logger)
    assert out.getvalue()
    assert TOKEN.split(":")[1] not in out.getvalue()


def test_the_rest_of_an_exception_stays(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = written
    _log_exception(logger)
    assert f"Chatty: POST https://api.telegram.org/bot{REDACTED}/getMe" in out.getvalue()
    assert "in _fail" in out.getvalue()


@pytest.mark.parametrize("text", ["12:30", "alert 4000001: done", "1:2:3", "id 123456:short"])
def test_what_is_no_token_stays(text: str) -> None:
    assert redact(text) == text


def test_libraries_that_log_addresses_are_silenced() -> None:
    handler = logging.NullHandler()
    with bare_root():
        quiet_logging(handler)
        assert any(isinstance(one, Redaction) for one in handler.filters)
        assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
        assert not logging.getLogger("httpcore.connection").isEnabledFor(logging.INFO)


SETTINGS = Settings(
    _env_file=None,
    bot_token=SecretStr(TOKEN),
    store_url=SecretStr("postgresql://watch:pass%2Fword-9@db.example/watch"),
    push_secret=SecretStr("a-push-secret-of-24-signs-at-least"),
    heartbeat_url=SecretStr("https://beat.example/uuid-of-mine"),
    webhook_secret=SecretStr("hook"),
)


@contextmanager
def bare_root() -> Iterator[logging.Logger]:
    """Give the root logger without pytest's handlers, as a program finds it; then put all back."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *CHATTY)}
    before, root.handlers = root.handlers, []
    try:
        yield root
    finally:
        root.handlers = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_of_the_settings_is_written(form: str) -> None:
    out = io.StringIO()
    words = [
        *("password pass/word-9", "escaped pass%2Fword-9", "hook is too short to be guarded"),
        *("https://beat.example/uuid-of-mine", "a-push-secret-of-24-signs-at-least", TOKEN),
    ]
    with bare_root() as root:
        log_to(out, "INFO", form, secrets_of(SETTINGS))
        for each in words:
            root.info("it was %s", each)
            try:
                raise Chatty(each)
            except Chatty:
                root.exception("failed")
    written = out.getvalue()
    for secret in ("word-9", "uuid-of-mine", "a-push-secret", TOKEN):
        assert secret not in written, secret
    assert written.count(HIDDEN) >= 8
    assert "hook is too short" in written


def test_json_lines_hold_what_happened_and_where() -> None:
    out = io.StringIO()
    with bare_root() as root:
        log_to(out, "INFO", "json")
        logging.getLogger("jobs.polling").warning("source %s:\nтут", "a")
        logging.getLogger("jobs.polling").debug("not this")
        try:
            _fail()
        except Chatty:
            root.exception("failed")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert {key: first[key] for key in ("level", "logger", "message")} == {
        "level": "WARNING",
        "logger": "jobs.polling",
        "message": "source a:\nтут",
    }
    assert first["at"].endswith("+00:00")
    assert "error" not in first
    assert second["error"].splitlines()[-1].startswith("tests.test_logs.Chatty: POST")
