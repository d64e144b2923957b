"""``python -m tests.bot_api PORT``: serve until stopped; says "ready" when it listens."""

import asyncio
import sys

from tests.bot_api.server import BotApi


async def main(port: int) -> None:
    """Serve on ``port`` for ever."""
    async with BotApi(port=port) as api:
        print(f"ready {api.url}", flush=True)  # noqa: T201 - the starting process waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
