"""The HTTP side of the fake: tokens, faults, limits, the webhook, the oracle's pages."""

import asyncio
import json
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from inspect import isawaitable
from typing import Any, Self

from tornado import httpclient, httpserver, netutil, web

from tests.bot_api.faults import Ending, Fault
from tests.bot_api.methods import Methods
from tests.bot_api.rules import ApiError

TOKEN = "4000001:TEST-token_of-nobody-at-all-0123456789"
SENDS = frozenset({"sendMessage", "sendPhoto", "sendDocument", "editMessageText"})
"""The methods that share Telegram's limits."""


@dataclass
class Call:
    """One request as it came in."""

    method: str
    params: dict[str, Any]
    at: float
    """Monotonic seconds."""
    fault: Fault | None = None
    error: str | None = None
    """What was refused, in the server's words."""

    @property
    def chat_id(self) -> int | None:
        """Return the chat it is about, if any."""
        value = self.params.get("chat_id")
        return int(value) if value is not None else None


@dataclass
class _Script:
    method: str
    chat_id: int | None
    faults: deque[Fault]
    is_endless: bool

    def take(self, call: Call) -> Fault | None:
        if call.method != self.method or not self.faults:
            return None
        if self.chat_id is not None and call.chat_id != self.chat_id:
            return None
        return self.faults[0] if self.is_endless else self.faults.popleft()


@dataclass
class _Limits:
    """Telegram's published limits, checked when a call arrives."""

    everywhere: deque[float] = field(default_factory=deque)
    chats: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat_id: int, kind: str, now: float) -> None:
        """Refuse what is faster than 30 a second, 20 a minute in a group, 1 a second else."""
        # Short bursts in a private chat are let through, as Telegram does.
        most, seconds = (4, 2.0) if kind == "private" else (20, 60.0)
        mine = self.chats.setdefault(chat_id, deque())
        for starts, allowed, window in ((mine, most, seconds), (self.everywhere, 30, 1.0)):
            while starts and starts[0] <= now - window:
                starts.popleft()
            if len(starts) >= allowed:
                wait = int(starts[0] + window - now) + 1
                text = f"Too Many Requests: retry after {wait}"
                raise ApiError(429, text, {"retry_after": wait})
        mine.append(now)
        self.everywhere.append(now)


