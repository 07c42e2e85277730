"""A large report is computed by a worker, and whoever asks is told how far it is."""

import pytest

from annotation.agreement import computing, services
from annotation.agreement.selectors import closed_readings, closed_state
from annotation.agreement.tasks import compute_report
from annotation.domain.refusals import Conflict
from annotation.work.models import Job, LiveEvent
from tests import working
from tests.agreement.test_agreement import A, B

pytestmark = pytest.mark.django_db
PLACE = "/api/datasets/set/agreement"


@pytest.fixture
def case(dataset, people):
    return working.make_consensus_case(dataset, people, A, B)


@pytest.fixture
def large(monkeypatch, case):
    """A data set of two closed readings, where one is many."""
    monkeypatch.setattr(computing, "MOST_READINGS", 1)
    return case


def test_a_small_report_is_there_at_once(dataset, people, case, sign_in):
    assert sign_in(people.reader1).get(f"{PLACE}/").status_code == 200
    assert not Job.objects.filter(kind="agreement").exists()


def test_a_large_report_is_computed_once_and_says_how_far_it_is(people, large, sign_in):
    client, before = sign_in(people.reader1), LiveEvent.objects.count()
    for _ in range(2):
        answer = client.get(f"{PLACE}/")
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    for address in (".csv", ".json", ".pdf", "/automation/"):
        waits = client.get(f"{PLACE}{address}")
        assert (waits.status_code, waits.json()["code"]) == (409, "computing")
    (job,) = Job.objects.filter(kind="agreement")
    assert (job.queue, sign_in(people.student).get(f"{PLACE}/").status_code) == ("io", 403)
    compute_report(str(job.pk))
    told = [row.body["job"] for row in LiveEvent.objects.order_by("id")[before:]]
    percents = [one["percent"] for one in told]
    assert percents == sorted(percents)
    assert len(percents) > 4
    assert (told[-1]["state"], percents[-1]) == ("done", 100)
    answer = client.get(f"{PLACE}/")
    assert (answer.status_code, answer.json()["n_by_two"]) == (200, 3)
    assert client.get(f"{PLACE}.csv").status_code == 200
    assert client.post(f"{PLACE}/").status_code == 204
    assert Job.objects.filter(kind="agreement").count() == 1


def test_another_state_of_the_readings_is_another_report(dataset, people, large):
    first = computing.report_or_job(dataset)
    compute_report(str(first.pk))
    assert computing.report_or_job(dataset).pk == services.report_of(dataset).pk
    working.make_consensus_case(dataset, people, A, B)
    second = computing.report_or_job(dataset)
    assert isinstance(second, Job)
    assert second.pk != first.pk
    frozen = services.freeze_report(dataset, label="Round 1")
    assert computing.report_or_job(dataset).fingerprint == frozen.fingerprint


def test_a_report_that_failed_says_why_and_is_asked_for_again(people, large, sign_in, monkeypatch):
    client = sign_in(people.manager)
    client.get(f"{PLACE}/")

    def fails(*_):
        raise Conflict("The masks could not be read.")

    with monkeypatch.context() as broken:
        broken.setattr(services, "report_of", fails)
        compute_report(str(Job.objects.get(kind="agreement").pk))
    for _ in range(2):
        said = client.get(f"{PLACE}/").json()
        assert (said["state"], said["message"]) == ("failed", "The masks could not be read.")
    assert client.post(f"{PLACE}/").json()["state"] == "queued"
    compute_report(str(Job.objects.filter(kind="agreement").latest("created_at").pk))
    assert client.get(f"{PLACE}/").status_code == 200
    assert sign_in(people.student).post(f"{PLACE}/").status_code == 403


def test_the_state_is_known_without_reading_a_finding(dataset, people, case):
    assert closed_state(dataset) == (closed_readings(dataset).fingerprint, 2)
    before = closed_state(dataset)
    working.read(working.make_reading_case(dataset, people), people.reader1, {})
    assert closed_state(dataset) == before, "a reading that is open counts nowhere"
