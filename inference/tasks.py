"""Celery doors: fetch the row, call the pipeline or the training, hand back to a service.

torch is loaded inside the tasks, so that a web process may know them without it.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.db import transaction

from annotation.domain.geometry import Volume
from annotation.domain.refusals import ContentRefused
from annotation.imaging.frozen import FrozenFolderRefused
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import ModelVersion
from annotation.preannotation.selectors import weights_folder
from annotation.rounds import services as rounds
from annotation.rounds.models import TrainingRound
from annotation.studies.volumes import load_ct
from annotation.work.services import finish_job, job_at_work

if TYPE_CHECKING:
    from inference.weights import Weights


@shared_task(name=preannotation.TASK)  # type: ignore[untyped-decorator]  # Celery has no stubs
def preannotate(job_key: str) -> None:
    """Propose vertebrae for a case; safe to run twice."""
    with job_at_work(job_key) as claim:
        if claim is None:
            return
        from inference.pipelines import PIPELINES  # noqa: PLC0415 - loads torch

        request = preannotation.take_up(claim.job)
        claim.report(5, "Reading the volume")
        ct = load_ct(request.case.volume)
        weights = _weights_of(request.model)
        claim.report(15, "Finding the vertebrae")
        proposal = PIPELINES[request.model.system](Volume(ct.hu.copy(), ct.grid), weights)
        claim.report(90, "Measuring and storing")
        with transaction.atomic():
            preannotation.store_preannotation(request, proposal)
            finish_job(claim, f"{len(proposal.vertebrae)} vertebrae proposed")


def _weights_of(model: ModelVersion) -> "Weights":
    """Return the loaded weights of a model version.

    Raises:
        ContentRefused: if they are missing, altered or of another kind.
    """
    from inference.weights import (  # noqa: PLC0415 - loads torch
        AlteredWeights,
        UnknownWeights,
        load_weights,
    )

    try:
        weights = load_weights(weights_folder(model))
    except (AlteredWeights, UnknownWeights) as refusal:
        raise ContentRefused(f"The model {model.version} cannot be used: {refusal}.") from refusal
    if weights.sha256 != model.sha256:
        raise ContentRefused(f"The weights of model {model.version} are no longer its own.")
    return weights


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
        try:
            report = train_round(folder, config, claim.report)
        except FrozenFolderRefused as refusal:
            raise ContentRefused(f"The round cannot train: {refusal}.") from refusal
        with transaction.atomic():
            concluded = rounds.conclude_round(
                training,
                weights=report.weights,
                before=report.before,
                after=report.after,
                evaluated_on=report.evaluated_on,
            )
            finish_job(claim, concluded.sentence)
