"""Celery doors of the room."""

from celery import shared_task
from django.db import transaction

from annotation.domain.refusals import ContentRefused
from annotation.releases import services
from annotation.releases.models import Release
from annotation.work.services import finish_job, job_at_work


@shared_task(name=services.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def build_release(job_key: str) -> None:
    """Build and prove the archive of a release; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        release = Release.objects.get(job=claim.job)
        built = services.build(release.manifest, claim.report)
        failed = services.failed_steps(built)
        if failed:
            services.store_archive(release, built)
            raise ContentRefused(f"The proof fails: {'; '.join(failed)}.")
        with transaction.atomic():
            services.store_archive(release, built)
            finish_job(claim, f"{len(built.files)} files, every step of the proof holds")
