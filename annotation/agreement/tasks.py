"""Celery doors of the room."""

from celery import shared_task
from django.db import transaction

from annotation.agreement import computing, services
from annotation.studies.models import Dataset
from annotation.work.services import finish_job, job_at_work


@shared_task(name=computing.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def compute_report(job_key: str) -> None:
    """Compute the report on a dataset's readings as they stand; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        dataset = Dataset.objects.get(slug=claim.job.about["dataset"])
        services.report_of(dataset, claim.report)
        with transaction.atomic():
            finish_job(claim, "The report is there")
