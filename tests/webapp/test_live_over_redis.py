"""Over Redis an idle socket stays open, and two web processes tell each event once."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from annotation.work.services import tell
from tests.webapp.test_live import _socket
from webapp.live.poller import Poller

pytestmark = [
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
    pytest.mark.asyncio,
]

IDLE_S = 6.5
"""redis-py ends a blocking read after five seconds unless it is told otherwise."""


async def test_an_idle_socket_stays_open_and_hears_each_event_once(dataset, people):
    assert "Redis" in settings.CHANNEL_LAYERS["default"]["BACKEND"]
    socket = await _socket(people.student)
    assert await socket.connect()
    other_process = Poller()
    await other_process.start()
    await asyncio.sleep(IDLE_S)
    await sync_to_async(tell)(dataset.channel, kind="case", case="c", stage="final")
    assert (await socket.hear())["case"] == "c"
    assert await socket.receive_nothing(1.0)
    await socket.leave()
    await other_process.stop()
