"""No token reaches a log, by whichever way it comes."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.redaction import REDACTED, TokenRedaction, quiet_logging, redact

TOKEN = "4000001:TEST-token_of-nobody-at-all-0123456789"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(TokenRedaction())
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
    quiet_logging(handler)
    assert any(isinstance(one, TokenRedaction) for one in handler.filters)
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("httpcore.connection").isEnabledFor(logging.INFO)
