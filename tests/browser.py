"""A headless Chromium, driven over its DevTools protocol by tornado's websocket client."""

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from tornado.websocket import WebSocketClientConnection, websocket_connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en-US"),
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Browser:
    """One tab; ``complaints`` are what the browser logged as an error."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Read what the browser says, until it says no more."""
        while (text := await self._socket.read_message()) is not None:
            told = json.loads(text)
            if "id" in told:
                self._waiting.pop(told["id"]).set_result(told)
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                entry = told["params"]["entry"]
                self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call one method of the protocol and return its result."""
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        asked = {"id": self._number, "method": method, "params": params}
        await self._socket.write_message(json.dumps(asked))
        async with asyncio.timeout(20):
            told = await answer
        assert "error" not in told, (method, told)
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, url: str) -> None:
        """Go to an address and wait until all of it is there."""
        await self.call("Page.navigate", url=url)
        await self._waits_for(f"location.href === {json.dumps(url)}")

    async def open_in_app(self, url: str) -> None:
        """Go to an address as Telegram does, and wait until the page has gone on by itself."""
        await self.call("Page.navigate", url=url)
        await self._waits_for("location.search.includes('t=')")

    async def _waits_for(self, here: str) -> None:
        async with asyncio.timeout(20):
            while not await self.evaluate(f"{here} && document.readyState === 'complete'"):
                await asyncio.sleep(0.05)

    async def shape(self, width: int, height: int, *, dark: bool, scripts: bool = True) -> None:
        """Be a screen of this size, of a reader with this theme, with or without JavaScript."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    async def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression gives."""
        told = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def press(self, key: str) -> None:
        """Press a key and let it go."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **(text if kind == "keyDown" else {}),
            )

    async def screenshot(self, *, whole: bool = False) -> bytes:
        """Return what is to be seen, or the whole page, as PNG."""
        clip = {}
        if whole:
            size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
            clip = {"clip": {**size, "scale": 1}}
        told = await self.call("Page.captureScreenshot", captureBeyondViewport=whole, **clip)
        return base64.b64decode(told["data"])


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Start one with an empty tab, and end it after."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(
        prefix="recognition-watch-", ignore_cleanup_errors=True
    ) as folder:
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", stdout=quiet, stderr=quiet
        )
        try:
            socket = await websocket_connect(await _tab(Path(folder)), max_message_size=64 << 20)
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            try:
                for part in ("Page", "Runtime", "Log"):
                    await browser.call(f"{part}.enable")
                yield browser
            finally:
                socket.close()
                await listening
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _tab(folder: Path) -> str:
    """Return the address of the browser's tab, once it has one."""
    said = folder / "DevToolsActivePort"
    async with asyncio.timeout(30):
        while not (said.exists() and said.read_text().strip()):
            await asyncio.sleep(0.05)
        port = said.read_text().split()[0]
        async with httpx.AsyncClient() as client:
            while True:
                listed = (await client.get(f"http://127.0.0.1:{port}/json/list")).json()
                for each in listed:
                    if each["type"] == "page":
                        return str(each["webSocketDebuggerUrl"])
                await asyncio.sleep(0.05)
