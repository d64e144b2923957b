"""Every setting of the program: read once, in ``main``, and passed on.

Read from the environment and from ``.env`` in the working folder; ``.env.example``
explains each. A secret may instead stand in a file named by ``NAME_FILE``.
"""

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from jobs.domain.alerts import Level
from jobs.errors import ConfigError

SECRETS = (
    *("bot_token", "webhook_secret", "store_url", "push_secret"),
    *("hooks_secret", "heartbeat_url", "backup_key"),
)
"""The settings that may come from a file, and whose values are never shown."""


TERMINAL_PERSON = 1
"""The id of whoever sits at the terminal that stands in for Telegram without a token."""


class Settings(BaseSettings):
    """The settings, checked; times are in the unit that the name says."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_default=True,
    )

    bot_token: SecretStr | None = None
    api_base_url: str = "https://api.telegram.org"
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    access: str = Field("open", pattern="^(open|listed|closed)$")
    listed_ids: Annotated[tuple[int, ...], NoDecode] = ()
    answers_per_minute: int = Field(30, ge=1, le=60)
    most_topics: int = Field(20, ge=1)
    webhook_url: str = ""
    webhook_secret: SecretStr | None = None

    data_dir: Path = Path("data")
    store_url: SecretStr | None = None
    cases_dir: Path | None = None
    sources_file: Path | None = None
    default_zone: str = "UTC"
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field("text", pattern="^(text|json)$")

    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=0, le=65535)
    push_secret: SecretStr | None = None
    heartbeat_url: SecretStr | None = None
    hooks_secret: SecretStr | None = None
    page: str = Field("off", pattern="^(off|app|open)$")
    page_url: str = ""
    cap_status: str = Field("Test", pattern="^(Actual|Exercise|System|Test|Draft)$")

    poll_tick_seconds: int = Field(1, ge=1, le=3600)
    fetch_deadline_seconds: float = Field(20, gt=0, le=300)
    fetch_max_bytes: int = Field(5_000_000, ge=10_000)
    fetch_concurrency: int = Field(24, ge=1, le=64)
    fetch_allow_loopback: bool = False
    operator_contact: str = ""
    telegram_channels: bool = False
    """Read public channels from their previews. Telegram's terms for bot developers (4.3)
    forbid making data sets by scraping public channels; whether reading their newest posts
    is allowed where the program runs is the operator's to decide."""
    parser_deadline_seconds: float = Field(10, gt=0, le=120)
    parser_memory_mb: int = Field(512, ge=128)

    freshness_hours: int = Field(72, ge=1)
    silence_hours: int = Field(6, ge=1, le=240)
    most_per_hour: int = Field(12, ge=0, le=1000)
    uncertain_policy: str = "resend"
    paid_broadcast_per_second: int = Field(0, ge=0, le=1000)
    send_deadline_seconds: float = Field(40, gt=0, le=300)
    outbox_ttl_hours: int = Field(24, ge=1)
    keep_items_days: int = Field(400, ge=7)
    keep_outbox_days: int = Field(90, ge=1)
    keep_audit_days: int = Field(400, ge=1)

    backup_hours: int = Field(24, ge=0)
    backup_dir: Path | None = None
    backup_keep: int = Field(7, ge=1)
    backup_key: SecretStr | None = None

    @field_validator("admin_ids", "listed_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.replace(",", " ").split()
        # Groups and channels have negative numbers; nobody who may give orders has.
        signless = [p.removeprefix("-") if info.field_name == "listed_ids" else p for p in parts]
        if not all(part.isdecimal() for part in signless):
            raise ValueError("expected whole numbers, such as 12345678, 23456789")
        return tuple(int(part) for part in parts)

    @field_validator("uncertain_policy")
    @classmethod
    def _readable_policy(cls, value: str) -> str:
        if _resent(value) is None:
            raise ValueError("expected resend, close, or such as major=resend, signal=close")
        return value

    @field_validator("admin_ids", "listed_ids")
    @classmethod
    def _refuse_shared_ids(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        # Telegram uses these for every anonymous admin, service message and channel post:
        # naming one would make anybody an admin.
        shared = {1087968824, 777000, 136817688} & set(value)
        if shared:
            raise ValueError(f"{min(shared)} is not one person's id")
        return value

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(
            r"\d{6,12}:[A-Za-z0-9_-]{30,}", value.get_secret_value()
        ):
            raise ValueError("not a bot token; copy it from @BotFather as it stands")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _fit_for_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(
            r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()
        ):
            raise ValueError("Telegram takes 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("push_secret", "hooks_secret", "backup_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 24:
            raise ValueError("give 24 signs or more, such as `openssl rand -hex 32` prints")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"https?://[^/\s]", value.get_secret_value()):
            raise ValueError("give an http:// or https:// address")
        return value

    @field_validator("webhook_url", "page_url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("Telegram takes only https:// addresses")
        return value

    @field_validator("default_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not an IANA time zone such as Europe/Belgrade") from error
        return value

    @classmethod
    def load(cls, env_file: Path | None = Path(".env")) -> Self:
        """Read the settings.

        Raises ``ConfigError`` naming each wrong or unknown setting, what was expected
        of it, and never its value.
        """
        lines: list[str] = []
        try:
            return cls(_env_file=env_file, **_secrets_from_files())
        except ValidationError as error:
            lines = [_explain(problem) for problem in error.errors(include_input=False)]
        # Raised out here: the ValidationError holds the raw values, so it may not ride along.
        raise ConfigError("settings:\n  " + "\n  ".join(lines))

    def resent_levels(self) -> frozenset[Level]:
        """Return the levels of which a message whose arrival is unknown is sent again."""
        return _resent(self.uncertain_policy) or frozenset()

    def push_word(self) -> str:
        """Return the word that pushed items are signed with; empty: none are taken."""
        return self.push_secret.get_secret_value() if self.push_secret else ""

    def hooks_word(self) -> str:
        """Return what each outgoing webhook's key follows from; empty: none is called."""
        return self.hooks_secret.get_secret_value() if self.hooks_secret else ""

    def backup_word(self) -> str:
        """Return the key that backups are encrypted with; empty: anybody can read them."""
        return self.backup_key.get_secret_value() if self.backup_key else ""

    def backup_folder(self) -> Path:
        """Return where backups are kept."""
        return self.backup_dir or self.data_dir / "backups"

    def operators(self) -> tuple[int, ...]:
        """Return who may confirm and retract, and is told how the sources fare."""
        return self.admin_ids if self.bot_token else (TERMINAL_PERSON,)

    def database_url(self) -> str:
        """Return the database's address: the given one, or a file in the data folder."""
        if self.store_url is not None:
            return self.store_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'recognition-watch.sqlite'}"


def _resent(policy: str) -> frozenset[Level] | None:
    """Return the levels that a policy sends again, or None where it cannot be read."""
    words = policy.replace(",", " ").split()
    if words in (["resend"], ["close"]):
        return frozenset(Level) if words == ["resend"] else frozenset()
    chosen = dict(word.split("=", 1) for word in words if "=" in word)
    is_right = len(chosen) == len(words) and set(chosen.values()) <= {"resend", "close"}
    if not (words and is_right and set(chosen) <= {level.value for level in Level}):
        return None
    return frozenset(level for level in Level if chosen.get(level, "resend") == "resend")


def _secrets_from_files() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in SECRETS:
        path = os.environ.get(f"{name.upper()}_FILE")
        if not path:
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(
                f"{name.upper()}_FILE: cannot read {path}: {error.strerror}"
            ) from None
    return found


def _explain(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] != "extra_forbidden":
        return f"{name}: {problem['msg'].removeprefix('Value error, ')}"
    known = [field.upper() for field in Settings.model_fields]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else "see .env.example for the settings there are"
    return f"{name}: no such setting; {hint}"
