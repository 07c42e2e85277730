import threading
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from annotation.domain.refusals import ContentRefused
from annotation.work import services
from annotation.work.models import Job, LiveEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    keys = []
    monkeypatch.setattr(services, "send_job", lambda job: keys.append(job.pk))
    return keys


@pytest.fixture
def job(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return services.start_job(
            kind=Job.Kind.RELEASE, task="t", queue="io", channel="c", about={"case": "k"}
        )


def _age(job, **ago_s):
    fields = {name: timezone.now() - timedelta(seconds=s) for name, s in ago_s.items()}
    Job.objects.filter(pk=job.pk).update(**fields)


def test_a_job_is_sent_once_its_transaction_holds(job, sent):
    assert sent == [job.pk]


def test_only_one_worker_gets_a_job(job):
    assert services.claim_job(job.pk) is not None
    assert services.claim_job(job.pk) is None


def test_progress_and_end_are_told_with_what_the_job_is_about(job):
    with services.job_at_work(job.pk) as claim:
        claim.report(40, "Reading")
        services.finish_job(claim)
    bodies = [event.body for event in LiveEvent.objects.all()]
    assert [(b["job"]["state"], b["job"]["percent"]) for b in bodies] == [
        ("queued", 0),
        ("running", 0),
        ("running", 40),
        ("done", 100),
    ]
    assert {b["case"] for b in bodies} == {"k"}


def test_a_refusal_becomes_the_failure_a_person_reads(job, monkeypatch):
    failed = []
    monkeypatch.setitem(services.ON_FAILURE, "release", failed.append)
    with services.job_at_work(job.pk):
        raise ContentRefused("No case is final.")
    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", "No case is final.")
    assert failed == [job]


def test_an_unforeseen_error_says_nothing_of_its_cause(job):
    with services.job_at_work(job.pk):
        raise OSError("/home/someone/Meier^Anna.dcm")
    job.refresh_from_db()
    assert job.state == "failed"
    assert "Meier" not in job.failure


def test_what_a_dead_worker_left_is_sent_again_and_its_claim_is_void(job, sent, settings):
    dead = services.claim_job(job.pk)
    _age(job, heartbeat_at=settings.JOB_STALE_SECONDS + 1, sent_at=60, created_at=60)
    assert services.sweep_jobs() == 1
    alive = services.claim_job(job.pk)
    with pytest.raises(services.ClaimLost):
        services.finish_job(dead)
    services.finish_job(alive)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_with_a_heartbeat_is_left_alone(job, sent):
    services.claim_job(job.pk)
    _age(job, sent_at=3600, created_at=3600)
    assert services.sweep_jobs() == 0


def test_a_lost_message_is_sent_again_at_start(job, sent, settings):
    _age(job, sent_at=settings.JOB_STALE_SECONDS + 1, created_at=3600)
    assert services.sweep_jobs() == 0
    assert services.sweep_jobs(starting=True) == 1
    assert services.sweep_jobs(starting=True) == 0


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(job, monkeypatch):
    failed = []
    monkeypatch.setitem(services.ON_FAILURE, "release", failed.append)
    services.claim_job(job.pk)
    Job.objects.filter(pk=job.pk).update(attempts=services.MAX_ATTEMPTS)
    _age(job, heartbeat_at=3600)
    services.sweep_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "5 times" in job.failure
    assert failed == [job]


def test_a_missed_heartbeat_is_followed_by_the_next(job, settings, monkeypatch):
    settings.JOB_STALE_SECONDS = 0.06
    over, seen = threading.Event(), []

    def update(self, **fields):
        seen.append(fields)
        if len(seen) == 1:
            raise OperationalError("database is locked")
        over.set()
        return 1

    monkeypatch.setattr(QuerySet, "update", update)
    monkeypatch.setattr(services.connection, "close", lambda: None)
    claim = services.Claim(job, uuid.uuid4())
    services._keep_beating(claim, over)
    assert len(seen) == 2
