"""Verbs on training rounds: start, freeze, conclude."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from annotation.agreement.services import freeze_report
from annotation.domain.gate import TOLERANCE, Gate, Outcome, Verdict, judge
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.systems import SYSTEMS
from annotation.domain.workflow import Role, Stage
from annotation.preannotation.selectors import model_in_service
from annotation.preannotation.services import (
    ask_for_preannotation,
    publish_model_version,
    register_model,
)
from annotation.refinement.selectors import find_track, lease_of
from annotation.refinement.services import is_touched
from annotation.rounds.freezing import final_cases, freeze_case, split_patients, write_folder
from annotation.rounds.models import RoundCase, TrainingRound
from annotation.studies.models import Case, Dataset, Image, User
from annotation.studies.selectors import require_role
from annotation.work.models import Job
from annotation.work.services import start_job

TASK: Final = "lamina.train"
QUEUE: Final = "train"
METRIC_NAMES: Final[Mapping[str, str]] = {
    "precision": "Found vertebrae that are vertebrae",
    "recall": "Vertebrae that were found",
    "line_within_3mm": "Spine's line within 3 mm",
    "limits_within_8mm": "Spine's ends within 8 mm",
    "points_within_2mm": "Six points within 2 mm",
    "auc": "Fracture told from no fracture (AUC)",
    "labels_right": "All level names right",
    "dice": "Overlap of the masks (Dice)",
}


@transaction.atomic
def start_round(dataset: Dataset, *, by: User) -> TrainingRound:
    """Freeze the cases that are final now and ask for a training on them.

    Raises:
        NotPermitted: if the person is no manager.
        Conflict: if no model serves the data set, its system has no rounds, or one is under way.
        ContentRefused: if no case is final.
    """
    require_role(by, dataset, Role.MANAGER)
    parent = model_in_service(dataset)
    if parent is None:
        raise Conflict("No model serves this data set, so none can be trained on.", code="no_model")
    system = SYSTEMS[parent.system]
    if not system.learns_in_rounds:
        raise Conflict(
            f"{system.title} serves this data set and has no training rounds; put a model of "
            "another system in service, or train it from the shell.",
            code="no_rounds",
        )
    cases = final_cases(dataset)
    if not cases:
        raise ContentRefused(
            "No CT case is final yet; there is nothing to train on.", code="no_case"
        )
    number = (dataset.rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            training = TrainingRound.objects.create(
                dataset=dataset,
                number=number,
                parent_model=parent,
                folder=f"{dataset.slug}-{number:04d}",
                created_by=by,
            )
    except IntegrityError:
        raise Conflict("A round of this data set is under way.", code="round_open") from None
    sides = split_patients(dataset, cases)
    rows = [freeze_case(case, sides[case.patient]) for case in cases]
    for row in rows:
        row.round = training
    RoundCase.objects.bulk_create(rows)
    training.job = start_job(
        kind=Job.Kind.ROUND,
        task=TASK,
        queue=QUEUE,
        channel=dataset.channel,
        about={"round": str(training.pk)},
    )
    training.save(update_fields=["job"])
    return training


def prepare_folder(training: TrainingRound) -> Path:
    """Write the frozen folder and return where it lies; its hash is kept with the round."""
    frozen = write_folder(training)
    training.manifest_sha256 = frozen.manifest_sha256
    training.save(update_fields=["manifest_sha256"])
    return frozen.folder


@transaction.atomic
def conclude_round(
    training: TrainingRound,
    *,
    weights: Path,
    before: Mapping[str, float | None],
    after: Mapping[str, float | None],
    evaluated_on: str,
) -> TrainingRound:
    """Judge a candidate; a promoted one serves from now on, a refused one leaves all as it is.

    The agreement of the readers is frozen as it is then, under the round's name.

    Cases that still wait, or that nobody has touched, are pre-annotated anew after a promotion.

    Args:
        training: the round; concluding it twice changes nothing.
        weights: folder of the candidate.
        before: metrics of the model in service, higher is better.
        after: metrics of the candidate.
        evaluated_on: what both were measured on.
    """
    row = TrainingRound.objects.select_for_update().get(pk=training.pk)
    if not row.is_open:
        return row
    gate = judge(before, after)
    row.candidate_model = register_model(weights, parent=row.parent_model)
    row.gate = [_describe_row(one) for one in map(asdict, gate.rows)]
    row.outcome = gate.outcome.value
    row.sentence = _sentence(gate)
    row.evaluated_on = evaluated_on[:200]
    row.is_open, row.finished_at = False, timezone.now()
    row.save()
    freeze_report(row.dataset, label=f"Round {row.number}")
    if gate.outcome is Outcome.PROMOTED:
        reason = f"round {row.number}: {row.sentence}"
        publish_model_version(row.dataset, row.candidate_model, by=row.created_by, reason=reason)
        for case in untouched_cases(row.dataset):
            ask_for_preannotation(case)
    return row


def untouched_cases(dataset: Dataset) -> list[Case]:
    """Return the cases under refinement on which nobody has worked or works."""
    cases = dataset.cases.filter(stage=Stage.REFINING.value, image__kind=Image.Kind.VOLUME)
    return [case for case in cases if _is_untouched(case)]


def _is_untouched(case: Case) -> bool:
    track = find_track(case)
    return (track is None or not is_touched(track)) and lease_of(case) is None


def note_failure(job: Job) -> None:
    """Close the round of a failed job with its sentence."""
    TrainingRound.objects.filter(job=job, is_open=True).update(
        is_open=False, sentence=job.failure, finished_at=timezone.now()
    )


def _describe_row(row: Mapping[str, Any]) -> dict[str, Any]:
    metric = str(row["metric"])
    return {**row, "verdict": row["verdict"].value, "name": METRIC_NAMES.get(metric, metric)}


def _sentence(gate: Gate) -> str:
    worse = [row for row in gate.rows if row.verdict is Verdict.WORSE]
    if gate.outcome is Outcome.PROMOTED:
        return f"Promoted: no figure is down by more than {TOLERANCE}."
    if not worse:
        return "Refused: nothing could be compared."
    parts = [
        f"{METRIC_NAMES.get(row.metric, row.metric)} from {_figure(row.before)}"
        f" to {_figure(row.after)}"
        for row in worse
    ]
    return f"Refused: {'; '.join(parts)}."


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
