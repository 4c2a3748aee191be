"""`python -m sandbox --port 4800 --state DIR [--host 127.0.0.1] [--public-url URL]`."""

import argparse
import asyncio
import logging
import signal
import sqlite3
import sys
from pathlib import Path

from aiohttp import web

from .app import build
from .world import World

# How long a request that is under way at the end may still take; SIGTERM promises to end within a second.
LAST_SECONDS = 0.3


def main() -> int:
    """Run until SIGTERM or SIGINT. Exit code 0, or 2 with one sentence saying what to do when it cannot start."""
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    base = (options.public_url or f"http://localhost:{options.port}").rstrip("/")
    try:
        world = World(options.state, base)
    except (OSError, sqlite3.Error) as error:
        in_use = "locked" in str(error)
        reason = "another sandbox is using it" if in_use else str(error)
        return _sorry(f"The state folder {options.state} is of no use: {reason}. Choose another one with --state.")
    try:
        asyncio.run(_serve(world, options.host, options.port, base))
    except OSError as error:
        what = f"Port {options.port} on {options.host} cannot be opened ({error.strerror})"
        return _sorry(f"{what}. End the program that uses it, or choose another port with --port.")
    except KeyboardInterrupt:
        pass
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m sandbox", description="Imitates the social networks on one local port.")
    parser.add_argument("--port", type=int, default=4800)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps accounts, posts and pictures")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--public-url", default="", help="how others reach it, when not http://localhost:PORT")
    return parser.parse_args()


async def _serve(world: World, host: str, port: int, base: str) -> None:
    """Serve until asked to stop. Raises OSError when the port is taken."""
    runner = web.AppRunner(build(world), access_log=None, handle_signals=False, shutdown_timeout=LAST_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=512).start()
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        print(f"sandbox ready at {base}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def _sorry(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
