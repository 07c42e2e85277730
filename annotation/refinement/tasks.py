"""Celery doors of the room."""

from celery import shared_task
from django.db import transaction

from annotation.refinement import heights
from annotation.refinement.models import MaskHeights
from annotation.work.services import finish_job, job_at_work


@shared_task(name=heights.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def measure_mask(job_key: str) -> None:
    """Measure the heights in a revision of a mask; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        row = MaskHeights.objects.select_related("revision__track__case__volume").get(job=claim.job)
        with transaction.atomic():
            n_bodies = heights.measure(row)
            finish_job(claim, f"{n_bodies} bodies measured in the mask")
