"""SIGINT and SIGTERM ask for an orderly stop; the second one does not wait for it."""

import asyncio
import signal

ASKING = (signal.SIGINT, signal.SIGTERM)


def stop_asked() -> asyncio.Event:
    """Set once a signal came. From then on signals have their usual effect again."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask() -> None:
        asked.set()
        for one in ASKING:
            loop.remove_signal_handler(one)

    for one in ASKING:
        loop.add_signal_handler(one, ask)
    return asked
