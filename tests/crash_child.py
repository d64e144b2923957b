"""A process that kills itself at its N-th commit: ``python -m tests.crash_child N VERB``.

SIGKILL, so nothing is tidied up. Every stage ends in a commit, so a kill just before
the N-th for N = 1, 2, 3 … falls between any two stages. N = 0 never kills. What may have
arrived is sent again after two seconds, not fifteen: nobody here waits for an echo.
"""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from bot import upkeep
from bot.cli import main


def kill_before_commit(number: int) -> None:
    """Arrange for SIGKILL just before the ``number``-th commit of this process."""
    commits = 0

    def count(conn: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", count)


if __name__ == "__main__":
    upkeep.RESEND_AFTER = timedelta(seconds=2)
    if int(sys.argv[1]):
        kill_before_commit(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
