"""One Crossdock worker, as `crossdock worker` runs it. A child: SETTINGS.

"prepare" reads the reference data once; anything else makes it work until the next word.
"""

import asyncio
import sys
from pathlib import Path

from benchmarks.child import heard, measured, run_child, say
from benchmarks.merchant import PAIRING, read
from crossdock.cli.logs import configure
from crossdock.flows.reference import refresh_accounts, refresh_items, refresh_targets
from crossdock.wiring.installation import open_installation
from crossdock.wiring.work import worker


async def main(settings: str) -> None:
    configure("info")
    async with open_installation(read(Path(settings))) as here:
        say({"ready": True})
        if await heard() == "prepare":
            for refresh in (refresh_items, refresh_accounts, refresh_targets):
                await refresh(here.pairings[PAIRING])
            await here.pool.execute("analyze")
            say({"prepared": True})
            await heard()
        working = worker(here)
        with measured() as usage:
            running = asyncio.create_task(working.run())
            await heard()
        say(usage.public())
        working.stop()
        await asyncio.wait_for(running, 30)


if __name__ == "__main__":
    run_child(main(sys.argv[1]))
