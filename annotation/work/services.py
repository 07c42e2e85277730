"""Verbs on jobs, and on what open pages are told.

The `Job` row is the truth; a message only carries its key. A message may be lost or come twice:
`claim_job` lets exactly one worker run a job at a time, and `sweep_jobs` sends again what was lost.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from annotation.domain.refusals import Refused
from annotation.work.models import Job, LiveEvent

LIVE_FORMAT: Final = "lamina.live/1"
MAX_ATTEMPTS: Final = 5
LIVE_EVENTS_KEPT: Final = timedelta(days=1)
_UNFORESEEN: Final = "Something failed that nobody foresaw; the operator finds it in the log."
_log = logging.getLogger(__name__)

ON_FAILURE: dict[str, Callable[[Job], None]] = {}
"""What a room does when a job of its kind has failed; `annotation.flow` fills it."""


class ClaimLost(Exception):
    """The job was taken from this worker, because its heartbeat had stopped."""


@dataclass(frozen=True)
class Claim:
    """The right of one worker to run one job now."""

    job: Job
    token: uuid.UUID

    def report(self, percent: int, message: str) -> None:
        """Say how far the job is.

        Raises:
            ClaimLost: if another worker has it by now.
        """
        _change(self, percent=max(0, min(99, percent)), message=message[:300])


def tell(channel: str, **body: Any) -> LiveEvent:
    """Tell everyone who listens on a channel: keys and states only, never content."""
    return LiveEvent.objects.create(channel=channel, body={"format": LIVE_FORMAT, **body})


def describe_job(job: Job) -> dict[str, Any]:
    """Return a job in the form that pages know as `JobState`."""
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "state": job.state,
        "percent": job.percent,
        "message": job.failure or job.message,
    }


def start_job(
    *, kind: Job.Kind, task: str, queue: str, channel: str, about: dict[str, str] | None = None
) -> Job:
    """Ask for a job; it is sent once the transaction holds.

    Args:
        kind: what it is.
        task: name of the Celery task, which takes the job's key.
        queue: io, infer or train.
        channel: who is told how far it is.
        about: keys that travel with its news, such as the case.
    """
    job = Job.objects.create(
        kind=kind, task=task, queue=queue, channel=channel, about=about or {}, message="Waiting"
    )
    _tell(job)
    transaction.on_commit(lambda: send_job(job))
    return job


def send_job(job: Job) -> None:
    """Send the message that carries a job's key; a broker that is away is left to the sweep."""
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    try:
        current_app.signature(job.task, args=[str(job.pk)], queue=job.queue).apply_async()
    except (OperationalError, OSError):
        _log.warning("job %s could not be sent; the sweep sends it again", job.pk)


def claim_job(key: uuid.UUID | str) -> Claim | None:
    """Take a job that waits; None if it is done, gone, or another worker runs it."""
    token, now = uuid.uuid4(), timezone.now()
    taken = Job.objects.filter(pk=key, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        percent=0,
        message="Started",
        heartbeat_at=now,
    )
    if not taken:
        return None
    job = Job.objects.get(pk=key)
    _tell(job)
    return Claim(job, token)


def finish_job(claim: Claim, message: str = "Done") -> None:
    """End a job well.

    Raises:
        ClaimLost: if another worker has it by now; what was done in this transaction is undone.
    """
    _change(
        claim,
        state=Job.State.DONE,
        percent=100,
        message=message[:300],
        finished_at=timezone.now(),
    )


@transaction.atomic
def fail_job(claim: Claim, sentence: str) -> None:
    """End a job badly, with a sentence a person can read.

    Raises:
        ClaimLost: if another worker has it by now.
    """
    _change(claim, state=Job.State.FAILED, failure=sentence, finished_at=timezone.now())
    _answer_failure(claim.job)


@contextmanager
def job_at_work(key: uuid.UUID | str) -> Iterator[Claim | None]:
    """Claim a job for the block, keep its heart beating, and turn errors into its failure.

    Yields:
        The claim, or None where there is nothing to do. The block ends the job by `finish_job`.
    """
    claim = claim_job(key)
    if claim is None:
        yield None
        return
    over = threading.Event()
    beat = threading.Thread(target=_keep_beating, args=(claim, over), daemon=True)
    beat.start()
    try:
        yield claim
    except ClaimLost:
        _log.warning("job %s went to another worker", claim.job.pk)
    except Refused as refusal:
        _fail_if_held(claim, refusal.detail)
    except Exception:
        _log.exception("job %s failed", claim.job.pk)
        _fail_if_held(claim, _UNFORESEEN)
    finally:
        over.set()
        beat.join(timeout=5)


def sweep_jobs(*, starting: bool = False) -> int:
    """Send again what was lost, give up what fails again and again; return how many were sent.

    Args:
        starting: a worker starts, so messages of waiting jobs may have died with the last one.
    """
    now = timezone.now()
    stale = timedelta(seconds=settings.JOB_STALE_SECONDS)
    _give_up(now - stale)
    Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - stale).update(
        state=Job.State.QUEUED, claim=None, sent_at=None, message="Waiting again"
    )
    patience = stale if starting else 5 * stale
    lost = Q(sent_at__isnull=True, created_at__lt=now - timedelta(seconds=5)) | Q(
        sent_at__lt=now - patience
    )
    sent = 0
    for job in Job.objects.filter(lost, state=Job.State.QUEUED):
        mine = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, sent_at=job.sent_at)
        if mine.update(sent_at=now):
            send_job(job)
            sent += 1
    LiveEvent.objects.filter(at__lt=now - LIVE_EVENTS_KEPT).delete()
    return sent


def _give_up(before: Any) -> None:
    worn = Job.objects.filter(
        state=Job.State.RUNNING, heartbeat_at__lt=before, attempts__gte=MAX_ATTEMPTS
    )
    for job in worn:
        sentence = f"The worker stopped in the middle of this {job.attempts} times."
        with transaction.atomic():
            if worn.filter(pk=job.pk).update(
                state=Job.State.FAILED, failure=sentence, finished_at=timezone.now()
            ):
                job.refresh_from_db()
                _tell(job)
                _answer_failure(job)


def _answer_failure(job: Job) -> None:
    act = ON_FAILURE.get(job.kind)
    if act is not None:
        act(job)


def _fail_if_held(claim: Claim, sentence: str) -> None:
    try:
        fail_job(claim, sentence)
    except ClaimLost:
        _log.warning("job %s went to another worker", claim.job.pk)


@transaction.atomic
def _change(claim: Claim, **fields: Any) -> None:
    held = Job.objects.filter(pk=claim.job.pk, claim=claim.token, state=Job.State.RUNNING)
    if not held.update(heartbeat_at=timezone.now(), **fields):
        raise ClaimLost
    claim.job.refresh_from_db()
    _tell(claim.job)


def _tell(job: Job) -> None:
    tell(job.channel, kind="job", job=describe_job(job), **job.about)


def _keep_beating(claim: Claim, over: threading.Event) -> None:
    held = Job.objects.filter(pk=claim.job.pk, claim=claim.token, state=Job.State.RUNNING)
    while not over.wait(settings.JOB_STALE_SECONDS / 6):
        try:
            if not held.update(heartbeat_at=timezone.now()):
                break
        except DatabaseError:
            _log.warning("job %s missed a heartbeat; trying again", claim.job.pk)
    connection.close()
