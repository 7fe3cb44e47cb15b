"""Pacing: no host is asked more often than agreed, however many processes ask it, and never before the time it named.

A turn is taken in the ledger just before a request goes out, so that retries, redirects, robots.txt and other processes
wait like everybody else. Whose platform answers slowly is asked more slowly.
"""

from asyncio import sleep, wrap_future
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import time

from scrapy.exceptions import IgnoreRequest

from crawler.ledger import Ledger

PATIENCE = 120.0
"""Seconds that a crawl waits where a platform asks for a rest; for a longer one it ends."""

LONGEST_REST = 24 * 3600.0
"""Seconds that a platform's wish for a rest is heeded; some name the year 9999."""

SLOWEST = 60.0
"""Seconds between two requests to which slow answers may lead."""

USUAL_STATUS = 200


class Resting(IgnoreRequest):
    """The platform does not want to be asked before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"resting until {until}")
        self.until = until


class Turns:
    """The turns of one crawl. `delay` is the seconds its source sets; with 0 slow answers change nothing."""

    def __init__(self, ledger: Path, delay: float) -> None:
        self._path = ledger
        self._delay = delay
        self._delays: dict[str, float] = {}
        self._ledger: Ledger | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")  # the file may be busy; the reactor is not

    def delay(self, host: str) -> float:
        """Seconds between two requests to a host."""
        return self._delays.get(host, self._delay)

    def at_least(self, host: str, seconds: float) -> None:
        """A host's own wish, such as Crawl-delay; makes nothing shorter."""
        self._delays[host] = max(self.delay(host), seconds)

    def learn(self, host: str, latency: float, status: int) -> None:
        """Ask a host more slowly that takes `latency` seconds to answer, and again faster, but never below its delay.

        Scrapy's AutoThrottle for one request at a time: halfway to the latency; an error makes nothing faster.
        """
        if not self._delay:
            return
        now = self.delay(host)
        new = min(max(self._delay, latency, (now + latency) / 2), max(self._delay, SLOWEST))
        if new > now or status == USUAL_STATUS:
            self._delays[host] = new

    async def come(self, host: str) -> None:
        """Return when it is our turn to ask. Raises Resting where the host wants to be left alone for long."""
        turn, rest = await wrap_future(self._thread.submit(self._take, host, self.delay(host)))
        if rest - time() > PATIENCE:
            raise Resting(datetime.fromtimestamp(rest, UTC))
        await sleep(turn - time())

    async def rest(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for some seconds."""
        await wrap_future(self._thread.submit(self._rest, host, min(seconds, LONGEST_REST)))

    def close(self) -> None:
        """Let go of the ledger."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def _take(self, host: str, delay: float) -> tuple[float, float]:
        return self._open().take_turn(host, delay)

    def _rest(self, host: str, seconds: float) -> None:
        self._open().let_rest(host, seconds)

    def _open(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self._path)
        return self._ledger

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