class BotApi(Methods):
    """The server; an async context manager. See the package's docstring for its use."""

    def __init__(self, token: str = TOKEN, *, port: int = 0, limits: bool = False) -> None:
        super().__init__()
        self.token = token
        self.calls: list[Call] = []
        self._port = port
        self._limits = _Limits() if limits else None
        self._scripts: list[_Script] = []
        self._stopping = asyncio.Event()
        self._called = asyncio.Condition()
        self._pushing: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the server's own address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """Return what python-telegram-bot takes as base_url."""
        return f"{self.url}/bot"

    async def __aenter__(self) -> Self:
        routes = [
            (r"/bot([^/]+)/(\w+)", _Method, {"api": self}),
            ("/oracle", _Oracle, {"api": self}),
            ("/do", _Do, {"api": self}),
        ]
        sockets = netutil.bind_sockets(self._port, "127.0.0.1")
        self._port = sockets[0].getsockname()[1]
        self._server = httpserver.HTTPServer(web.Application(routes, log_function=_silent))
        self._server.add_sockets(sockets)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._pushing is not None:
            self._pushing.cancel()
        self._server.stop()
        await self._server.close_all_connections()

    def script(
        self, method: str, *faults: Fault, chat_id: int | None = None, endless: bool = False
    ) -> None:
        """Let the next calls of ``method`` (in that chat) fail so, one fault each.

        ``endless`` repeats the first fault until ``unscript``.
        """
        self._scripts.append(_Script(method, chat_id, deque(faults), endless))

    def unscript(self) -> None:
        """Forget all scripted faults."""
        self._scripts.clear()

    def calls_of(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Return the calls of one method, in one chat if given."""
        return [
            call for call in self.calls if call.method == method and chat_id in (None, call.chat_id)
        ]

    def busiest(self, seconds: float, chat_id: int | None = None) -> int:
        """Return the most sends and edits that arrived within any such time."""
        times = [c.at for c in self.calls if c.method in SENDS and chat_id in (None, c.chat_id)]
        return max((sum(1 for t in times if s <= t < s + seconds) for s in times), default=0)

    def oracle(self) -> dict[str, Any]:
        """Return all that was shown and asked, as JSON can hold it."""
        shown = {str(c.id): [asdict(m) for m in c.messages.values()] for c in self.all_chats()}
        calls = [
            {"method": c.method, "params": c.params, "at": c.at, "error": c.error}
            for c in self.calls
        ]
        return {"chats": shown, "calls": calls}

    async def until(self, is_so: Callable[[], bool], seconds: float = 10) -> None:
        """Return as soon as a call has made ``is_so()`` true; TimeoutError if none does."""
        async with asyncio.timeout(seconds), self._called:
            await self._called.wait_for(is_so)

    async def tell_waiters(self) -> None:
        """Wake up whoever waits in ``until``."""
        async with self._called:
            self._called.notify_all()

    async def carry_out(self, call: Call) -> Any:
        """Do what a call asks for and return its result."""
        if self._limits and call.method in SENDS:
            kind = self.chat(call.chat_id).kind
            self._limits.check(self.chat(call.chat_id).id, kind, call.at)
        if call.method == "setWebhook" and self._pushing is None:
            self._pushing = asyncio.create_task(self._push())
        result = self.do(call.method, call.params)
        return await result if isawaitable(result) else result

    def fault_for(self, call: Call) -> Fault | None:
        """Take the fault that is scripted for this call, if any."""
        faults = (script.take(call) for script in self._scripts)
        return next((fault for fault in faults if fault is not None), None)

    async def stopped(self) -> None:
        """Return when the server stops."""
        await self._stopping.wait()

    async def _push(self) -> None:
        """Post what is pending to the webhook, again and again until it is taken."""
        client = httpclient.AsyncHTTPClient()
        while True:
            await asyncio.sleep(0.02)
            if not self.webhook["url"] or not self.updates.pending:
                continue
            headers = {"Content-Type": "application/json"}
            if self.webhook["secret"]:
                headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook["secret"]
            try:
                await client.fetch(
                    self.webhook["url"],
                    method="POST",
                    headers=headers,
                    body=json.dumps(self.updates.pending[0]),
                )
            except (OSError, httpclient.HTTPError):
                continue
            del self.updates.pending[0]


def _silent(_handler: web.RequestHandler) -> None:
    """Log no request: the path holds the token."""


class _Method(web.RequestHandler):
    """``/bot<token>/<method>``, by GET or POST, form or JSON or multipart."""

    def initialize(self, api: BotApi) -> None:
        self._api = api
        self._gone = asyncio.Event()

    def on_connection_close(self) -> None:
        self._gone.set()

    async def get(self, token: str, method: str) -> None:
        await self.post(token, method)

    async def post(self, token: str, method: str) -> None:
        call = Call(method, self._params(), time.monotonic())
        self._api.calls.append(call)
        call.fault = self._api.fault_for(call)
        if call.fault is None:
            answer = await self._answer(token, call)
            await self._api.tell_waiters()
            return self._reply(*answer)
        real = b""
        if call.fault.stored:
            real = (await self._answer(token, call))[1]
        await self._api.tell_waiters()
        return await self._fail(call.fault, call.fault.body if call.fault.body else real)

    async def _answer(self, token: str, call: Call) -> tuple[int, bytes]:
        try:
            if token != self._api.token:
                # A token that cannot be one is answered like an unknown method.
                shaped = token.partition(":")[0].isdigit() and ":" in token
                raise ApiError(*((401, "Unauthorized") if shaped else (404, "Not Found")))
            result = await self._api.carry_out(call)
        except ApiError as refusal:
            call.error = refusal.text
            body = {"ok": False, "error_code": refusal.code, "description": refusal.text}
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return refusal.code, json.dumps(body).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    async def _fail(self, fault: Fault, body: bytes) -> None:
        match fault.ending:
            case Ending.ANSWER:
                self._reply(fault.code, body)
            case Ending.HANG:
                waits = [asyncio.ensure_future(w) for w in (self._gone.wait(), self._api.stopped())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
            case Ending.RESET:
                await self._reset()
            case _:
                await self._break_off(fault.ending, body or b'{"ok": true, "result": {}}')

    async def _reset(self) -> None:
        stream = self.detach()
        linger = struct.pack("ii", 1, 0)  # close() then sends RST
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        stream.close()

    async def _break_off(self, ending: Ending, body: bytes) -> None:
        stream = self.detach()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        await stream.write(head + body[: len(body) // 2])
        if ending is Ending.DRIP:
            for byte in body[len(body) // 2 :]:
                await asyncio.sleep(0.3)
                if stream.closed() or self._api._stopping.is_set():
                    break
                await stream.write(bytes([byte]))
        stream.close()

    def _reply(self, code: int, body: bytes) -> None:
        self.set_status(code)
        self.set_header("Content-Type", "application/json")
        self.finish(body)

    def _params(self) -> dict[str, Any]:
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            return dict(json.loads(self.request.body or b"{}"))
        params = {name: _decoded(self.get_argument(name)) for name in self.request.arguments}
        for name, files in self.request.files.items():
            params[name] = files[0]["body"]
        return params


def _decoded(value: str) -> Any:
    """Read a form's value: JSON where it is a list or an object, else the text itself."""
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


class _Oracle(web.RequestHandler):
    def initialize(self, api: BotApi) -> None:
        self._api = api

    def get(self) -> None:
        self.finish(json.dumps(self._api.oracle(), default=lambda _: "(bytes)"))


class _Do(web.RequestHandler):
    """Call a method of the fake from another process."""

    def initialize(self, api: BotApi) -> None:
        self._api = api

    def post(self) -> None:
        order = json.loads(self.request.body)
        method = getattr(self._api, order["call"])
        args = [
            Fault(Ending[a.pop("ending")], **a) if isinstance(a, dict) else a
            for a in order.get("args", [])
        ]
        result = method(*args, **order.get("kwargs", {}))
        self.finish(json.dumps(result, default=str))
