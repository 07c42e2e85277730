"""Leases, presence, pen and progress are told over the socket, and nothing of any reading."""

import json

import pytest
from asgiref.sync import sync_to_async

from annotation.consensus import room, selectors, services
from annotation.reading.services_amend import amend_reading
from annotation.refinement import services as refinement
from annotation.work.models import Job, LiveEvent
from annotation.work.services import claim_job, finish_job, start_job
from tests import working
from tests.blinding import ACTIVE, NAME, Blind
from tests.webapp.test_blindness import drain, listen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

TOLD = {
    "case": {"format", "kind", "case", "stage", "id"},
    "consensus": {"format", "kind", "case", "id"},
    "job": {"format", "kind", "job", "case", "id"},
}
"""All that a message may say, by its kind."""


def act(blind: Blind) -> list[int]:
    """Let everything happen that pages are told of; return how many messages there were after."""
    counts = []

    def count() -> None:
        counts.append(LiveEvent.objects.count())

    refining = working.make_named_case(blind.case.dataset)
    refinement.take_lease(refining, by=blind.people.student)
    count()
    blind.say()
    blind.submit()
    own = working.reading_services.open_reading(blind.case, user=blind.a)
    amended = amend_reading(own, reason=NAME)
    working.reading_services.submit_reading(amended)
    count()
    job = start_job(
        kind=Job.Kind.AGREEMENT,
        task="lamina.agreement",
        queue="io",
        channel=blind.case.dataset.channel,
    )
    claim = claim_job(job.pk)
    claim.report(30, "Group 1 of 3")
    finish_job(claim)
    working.reading_services.submit_reading(blind.reading_b)
    sitting = selectors.newest_sitting(blind.case)
    for reader in (blind.a, blind.b):
        room.enter_room(sitting, by=reader)
    room.hand_pen(sitting, by=blind.a)
    room.leave_room(sitting, by=blind.a)
    for disagreement in selectors.open_disagreements(sitting):
        services.settle_disagreement(disagreement, by=blind.b, taken="a", remark=NAME)
    blind.case.refresh_from_db()
    working.sign_all(blind.case)
    return counts


async def test_sockets_tell_of_leases_presence_and_progress_and_of_no_reading(dataset):
    blind = await sync_to_async(Blind)(dataset)
    sockets = {}
    for who, user in (await sync_to_async(blind.onlookers)()).items():
        sockets[who] = await listen(user, dataset.slug)
    assert [who for who, socket in sockets.items() if socket is None] == ["a stranger", "nobody"]
    leased, handed_in = await sync_to_async(act)(blind)
    assert handed_in == leased, "a reading that is made, handed in or amended is told to nobody"
    markers = [*await sync_to_async(blind.markers)(), *ACTIVE]
    for who, socket in sockets.items():
        if socket is None:
            continue
        heard = await drain(socket)
        assert [marker for marker in markers if marker in heard] == [], who
        messages = [json.loads(json.loads(line)["text"]) for line in heard.splitlines()]
        assert {one["kind"] for one in messages} == set(TOLD), who
        for one in messages:
            assert set(one) <= TOLD[one["kind"]], one
