"""An amended reading is as blind as a reading: for others, and for who amends."""

import pytest

from annotation.reading import services as readings
from annotation.reading.services_amend import amend_reading, withdraw_amendment
from annotation.reading.statements import say_of_case
from annotation.studies.models import Case
from annotation.work.models import LiveEvent
from tests import walking, working
from tests.blinding import PLANTED, Blind, client_of, found_in

pytestmark = pytest.mark.django_db

REASON = "numbat on the wrong level"
THEIRS = {1: {**PLANTED[1], "grade_reader": 1, "remark": "wombat at the rim"}}


@pytest.fixture(autouse=True)
def _quick(settings, caplog):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    caplog.set_level("CRITICAL", logger="django.request")


@pytest.fixture
def blind(dataset):
    made = Blind(dataset)
    made.say()
    say_of_case(own(made), {"levels_counted_from": "C2", "anomalies": ["lacks_L5"]})
    made.submit()
    return made


def own(blind):
    return readings.open_reading(blind.case, user=blind.a)


def assert_same(before, later) -> None:
    """Addresses made of a reading's key differ, once there is another reading."""
    shared = before.keys() & later.keys()
    assert len(shared) > 0.9 * len(before)
    assert {place: later[place] for place in shared} == {place: before[place] for place in shared}


def test_nobody_learns_of_an_amendment_nor_of_its_reason(blind):
    """Counts, times and wording too: what the other reader is answered stays the same."""
    other, manager = client_of(blind.b), client_of(blind.people.manager)
    before, n_events = walking.walk(other), LiveEvent.objects.count()
    amended = amend_reading(own(blind), reason=REASON)
    readings.save_finding(amended, number=2, said={"grade_reader": 3})
    markers = [*blind.markers(), REASON.encode(), b"numbat"]
    begun = walking.walk(other)
    assert_same(before, begun)
    readings.submit_reading(amended)
    handed_in = walking.walk(other)
    assert_same(before, handed_in)
    assert found_in(walking.walk(manager), [REASON.encode(), str(amended.pk).encode()]) == []
    assert found_in(handed_in, markers) == []
    assert LiveEvent.objects.count() == n_events


def test_who_amends_at_consensus_is_told_nothing_of_the_other_reading(blind):
    for number, said in THEIRS.items():
        readings.save_finding(blind.reading_b, number=number, said=said)
    readings.submit_reading(blind.reading_b)
    case = Case.objects.get(pk=blind.case.pk)
    assert case.stage == "consensus"
    amended = amend_reading(own(blind), reason=REASON)
    client = client_of(blind.a)
    markers = [THEIRS[1]["remark"].encode(), str(blind.reading_b.pk).encode()]
    assert found_in(walking.walk(client), markers) == []
    withdraw_amendment(amended)
    assert markers[0] in client.get(f"/api/cases/{case.pk}/consensus/").content


def test_a_reader_of_the_dataset_reads_no_reason_at_consensus_either(blind):
    readings.submit_reading(amend_reading(own(blind), reason=REASON))
    working.read_and_submit(blind.case, blind.b, {})
    body = client_of(blind.b).get(f"/api/cases/{blind.case.pk}/consensus/").content
    assert b"lacks_L5" in body
    assert REASON.encode() not in body
