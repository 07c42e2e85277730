"""Websockets: what moved in a dataset, for its members."""

import time
from collections import deque
from typing import Any, Final
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from annotation.domain.refusals import NotVisible
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import get_dataset
from annotation.work.models import LiveEvent
from webapp.live.poller import start_poller

BACKLOG: Final = 500
RECHECK_S: Final = 30.0


class DatasetConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # no stubs
    """Tells a member what happens in a dataset, from the event after `after` on.

    Messages hold keys and states only. A person who stops being a member is cut off within half a
    minute of the next event.
    """

    async def connect(self) -> None:
        dataset = await self._dataset()
        if dataset is None:
            await self.close(code=4403)
            return
        self._channel = dataset.channel
        self._checked_at = time.monotonic()
        self._sent: deque[int] = deque(maxlen=4 * BACKLOG)
        await self.channel_layer.group_add(self._channel, self.channel_name)
        await start_poller()
        await self.accept()
        after = _after(self.scope["query_string"])
        if after is not None:
            for body in await database_sync_to_async(_backlog)(self._channel, after):
                await self._send_once(body)

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "_channel"):
            await self.channel_layer.group_discard(self._channel, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Take nothing: this socket only tells."""

    async def live_event(self, message: dict[str, Any]) -> None:
        """Pass an event on; the message belongs to all receivers and is left as it is."""
        if time.monotonic() - self._checked_at > RECHECK_S:
            if await self._dataset() is None:
                await self.close(code=4403)
                return
            self._checked_at = time.monotonic()
        await self._send_once(message["body"])

    async def _send_once(self, body: dict[str, Any]) -> None:
        if body["id"] not in self._sent:
            self._sent.append(body["id"])
            await self.send_json(body)

    async def _dataset(self) -> Dataset | None:
        user = self.scope.get("user")
        if not isinstance(user, User) or not user.is_authenticated:
            return None
        slug = self.scope["url_route"]["kwargs"]["slug"]
        found: Dataset | None = await database_sync_to_async(_dataset_of)(user, slug)
        return found


def _dataset_of(user: User, slug: str) -> Dataset | None:
    try:
        return get_dataset(user, slug)
    except NotVisible:
        return None


def _after(query: bytes) -> int | None:
    value = parse_qs(query.decode("latin-1")).get("after", [""])[0]
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _backlog(channel: str, after: int) -> list[dict[str, Any]]:
    rows = LiveEvent.objects.filter(channel=channel, id__gt=after).order_by("id")[:BACKLOG]
    return [{**row.body, "id": row.pk} for row in rows]
