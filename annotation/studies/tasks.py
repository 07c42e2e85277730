"""Celery doors of the room."""

from celery import shared_task
from django.db import transaction

from annotation.studies import intake
from annotation.studies.models import ImportBatch
from annotation.work.services import finish_job, job_at_work


@shared_task(name=intake.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def read_import(job_key: str) -> None:
    """Read the files of an import; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        batch = ImportBatch.objects.select_related("dataset").get(job=claim.job)
        findings = intake.read_batch(batch, claim)
        accepted = sum(finding["accepted"] for finding in findings)
        with transaction.atomic():
            intake.close_batch(batch)
            finish_job(claim, f"{accepted} of {len(findings)} series accepted")
        intake.discard_files(batch)
