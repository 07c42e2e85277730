import json

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from annotation.domain.workflow import Move, Role
from annotation.studies.services import advance_case
from annotation.work.models import LiveEvent
from tests import making
from webapp.asgi import application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

HOST = (b"host", b"testserver")
OWN = (b"origin", b"http://testserver")


class Socket(ApplicationCommunicator):
    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(5))["type"] == "websocket.accept"

    async def hear(self) -> dict:
        return json.loads((await self.receive_output(5))["text"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)


@sync_to_async
def _socket(user, *, origin=OWN, query=b""):
    headers = [HOST, origin]
    if user is not None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    scope = {
        "type": "websocket",
        "path": "/ws/datasets/set/",
        "query_string": query,
        "headers": headers,
        "subprotocols": [],
    }
    return Socket(application, scope)


@sync_to_async
def _made(dataset):
    return making.make_case(dataset)


@sync_to_async
def _move(case):
    advance_case(case, move=Move.EXCLUDE, by=None, role=Role.MANAGER)


async def test_a_member_hears_that_a_case_moved(dataset, people):
    case = await _made(dataset)
    socket = await _socket(people.student)
    assert await socket.connect()
    await _move(case)
    told = await socket.hear()
    assert told["format"] == "lamina.live/1"
    assert (told["kind"], told["case"], told["stage"]) == ("case", str(case.pk), "excluded")
    await socket.leave()


async def test_what_was_missed_is_told_at_once_and_only_once(dataset, people):
    case = await _made(dataset)
    first = await LiveEvent.objects.afirst()
    await _move(case)
    socket = await _socket(people.student, query=f"after={first.pk}".encode())
    assert await socket.connect()
    assert (await socket.hear())["stage"] == "excluded"
    assert await socket.receive_nothing(0.5)
    await socket.leave()


@pytest.mark.parametrize("who", ["stranger", None])
async def test_strangers_and_visitors_are_refused(dataset, people, who):
    user = getattr(people, who) if who else None
    socket = await _socket(user)
    assert not await socket.connect()


@pytest.mark.parametrize("origin", ["http://elsewhere", "http://testserver:81", ""])
async def test_another_site_is_refused(dataset, people, origin):
    socket = await _socket(people.student, origin=(b"origin", origin.encode()))
    assert not await socket.connect()
