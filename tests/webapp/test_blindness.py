"""A reader gets no byte of another's reading before both are in."""

import json

import pytest
from asgiref.sync import sync_to_async

from annotation.domain.workflow import Move
from annotation.reading import services as readings
from annotation.studies.models import Case
from annotation.work.models import LiveEvent
from tests import making, walking, working
from tests.blinding import ACTIVE, NAME, PIN, REMARK, Blind, client_of, found_in
from tests.webapp.test_live import HOST, OWN, Socket
from webapp.asgi import application
from webapp.live.routing import websocket_urlpatterns

pytestmark = pytest.mark.django_db


ROSTERS = {
    "the manager": ("/api/datasets/set/protocols/", "/api/datasets/set/readers/"),
    "a manager who reads too": ("/api/datasets/set/protocols/",),
}
"""Where managers see who the readers are: for a manager who reads too, not how far."""


def is_roster(who: str, place: tuple[str, str], marker: bytes) -> bool:
    """Tell whether a manager found no more than a reader's name, in a list of the readers."""
    address = place[1].partition("?")[0]
    return marker == NAME.encode() and address in ROSTERS.get(who, ())


@pytest.fixture(autouse=True)
def _quick(settings, caplog):
    """Keep sessions in memory and no line of each address that is refused: walks are long."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    caplog.set_level("CRITICAL", logger="django.request")


@pytest.fixture
def blind(dataset):
    return Blind(dataset)


def test_no_address_betrays_a_reading_to_anyone_before_all_are_in(blind):
    clients = {who: client_of(user) for who, user in blind.onlookers().items()}
    blind.say()
    blind.submit()
    markers = [*blind.markers(), *ACTIVE, PIN.encode()]
    for who, client in clients.items():
        answers = walking.walk(client, odd=who == "the other reader")
        assert len(answers) > 300, who
        found = [one for one in found_in(answers, markers) if not is_roster(who, *one)]
        assert found == [], who
        assert {status for status, _ in answers.values()} <= {
            200,
            400,
            401,
            403,
            404,
            405,
            406,
            409,
            422,
            503,
        }


def test_a_remark_of_the_check_is_told_again_once_the_case_is_refined_anew(blind):
    place = f"/api/cases/{blind.case.pk}/pins/"
    working.exclude(blind.case)
    working.studies.advance_case(blind.case, move=Move.READMIT, by=None, role=making.Role.MANAGER)
    working.studies.advance_case(blind.case, move=Move.OFFER, by=None, role=making.Role.SYSTEM)
    assert PIN.encode() in client_of(blind.b).get(place).content


def test_what_the_other_reader_is_answered_does_not_depend_on_the_reading_at_all(blind):
    """Counts, times and wording too: the answers are the same, byte for byte."""
    client = client_of(blind.b)
    before = walking.walk(client)
    blind.say()
    begun = walking.ask_again(client, before)
    blind.submit()
    submitted = walking.ask_again(client, before)
    assert begun == before
    assert submitted == before


def test_whether_a_reading_is_handed_in_is_told_to_nobody_who_reads_or_refines(blind):
    """A manager who reads is a reader: counts, times and wording are those of before."""
    people = (blind.people.reader1, blind.reading_manager, blind.people.student)
    clients = [client_of(user) for user in people]
    blind.say()
    before = [walking.walk(client) for client in clients]
    blind.submit()
    for client, answers in zip(clients, before, strict=True):
        assert walking.ask_again(client, answers) == answers


@pytest.mark.parametrize("exposure", ["hidden", "after_commit"])
def test_no_address_betrays_a_hidden_proposal_to_a_reader(dataset, exposure):
    blind = Blind(dataset, exposure)
    blind.say()
    markers = blind.proposed()
    assert len(markers) > 3
    assert found_in(walking.walk(client_of(blind.b)), markers) == []
    seen = client_of(blind.people.student).get(f"/api/cases/{blind.case.pk}/").content
    assert [marker for marker in markers if marker not in seen] == []


@pytest.mark.parametrize("is_handed_in", [False, True])
def test_trying_to_change_things_betrays_nothing_either(blind, is_handed_in):
    blind.say()
    if is_handed_in:
        blind.submit()
    markers = blind.markers()
    statuses = set()
    for user in (blind.b, blind.people.student, blind.people.manager):
        answers = walking.try_to_change(client_of(user), blind.try_keys())
        assert len(answers) > 150
        assert found_in(answers, markers) == [], user
        statuses |= {status for status, _ in answers.values()}
    assert {200, 400, 403, 404} <= statuses
    assert max(statuses) < 500
    assert 401 not in statuses


def test_anothers_reading_is_answered_as_one_that_does_not_exist(blind):
    blind.say()
    own = readings.open_reading(blind.case, user=blind.a)
    client = client_of(blind.b)
    nothing = "00000000-0000-0000-0000-000000000007"
    for tail, method in (
        ("", "patch"),
        ("findings/1/", "put"),
        ("others_normal/", "post"),
        ("submit/", "post"),
        ("", "get"),
        ("amend/", "post"),
        ("withdraw/", "post"),
    ):
        said = {"numbers": [1], "levels_confirmed": True, "grade_reader": 0, "reason": "slip"}
        answers = [
            client.generic(
                method.upper(), f"/api/readings/{key}/{tail}", json.dumps(said), "application/json"
            )
            for key in (own.pk, nothing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_the_reader_finds_the_own_reading_by_its_address(blind):
    """The markers are there to be found: this is what the walk would look like if it leaked."""
    blind.say()
    response = client_of(blind.a).post(f"/api/cases/{blind.case.pk}/reading/")
    body = walking.everything_in(response)
    missing = [marker for marker in blind.markers()[2:] if marker not in body]
    assert missing == []
    assert NAME.encode() in client_of(blind.a).get("/api/session/").content


def test_the_time_of_a_reading_is_the_readers_own_until_all_are_in(blind):
    own, manager = client_of(blind.a), client_of(blind.people.manager)
    blind.say()
    table = f"/api/datasets/{blind.case.dataset.slug}/activity.csv"
    assert ACTIVE[0] in own.get(f"/api/cases/{blind.case.pk}/activity/").content
    assert ACTIVE[1] not in manager.get(table).content
    blind.submit()
    assert ACTIVE[1] not in manager.get(table).content
    readings.submit_reading(blind.reading_b)
    assert ACTIVE[1] in manager.get(table).content


def test_the_walk_finds_the_markers_once_both_are_in(blind):
    blind.say()
    blind.submit()
    markers = blind.markers()[2:5]
    readings.submit_reading(blind.reading_b)
    assert Case.objects.get(pk=blind.case.pk).stage == "consensus"
    answers = walking.walk(client_of(blind.b))
    assert found_in(answers, ACTIVE) == []
    seen = found_in(answers, markers)
    assert {marker for _, marker in seen} == set(markers)
    for user in (blind.people.student, blind.people.manager):
        assert found_in(walking.walk(client_of(user)), markers) == []


def test_readers_stay_unnamed_in_the_consensus(blind):
    blind.say()
    blind.submit()
    readings.submit_reading(blind.reading_b)
    body = client_of(blind.b).get(f"/api/cases/{blind.case.pk}/consensus/").content
    assert REMARK.encode() in body
    assert NAME.encode() not in body


def test_a_case_sent_back_is_blind_again(blind):
    blind.say()
    blind.submit()
    readings.submit_reading(blind.reading_b)
    case = Case.objects.get(pk=blind.case.pk)
    working.exclude(case)
    markers = blind.markers()[2:5]
    assert found_in(walking.walk(client_of(blind.b)), markers) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_no_websocket_tells_of_a_reading(dataset):
    assert len(websocket_urlpatterns) == 1, "a new socket is to be listened to here"
    blind = await sync_to_async(Blind)(dataset)
    before = await sync_to_async(LiveEvent.objects.count)()
    sockets = {}
    for who, user in (await sync_to_async(blind.onlookers)()).items():
        for slug in (dataset.slug, "nothing"):
            sockets[who, slug] = await listen(user, slug)
    await sync_to_async(blind.say)()
    await sync_to_async(blind.submit)()
    assert await sync_to_async(LiveEvent.objects.count)() == before
    markers = await sync_to_async(blind.markers)()
    heard = {place: await drain(socket) for place, socket in sockets.items() if socket}
    assert any(heard.values())
    for place, messages in heard.items():
        assert not [marker for marker in markers if marker in messages], place


async def listen(user, slug):
    """Open a socket from the first event on; None where it is refused."""
    headers = [HOST, OWN]
    if user is not None:
        client = await sync_to_async(client_of)(user)
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    socket = Socket(
        application,
        {
            "type": "websocket",
            "path": f"/ws/datasets/{slug}/",
            "query_string": b"after=0",
            "headers": headers,
            "subprotocols": [],
        },
    )
    return socket if await socket.connect() else None


async def drain(socket) -> bytes:
    """Return all that a socket has told; each is asked once more than it has to tell."""
    told = []
    while not await socket.receive_nothing(0.3):
        told.append(json.dumps(await socket.receive_output(1), default=str).encode())
    await socket.leave()
    return b"\n".join(told)
