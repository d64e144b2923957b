"""What every test stands on: no network beyond this machine, a clean environment."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.settings import Settings

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class BeyondLoopback(Exception):
    """A test tried to leave this machine."""


def _check(address: Any) -> None:
    if isinstance(address, tuple):
        host = str(address[0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise BeyondLoopback(f"a test may not connect to {host}")


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_machine() -> Iterator[None]:
    """Refuse every connection that is not to loopback or to a local socket file."""

    def connect(self: socket.socket, address: Any) -> None:
        _check(address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return _connect_ex(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Take every setting of ours out of the environment, and stand in an empty folder."""
    for name in Settings.model_fields:
        for key in (name.upper(), f"{name.upper()}_FILE"):
            if key in os.environ:
                monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)
