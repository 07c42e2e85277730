"""Lets one image that was read become a case, once per data set."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from annotation.bridge.meta import volume_hash
from annotation.domain.geometry import Grid
from annotation.domain.geometry import Volume as Ct
from annotation.domain.workflow import Move, Role
from annotation.imaging.canonical import Reorientation, to_canonical
from annotation.imaging.label_maps import number_vertebrae
from annotation.imaging.radiographs import LATERAL, UNKNOWN
from annotation.imaging.results import Code, Radiograph, SeriesResult
from annotation.imaging.working_grid import (
    Rule,
    WorkingGrid,
    resample_labels,
    resample_volume,
    working_grid,
)
from annotation.studies.models import (
    Case,
    Dataset,
    Image,
    Origin,
    Patient,
    Series,
    Study,
)
from annotation.studies.pseudonyms import ImageKeys, keys_of, slice_table
from annotation.studies.services import ON_IMPORTED_MASK, add_vertebra, advance_case, create_case
from annotation.studies.volumes import encode_volume

Labels = NDArray[np.uint8]
_SHOWN_OF_SERIES: Final = ("manufacturer", "model", "kernel", "kvp", "slice_thickness_mm")


@dataclass(frozen=True)
class Admitted:
    """What became of an accepted image: its case, and whether the case was there before."""

    case: Case
    is_duplicate: bool


@dataclass(frozen=True)
class Arrival:
    """An accepted image with what its admission needs.

    Attributes:
        result: what was read.
        ct: canonical, before any working-grid rule.
        turn: how it became canonical.
        content_sha256: of voxels and grid.
        keys: of the person, study and series.
        original_blob: key of the files as they came, empty where they are not kept.
    """

    result: SeriesResult
    ct: Ct
    turn: Reorientation
    content_sha256: str
    keys: ImageKeys
    original_blob: str = ""


def recognise(result: SeriesResult) -> Arrival:
    """Return an accepted result as an arrival.

    Raises:
        GeometryMismatch: if its axes are not at right angles.
        ValueError: if the result was refused.
    """
    if result.stored is None:
        raise ValueError("a refused image has no voxels")
    ct, turn = to_canonical(result.stored)
    content = volume_hash(ct)
    return Arrival(result, ct, turn, content, keys_of(result.identity, content))


def find_image(arrival: Arrival) -> Image | None:
    """Return the stored image of an arrival, if the same series came before."""
    same = Image.objects.filter(
        series__key=arrival.keys.series, content_sha256=arrival.content_sha256
    )
    return same.first()


def find_case(arrival: Arrival, dataset: Dataset) -> Case | None:
    """Return the case an arrival already has in this data set."""
    image = find_image(arrival)
    return None if image is None else dataset.cases.filter(image=image).first()


def admit(
    arrival: Arrival,
    dataset: Dataset,
    *,
    labels: Labels | None = None,
    progress: Callable[[float], None] | None = None,
) -> Admitted:
    """Make a case of an arrival and send it on its way; an image that has one gets no other.

    Args:
        arrival: what `recognise` returned.
        dataset: where it goes.
        labels: VerSe labels on the arrival's canonical grid, for an imported start.
        progress: called with the share done, 0-1.
    """
    known = find_case(arrival, dataset)
    if known is not None:
        return Admitted(known, is_duplicate=True)
    image = find_image(arrival)
    grid = working_grid(arrival.ct.grid, Rule(dataset.working_grid))
    volume = image.volumes.filter(rule=grid.rule.value).first() if image else None
    if volume is None:
        volume = encode_volume(
            resample_volume(arrival.ct, grid),
            rule=grid.rule.value,
            record=_record(arrival, grid),
            progress=progress,
            radiograph=arrival.result.radiograph,
        )
    with transaction.atomic():
        if volume._state.adding:
            volume.image = image or _write_image(arrival)
            volume.save(force_insert=True)
        case = create_case(dataset, volume=volume, title=_title(arrival.result))
        if labels is not None:
            _begin_with(case, resample_labels(labels, grid.source, grid.target))
        advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    return Admitted(case, is_duplicate=False)


def _record(arrival: Arrival, grid: WorkingGrid) -> dict[str, Any]:
    """Return how the stored image became the volume, so that an export can go back."""
    record = {"reorientation": arrival.turn.as_record(), "working_grid": grid.as_record()}
    radiograph = arrival.result.radiograph
    return record if radiograph is None else {**record, "radiograph": radiograph.as_record()}


def _write_image(arrival: Arrival) -> Image:
    keys, allowed = arrival.keys, arrival.result.allowed
    patient, _ = Patient.objects.get_or_create(
        key=keys.patient, defaults={"sex": allowed.sex or ""}
    )
    study, _ = Study.objects.get_or_create(
        key=keys.study,
        defaults={
            "patient": patient,
            "age_years": allowed.age_years,
            "shifted_date": keys.shifted_date,
        },
    )
    shown = asdict(allowed)
    series, _ = Series.objects.get_or_create(
        key=keys.series,
        defaults={
            "study": study,
            "modality": allowed.modality,
            "contrast": {True: "yes", False: "none", None: ""}[allowed.contrast],
            "allowed": {name: shown[name] for name in _SHOWN_OF_SERIES},
        },
    )
    grid = _stored_grid(arrival)
    return Image.objects.create(
        series=series,
        kind=Image.Kind.VOLUME if arrival.result.radiograph is None else Image.Kind.RADIOGRAPH,
        content_sha256=arrival.content_sha256,
        frame_key=keys.frame,
        original_blob=arrival.original_blob,
        slice_table=slice_table(arrival.result.slices),
        affine_lps=grid.affine_lps.tolist(),
        shape=list(grid.shape),
        flags=_flags(arrival.result),
    )


def _stored_grid(arrival: Arrival) -> Grid:
    stored = arrival.result.stored
    return arrival.ct.grid if stored is None else stored.grid


def _flags(result: SeriesResult) -> list[str]:
    code = [] if result.code is Code.ACCEPTED else [result.code.value]
    return [*code, *result.notes]


def _title(result: SeriesResult) -> str:
    if result.radiograph is not None:
        return _title_of_radiograph(result, result.radiograph)
    size = " x ".join(f"{mm:.2g}" for mm in result.spacing_mm or ())
    return f"CT, {result.n_slices} slices, {size} mm"


def _title_of_radiograph(result: SeriesResult, about: Radiograph) -> str:
    view = "view unknown" if about.view == UNKNOWN else f"lateral ({about.view})"
    view = about.view if about.view == LATERAL else view
    sizes = result.spacing_mm
    spacing = "spacing unknown" if sizes is None else f"{about.spacing_source} {sizes[0]:.3f} mm"
    return f"Radiograph {result.allowed.modality}, {view}, {spacing}"


def _begin_with(case: Case, labels: Labels) -> None:
    mask, levels = number_vertebrae(labels)
    for number in sorted(levels):
        add_vertebra(case, level=levels[number], origin=Origin.IMPORT)
    for act in ON_IMPORTED_MASK:
        act(case, mask)
