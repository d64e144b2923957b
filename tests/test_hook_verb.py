"""``hook``: what it changes, says and refuses."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.cli import main
from jobs.domain.signatures import sign
from tests.hook_host import HookHost

SETTINGS = "FETCH_ALLOW_LOOPBACK=true\nHOOKS_SECRET=a-word-of-twenty-four-signs-or-more\n"


class Shell:
    def __init__(self, host: HookHost, printed: pytest.CaptureFixture[str]) -> None:
        self.host, self._printed = host, printed

    async def run(self, *words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["hook", *words])
        shown = self._printed.readouterr()
        return code, shown.out + shown.err


@pytest_asyncio.fixture
async def shell(capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Shell]:
    Path(".env").write_text(SETTINGS, encoding="utf-8")
    async with HookHost() as host:
        yield Shell(host, capsys)


async def test_a_webhook_is_added_tried_listed_and_removed(shell: Shell) -> None:
    address = shell.host.url("/in?key=theirs")
    code, said = await shell.run("add", address, "--case", "taliban", "--level", "major")
    assert code == 0
    found = re.search(r"^whsec_(\S+)$", said, re.MULTILINE)
    assert found is not None
    assert await shell.run("test", "1") == (0, "taken: 127.0.0.1 answered 204\n")
    (posted,) = shell.host.posted
    name, stamp = posted.headers["webhook-id"], posted.headers["webhook-timestamp"]
    expected = sign(base64.b64decode(found[1]), name, stamp, posted.body)
    assert posted.headers["webhook-signature"] == expected
    code, said = await shell.run("list")
    assert (code, said.split()) == (0, ["1", "127.0.0.1", "0", "waiting"])
    # The address may hold its receiver's own key.
    assert "theirs" not in said
    assert await shell.run("remove", "1") == (0, "webhook 1 is removed\n")
    assert await shell.run("list") == (0, "")


async def test_a_trial_that_is_not_taken_is_a_finding(shell: Shell) -> None:
    await shell.run("add", shell.host.url("/in"))
    shell.host.by_path["/in"] = 401
    assert await shell.run("test", "1") == (1, "not taken: 127.0.0.1 answered 401\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["add", "ftp://x.example/"], "must begin with https://"),
        (["add", "https://"], "must begin with https://"),
        (["add", "https://x.example/", "--case", "atlantis"], "--case: atlantis is not known"),
        (["add", "https://x.example/", "--actor", "QQ"], "--actor: QQ is not known"),
        (["add", "https://x.example/", "--group", "none"], "--group: none is not known"),
        (["test", "9"], "there is no webhook 9"),
        (["remove", "9"], "there is no webhook 9"),
    ],
)
async def test_what_is_wrong_is_said(shell: Shell, words: list[str], says: str) -> None:
    code, said = await shell.run(*words)
    assert code == 2
    assert says in said


async def test_plain_http_is_for_this_machine_only(shell: Shell) -> None:
    Path(".env").write_text(SETTINGS.partition("\n")[2], encoding="utf-8")
    code, said = await shell.run("add", "http://x.example/")
    assert code == 2
    assert "must begin with https://" in said


async def test_nothing_is_called_without_a_secret(shell: Shell) -> None:
    Path(".env").unlink()
    code, said = await shell.run("list")
    assert code == 2
    assert "HOOKS_SECRET: needed" in said
