"""Freezes final cases: what goes into a round, on which side, and the folder it trains from."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from annotation.bridge.runs import decode_runs
from annotation.consensus.selectors import final_mask, settled_findings
from annotation.domain.proposal import CountedFrom
from annotation.domain.workflow import Stage
from annotation.imaging.frozen import (
    PARENT,
    Frozen,
    FrozenCase,
    Seeds,
    write_case,
    write_manifest,
)
from annotation.imaging.label_maps import label_numbers
from annotation.preannotation.selectors import weights_folder
from annotation.reading.catches import catch_cases
from annotation.rounds.models import RoundCase, TrainingRound
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, Dataset, Image, Patient
from annotation.studies.selectors import assignments_of, vertebrae_of
from annotation.studies.volumes import load_ct

FEWEST_PATIENTS: Final = 5
FROZEN_SHARE: Final = 5
"""One patient in this many is kept out of training, once there are `FEWEST_PATIENTS`."""
HELD_OUT_FIRST: Final = 8_000_000
TRAIN_FIRST: Final = 500_000
_Split = RoundCase.Split


def final_cases(dataset: Dataset) -> list[Case]:
    """Return the CT cases of a data set that are final now, but for those with a planted error."""
    spoiled = catch_cases(dataset)
    return [case for case in _final(dataset, Image.Kind.VOLUME) if case.pk not in spoiled]


def final_catch_cases(dataset: Dataset) -> list[Case]:
    """Return the CT cases that are final and had a planted error: nothing is made of them."""
    spoiled = catch_cases(dataset)
    return [case for case in _final(dataset, Image.Kind.VOLUME) if case.pk in spoiled]


def final_radiographs(dataset: Dataset) -> list[Case]:
    """Return the radiographs of a data set that are final now: no round or release takes them."""
    return _final(dataset, Image.Kind.RADIOGRAPH)


def _final(dataset: Dataset, kind: str) -> list[Case]:
    cases = dataset.cases.filter(stage=Stage.FINAL.value, image__kind=kind).order_by("number")
    return list(cases.select_related("patient", "volume", "dataset"))


def split_patients(dataset: Dataset, cases: list[Case]) -> dict[Patient, str]:
    """Return on which side each patient stands.

    A patient never changes sides: who was trained on once is never measured on. A new patient's
    side follows from the patient's key; below `FEWEST_PATIENTS` all are trained on.
    """
    before: dict[Any, str] = dict(
        RoundCase.objects.filter(round__dataset=dataset).values_list("case__patient", "split")
    )
    patients = {case.patient for case in cases}
    may_freeze = len(patients) >= FEWEST_PATIENTS
    return {
        patient: before.get(patient.pk)
        or (_Split.FROZEN if may_freeze and _is_kept_out(patient) else _Split.TRAIN)
        for patient in patients
    }


def _is_kept_out(patient: Patient) -> bool:
    digest = hashlib.sha256(f"lamina.split/1 {patient.key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % FROZEN_SHARE == 0


def freeze_case(case: Case, split: str) -> RoundCase:
    """Return a case as it is now, not yet saved.

    Raises:
        ValueError: if the case has no mask; a final case always has one.
    """
    revision = final_mask(case)
    if revision is None:
        raise ValueError(f"case {case.code} has no mask")
    assigned = assignments_of(case)
    numbers = [row.number for row in vertebrae_of(case) if row.number in assigned]
    levels = {str(number): assigned[number].level for number in numbers}
    points = {
        levels[str(number)]: finding.six_points_mm
        for number, finding in settled_findings(case).items()
        if finding.six_points_mm is not None and str(number) in levels
    }
    shows = {assigned[number].counted_from for number in numbers} - {CountedFrom.ASSUMED.value, ""}
    content = json.dumps([revision.map_sha256, levels, points], sort_keys=True)
    return RoundCase(
        case=case,
        revision=revision,
        split=split,
        content_sha256=hashlib.sha256(content.encode()).hexdigest(),
        levels=levels,
        points=points,
        shows=sorted(shows),
    )


def folder_of(training: TrainingRound) -> Path:
    """Return where the frozen folder of a round lies."""
    return Path(settings.ROUNDS_ROOT) / training.folder


def write_folder(training: TrainingRound) -> Frozen:
    """Write the frozen folder of a round; written twice, it is the same.

    Raises:
        FrozenFolderRefused: if a patient would be on both sides.
    """
    folder = folder_of(training)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(weights_folder(training.parent_model), folder / PARENT)
    rows = training.cases.select_related("case__volume", "case__dataset", "revision__track")
    return write_manifest(
        Frozen(
            folder=folder,
            cases=tuple(_write_case(folder, row) for row in rows.order_by("case__number")),
            train_phantoms=Seeds(
                TRAIN_FIRST + 100 * training.number, settings.ROUND_TRAIN_PHANTOMS
            ),
            held_out_phantoms=Seeds(HELD_OUT_FIRST, settings.ROUND_HELD_OUT_PHANTOMS),
            parent_sha256=training.parent_model.sha256,
        )
    )


def _write_case(folder: Path, row: RoundCase) -> FrozenCase:
    mask = decode_runs(blob_store().read(row.revision.blob))
    levels = {int(number): level for number, level in row.levels.items()}
    described = FrozenCase(
        case=row.case.code,
        patient=row.case.patient_id.hex,
        split=row.split,
        points={level: np.asarray(points) for level, points in row.points.items()},
        shows=frozenset(row.shows),
        revision=f"{row.revision.track.kind}/{row.revision.number} {row.content_sha256}",
    )
    return write_case(folder, described, load_ct(row.case.volume), label_numbers(mask, levels))
