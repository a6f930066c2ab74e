"""Whose turn it is: at most so many queries at once, so many more waiting, and the rest told to come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from coopgraph.errors import Text
from coopgraph.publish.server.problems import Problem

_AFTER = 2


class Queue:
    """`running` at once and `waiting` in line."""

    def __init__(self, running: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(running)
        self._places = running + waiting
        self.taken = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and hold it. Raises Problem (429) when the line is full."""
        if self.taken >= self._places:
            raise Problem(
                429,
                Text(
                    f"All that answer queries are busy. Ask again in {_AFTER} seconds.",
                    f"Alla som besvarar frågor är upptagna. Fråga igen om {_AFTER} sekunder.",
                ),
                headers={"retry-after": str(_AFTER)},
            )
        self.taken += 1
        try:
            async with self._turns:
                yield
        finally:
            self.taken -= 1
