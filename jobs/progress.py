"""How far a long copy is, on stderr: one line that is kept up to date, or a line now and then."""

import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

EVERY_SECONDS = 2.0


@dataclass
class Progress:
    """Called with a table's name, the rows that are done and all of them."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _begun: float = field(default_factory=monotonic)
    _said: float = 0.0
    _before: int = 0
    _last: tuple[str, int] = ("", 0)

    def __call__(self, table: str, done: int, total: int) -> None:
        """Say it, unless it was said a moment ago and the table is not done."""
        if table != self._last[0]:
            self._before += self._last[1]
        self._last = (table, done)
        now = monotonic()
        if done < total and now - self._said < EVERY_SECONDS:
            return
        self._said = now
        rows = self._before + done
        pace = round(rows / max(now - self._begun, 0.001))
        words = f"{table}: {done} of {total}; {rows} rows in all, {pace} a second"
        end = "" if self.stream.isatty() else "\n"
        start = "\r\x1b[K" if self.stream.isatty() else ""
        print(f"{start}{words}", end=end, file=self.stream, flush=True)

    def close(self) -> None:
        """End the line."""
        if self.stream.isatty() and self._said:
            print(file=self.stream)
