"""Celery doors: fetch the row, call the pipeline or the training, hand back to a service.

torch is loaded inside the tasks, so that a web process may know them without it.
"""

import shutil
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db import transaction

from annotation.domain.geometry import Volume
from annotation.preannotation import services as preannotation
from annotation.preannotation.selectors import weights_folder
from annotation.rounds import services as rounds
from annotation.rounds.models import TrainingRound
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


@shared_task(name=rounds.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def train(job_key: str) -> None:
    """Train a candidate on a round's frozen folder and let it be judged; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        from inference.training import RoundConfig, train_round  # noqa: PLC0415 - loads torch

        training = TrainingRound.objects.select_related("dataset", "parent_model").get(
            job=claim.job
        )
        claim.report(1, "Freezing the final cases")
        folder = rounds.prepare_folder(training)
        out = Path(settings.WEIGHTS_ROOT) / training.folder
        shutil.rmtree(out, ignore_errors=True)
        config = RoundConfig(
            out=out,
            name=training.folder,
            cache=Path(settings.VAR_DIR) / "examples",
            seconds=settings.ROUND_SECONDS,
        )
        report = train_round(folder, config, claim.report)
        with transaction.atomic():
            concluded = rounds.conclude_round(
                training,
                weights=report.weights,
                before=report.before,
                after=report.after,
                evaluated_on=report.evaluated_on,
            )
            finish_job(claim, concluded.sentence)
