"""Settings: read once, checked, explained without a value."""

from pathlib import Path

import pytest

from jobs.errors import ConfigError
from jobs.settings import Settings

TOKEN = "123456789:AAE4nOtArEaLtOkEnButLongEnoughToLookLikeOne"


def load(tmp_path: Path, text: str) -> Settings:
    env = tmp_path / ".env"
    env.write_text(text, encoding="utf-8")
    return Settings.load(env)


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    settings = Settings.load()
    assert settings.bot_token is None
    assert settings.database_url() == "sqlite:///data/recognition-watch.sqlite"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("BOT_TOKN=x", ["BOT_TOKN", "did you mean BOT_TOKEN"]),
        ("WHO_KNOWS=x", ["WHO_KNOWS", "see .env.example"]),
        ("HTTP_PORT=99999", ["HTTP_PORT", "65535"]),
        ("HTTP_PORT=eighty", ["HTTP_PORT", "integer"]),
        ("ADMIN_IDS=1,two", ["ADMIN_IDS", "whole numbers"]),
        ("ADMIN_IDS=1087968824", ["ADMIN_IDS", "1087968824", "not one person's id"]),
        ("DEFAULT_ZONE=Mars/Base", ["DEFAULT_ZONE", "IANA"]),
        ("LOG_LEVEL=LOUD", ["LOG_LEVEL"]),
        ("UNCERTAIN_POLICY=hope", ["UNCERTAIN_POLICY", "resend"]),
        ("BOT_TOKEN=not-a-token", ["BOT_TOKEN", "BotFather"]),
        ("WEBHOOK_SECRET=has a space", ["WEBHOOK_SECRET"]),
        ("WEBHOOK_URL=http://example.org", ["WEBHOOK_URL", "https"]),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(
    tmp_path: Path, line: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, line)
    for word in words:
        assert word in str(caught.value)


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "HTTP_PORT=99999\nBOT_TOKN=x\n")
    assert len(str(caught.value).splitlines()) == 3


def test_the_token_stands_in_no_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"BOT_TOKEN={TOKEN} \nHTTP_PORT=x\nBOT_TOKN={TOKEN}")
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n", encoding="utf-8")
    monkeypatch.setenv("BOT_TOKEN_FILE", str(secret))
    settings = Settings.load(None)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN_FILE", "/no/such/file")
    with pytest.raises(ConfigError, match=r"BOT_TOKEN_FILE.*no/such/file"):
        Settings.load(None)


def test_lists_of_ids_are_read_with_commas_or_spaces(tmp_path: Path) -> None:
    assert load(tmp_path, "ADMIN_IDS=1, 2 3").admin_ids == (1, 2, 3)
