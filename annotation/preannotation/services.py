"""Verbs on models and proposals: register, put in service, ask, take delivery, fail."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from numpy.typing import NDArray

from annotation.bridge.runs import encode_runs
from annotation.domain.genant import DEFAULT_CONVENTION, measure_points
from annotation.domain.geometry import GeometryMismatch
from annotation.domain.proposal import Proposal, VertebraProposal
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.systems import READ_RADIOGRAPHS, SYSTEMS
from annotation.domain.vertebrae import is_graded
from annotation.domain.workflow import Move, Role, Stage
from annotation.preannotation.matching import match_by_overlap, renumber
from annotation.preannotation.models import (
    ModelVersion,
    PreAnnotation,
    ProposedVertebra,
    ServiceTerm,
)
from annotation.preannotation.selectors import grade_withheld_reason, model_for
from annotation.preannotation.straight import encode_straight
from annotation.studies.blobs import blob_store
from annotation.studies.models import (
    Case,
    Dataset,
    Image,
    LevelAssignment,
    Origin,
    User,
    Vertebra,
)
from annotation.studies.selectors import vertebrae_of
from annotation.studies.services import add_vertebra, advance_case, assign_levels
from annotation.studies.volumes import grid_of
from annotation.work.models import Job
from annotation.work.services import start_job

TASK: Final = "lamina.preannotate"
QUEUE: Final = "infer"
NO_RADIOGRAPH_MODEL: Final = "No model for radiographs is in service."
CARD_FORMAT: Final = "lamina.weights/1"
_OPEN: Final = (PreAnnotation.Status.WAITING, PreAnnotation.Status.RUNNING)
_TAKES_DELIVERY: Final = (Stage.RECEIVED.value, Stage.QUEUED.value, Stage.REFINING.value)

Mask = NDArray[np.uint8]


@dataclass
class MaskRoom:
    """What the room of masks does for this earlier one; `annotation.flow` fills it.

    Attributes:
        current: the mask a case has now, None where it has none.
        begin: gives a case under refinement a new start; refuses where a person has worked.
    """

    current: Callable[[Case], Mask | None] = lambda case: None
    begin: Callable[[PreAnnotation, Mask], None] = lambda preannotation, mask: None


MASK_ROOM: Final = MaskRoom()


@transaction.atomic
def register_model(folder: Path, *, parent: ModelVersion | None = None) -> ModelVersion:
    """Write down the weights of a folder by their card; the same weights are one version.

    Weights from outside the deployment's weights root are copied there, so that a version stays
    what it was when the software is renewed.

    Args:
        folder: with the weights and their card.
        parent: the version they were trained from.

    Raises:
        ContentRefused: if the card is missing, of another format or of an unknown system.
    """
    card = _read_card(folder)
    system = str(card.get("system", "anchor-free"))
    if system not in SYSTEMS:
        raise ContentRefused(f"The card names the unknown system {system}.", code="unknown_system")
    known = ModelVersion.objects.filter(sha256=card["sha256"]).first()
    if known is not None:
        return known
    version = str(card.get("version") or card.get("name") or folder.name)[:40]
    if ModelVersion.objects.filter(version=version).exists():
        version = f"{version[:31]}+{card['sha256'][:8]}"
    return ModelVersion.objects.create(
        system=system,
        version=version,
        weights=_settle(folder, card["sha256"]),
        sha256=card["sha256"],
        parent=parent,
        trained_on=str(card.get("trained_on", "unknown"))[:200],
        phantoms_only=bool(card.get("phantoms_only", False)),
        metrics=_numbers(card.get("metrics", {})),
        manifest=card.get("manifest", {}),
        card=json.dumps(card, indent=1, sort_keys=True),
    )


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        raise ContentRefused("The folder holds no card of a model.", code="no_card") from None
    if not isinstance(card, dict) or card.get("format") != CARD_FORMAT or "sha256" not in card:
        raise ContentRefused(f"The card is not {CARD_FORMAT}.", code="unknown_format")
    return card


def _settle(folder: Path, sha256: str) -> str:
    """Return the name of the folder below the weights root, copied there where it is not."""
    root = Path(settings.WEIGHTS_ROOT)
    if folder.resolve().parent == root.resolve():
        return folder.name
    name = f"{folder.name}-{sha256[:12]}"
    (root / name).mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if file.is_file():
            shutil.copyfile(file, root / name / file.name)
    return name


def _numbers(metrics: Any) -> dict[str, float]:
    if not isinstance(metrics, dict):
        return {}
    return {name: value for name, value in metrics.items() if isinstance(value, int | float)}


@transaction.atomic
def publish_model_version(
    dataset: Dataset, model: ModelVersion, *, by: User | None, reason: str
) -> ServiceTerm:
    """Let a model version serve a dataset from now on; cases that wait get its proposal.

    It takes the place of the one that read the same kind of image, CTs or radiographs.
    """
    term = ServiceTerm.objects.create(dataset=dataset, model=model, by=by, reason=reason[:200])
    if dataset.preannotates:
        reads_radiographs = model.system in READ_RADIOGRAPHS
        kind = Image.Kind.RADIOGRAPH if reads_radiographs else Image.Kind.VOLUME
        for case in dataset.cases.filter(stage=Stage.QUEUED.value, image__kind=kind):
            ask_for_preannotation(case)
    return term


def begin_preannotation(case: Case) -> None:
    """Ask for a proposal for a case that has arrived in the queue, if its dataset wants any.

    A dataset without pre-annotation or without a model leaves a CT waiting for an offer. A
    radiograph that no model will read is offered at once, with an empty mask.
    """
    if case.dataset.preannotates and model_for(case) is not None:
        ask_for_preannotation(case)
    elif case.image.is_radiograph:
        advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM, note=NO_RADIOGRAPH_MODEL)


@transaction.atomic
def ask_for_preannotation(case: Case) -> PreAnnotation:
    """Ask for the proposal of the model in service; an open request is not made twice.

    Raises:
        Conflict: if no model that reads this kind of image serves the dataset.
    """
    model = model_for(case)
    if model is None and case.image.is_radiograph:
        raise Conflict(NO_RADIOGRAPH_MODEL, code="no_radiograph_model")
    if model is None:
        raise Conflict("No model serves this dataset.", code="no_model")
    request = case.preannotations.filter(model=model, status__in=_OPEN).first()
    if request is not None:
        return request
    try:
        with transaction.atomic():
            request = PreAnnotation.objects.create(case=case, model=model)
    except IntegrityError:
        return PreAnnotation.objects.get(case=case, model=model, status__in=_OPEN)
    request.job = start_job(
        kind=Job.Kind.PREANNOTATION,
        task=TASK,
        queue=QUEUE,
        channel=case.dataset.channel,
        about={"case": str(case.pk)},
    )
    request.save(update_fields=["job"])
    return request


def take_up(job: Job) -> PreAnnotation:
    """Return the request a worker begins to answer, marked as running."""
    request = PreAnnotation.objects.select_related("case__volume__image", "model").get(job=job)
    waiting = PreAnnotation.objects.filter(pk=request.pk, status=PreAnnotation.Status.WAITING)
    waiting.update(status=PreAnnotation.Status.RUNNING)
    request.refresh_from_db(fields=["status"])
    return request


def note_failure(job: Job) -> None:
    """Write the failure of a job to its request; the case stays where it is."""
    PreAnnotation.objects.filter(job=job, status__in=_OPEN).update(
        status=PreAnnotation.Status.FAILED, failure=job.failure
    )


@transaction.atomic
def store_preannotation(preannotation: PreAnnotation, proposal: Proposal) -> PreAnnotation:
    """Take delivery of a proposal; a second delivery of the same request changes nothing.

    Vertebrae the case already has keep their numbers where the proposal covers them. The case is
    offered for refinement if it waited for this.

    Args:
        preannotation: the request.
        proposal: on the grid of the case's volume.

    Raises:
        GeometryMismatch: if the proposal lies on another grid.
        FramesMixed: if it lies in the patient and the case is a radiograph, or the other way.
        Conflict: if the case went on without it.
    """
    row = PreAnnotation.objects.select_for_update().select_related("model").get(pk=preannotation.pk)
    if row.status == PreAnnotation.Status.DONE:
        return row
    case = Case.objects.select_for_update().get(pk=row.case_id)
    if case.stage not in _TAKES_DELIVERY:
        raise Conflict(f"The case went on without this proposal; it is at stage {case.stage}.")
    if not grid_of(case.volume).is_same(proposal.grid):
        raise GeometryMismatch("the proposal does not lie on the grid of the case's volume")
    numbers = _identify(case, proposal)
    mask = renumber(proposal.mask, numbers)
    row.counted_from = proposal.counted_from.value
    row.grade_withheld_reason = grade_withheld_reason(case.image)
    row.mask_blob = blob_store().put(encode_runs(mask))
    if proposal.straightened is not None:
        row.straightened_blob = blob_store().put(encode_straight(proposal.straightened))
    row.seconds = {phase: round(float(value), 3) for phase, value in proposal.seconds.items()}
    row.status, row.delivered_at = PreAnnotation.Status.DONE, timezone.now()
    row.save()
    _write_vertebrae(row, proposal, numbers)
    _hand_on(case, row, mask)
    return row


def _identify(case: Case, proposal: Proposal) -> dict[int, int]:
    """Return the vertebra number of the case for each number of the proposal, making new ones."""
    before = MASK_ROOM.current(case)
    matched = {} if before is None else match_by_overlap(proposal.mask, before)
    Vertebra.objects.filter(case=case, number__in=matched.values()).update(is_retired=False)
    left = vertebrae_of(case).filter(origin=Origin.PROPOSAL).exclude(number__in=matched.values())
    left.update(is_retired=True)
    counted = proposal.counted_from.value
    numbers = dict(matched)
    for one in proposal.vertebrae:
        if one.number not in numbers:
            made = add_vertebra(case, level=one.level, origin=Origin.PROPOSAL, counted_from=counted)
            numbers[one.number] = made.number
    said = LevelAssignment.objects.filter(vertebra__case=case).exclude(origin=Origin.PROPOSAL)
    fixed = set(said.values_list("vertebra__number", flat=True))
    renamed = {
        matched[one.number]: one.level
        for one in proposal.vertebrae
        if one.number in matched and matched[one.number] not in fixed
    }
    if renamed:
        assign_levels(case, levels=renamed, counted_from=counted, origin=Origin.PROPOSAL)
    return numbers


def _write_vertebrae(row: PreAnnotation, proposal: Proposal, numbers: dict[int, int]) -> None:
    by_number = {vertebra.number: vertebra for vertebra in row.case.vertebrae.all()}
    ProposedVertebra.objects.bulk_create(
        ProposedVertebra(
            preannotation=row,
            vertebra=by_number[numbers[one.number]],
            level=one.level,
            centroid_mm=np.asarray(one.centroid_mm, dtype=float).tolist(),
            confidence=float(one.confidence),
            is_partial=one.is_partial,
            suggestion=None if one.suggestion is None else asdict(one.suggestion),
            convention=DEFAULT_CONVENTION,
            **_measured(one, may_grade=not row.grade_withheld_reason),
        )
        for one in proposal.vertebrae
    )


def _measured(one: VertebraProposal, *, may_grade: bool) -> dict[str, Any]:
    """Return points, heights, G and grade, measured in 3-D; no grade where none is allowed."""
    if one.six_points_mm is None:
        return {}
    fields: dict[str, Any] = {"six_points_mm": np.asarray(one.six_points_mm).tolist()}
    try:
        measured = measure_points(np.asarray(one.six_points_mm, dtype=np.float64))
    except ValueError:
        return fields
    fields |= {"heights_mm": list(measured.heights_mm), "g": measured.g}
    if may_grade and is_graded(one.level) and not one.is_partial:
        fields |= {"grade": measured.grade, "shape": measured.shape.value}
    return fields


def _hand_on(case: Case, row: PreAnnotation, mask: Mask) -> None:
    if case.stage == Stage.REFINING.value:
        MASK_ROOM.begin(row, mask)
    else:
        advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM)
