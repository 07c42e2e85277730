"""Celery doors: fetch the row, call the pipeline or the training, hand back to a service.

torch is loaded inside the tasks, so that a web process may know them without it.
"""

from celery import shared_task
from django.db import transaction

from annotation.domain.geometry import Volume
from annotation.preannotation import services as preannotation
from annotation.preannotation.selectors import weights_folder
from annotation.studies.volumes import load_ct
from annotation.work.services import finish_job, job_at_work


@shared_task(name=preannotation.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def preannotate(job_key: str) -> None:
    """Propose vertebrae for a case; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        from inference.pipelines import PIPELINES  # noqa: PLC0415 - loads torch
        from inference.weights import load_weights  # noqa: PLC0415 - loads torch

        request = preannotation.take_up(claim.job)
        claim.report(5, "Reading the volume")
        ct = load_ct(request.case.volume)
        weights = load_weights(weights_folder(request.model))
        claim.report(15, "Finding the vertebrae")
        proposal = PIPELINES[request.model.system](Volume(ct.hu.copy(), ct.grid), weights)
        claim.report(90, "Measuring and storing")
        with transaction.atomic():
            preannotation.store_preannotation(request, proposal)
            finish_job(claim, f"{len(proposal.vertebrae)} vertebrae proposed")
