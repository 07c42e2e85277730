"""The report on a large dataset is computed by a worker; a small one as soon as it is asked for."""

from typing import Final

from django.db import transaction

from annotation.agreement import services
from annotation.agreement.masks import MaskPair, mask_pairs
from annotation.agreement.models import AgreementReport
from annotation.agreement.selectors import closed_state
from annotation.studies.models import Dataset
from annotation.work.models import Job
from annotation.work.services import start_job

TASK: Final = "lamina.agreement"
QUEUE: Final = "io"
MOST_READINGS: Final = 100
"""Closed readings whose statistics are computed while a page waits: a second or two."""
MOST_PAIRS: Final = 2
"""New pairs of masks that are compared while a page waits."""


def report_or_job(dataset: Dataset) -> AgreementReport | Job:
    """Return the report on the readings as they stand, or the job that computes it.

    A job that failed is returned as long as the readings stand as they did; `compute_anew` tries
    again.
    """
    state, n_readings = closed_state(dataset)
    pairs = mask_pairs(dataset)
    name = services.name_of_state(state, pairs)
    if (kept := services.kept_report(dataset, name)) is not None:
        return kept
    if n_readings <= MOST_READINGS and _n_unknown(dataset, pairs) <= MOST_PAIRS:
        return services.report_of(dataset)
    return _job_for(dataset, name, again=False)


def compute_anew(dataset: Dataset) -> Job | None:
    """Ask again for a report whose job failed; None where it is there already."""
    name = services.name_of_state(closed_state(dataset)[0], mask_pairs(dataset))
    if services.kept_report(dataset, name) is not None:
        return None
    return _job_for(dataset, name, again=True)


def _n_unknown(dataset: Dataset, pairs: list[MaskPair]) -> int:
    known = services.known_pairs(dataset)
    return sum(pair.key not in known for pair in pairs)


@transaction.atomic
def _job_for(dataset: Dataset, state: str, *, again: bool) -> Job:
    """Return the newest job for a state of the readings, started if there is none."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    about = {"dataset": dataset.slug, "report": state}
    jobs = Job.objects.filter(kind=Job.Kind.AGREEMENT, about=about)
    newest = jobs.order_by("-created_at").first()
    over = (Job.State.DONE, Job.State.FAILED) if again else (Job.State.DONE,)
    if newest is not None and newest.state not in over:
        return newest
    return start_job(
        kind=Job.Kind.AGREEMENT, task=TASK, queue=QUEUE, channel=dataset.channel, about=about
    )
