"""Hands what the database says has happened to the open sockets of this process.

Workers write `LiveEvent` rows; one task per process reads them five times a second. Rows may be
committed out of the order of their numbers, so a stretch already read is looked at again.
"""

import asyncio
import logging
from collections import deque
from typing import Final
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from annotation.work.models import LiveEvent

PERIOD_S: Final = 0.2
LOOK_BACK: Final = 200
_log = logging.getLogger(__name__)
_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, "Poller"] = WeakKeyDictionary()


class Poller:
    """Reads new events and sends them to the groups of their channels."""

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=4 * LOOK_BACK)
        self._last = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Note where the events stand now and follow them from there; a second call is harmless."""
        if self._task is None or self._task.done():
            self._last, ids = await database_sync_to_async(_standing)()
            self._seen.extend(ids)
            self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self._send_new()
            except DatabaseError:
                _log.warning("events could not be read; trying again")

    async def _send_new(self) -> None:
        layer = get_channel_layer()
        for number, channel, body in await database_sync_to_async(_since)(self._last - LOOK_BACK):
            if number in self._seen:
                continue
            self._seen.append(number)
            self._last = max(self._last, number)
            await layer.group_send(channel, {"type": "live.event", "body": {**body, "id": number}})


def _standing() -> tuple[int, list[int]]:
    ids = list(LiveEvent.objects.order_by("-id").values_list("id", flat=True)[:LOOK_BACK])
    return (ids[0] if ids else 0), ids


def _since(number: int) -> list[tuple[int, str, dict[str, object]]]:
    rows = LiveEvent.objects.filter(id__gt=number).order_by("id")
    return list(rows.values_list("id", "channel", "body")[:1000])


async def start_poller() -> None:
    """Start the poller of this process, unless it runs."""
    loop = asyncio.get_running_loop()
    await _pollers.setdefault(loop, Poller()).start()
