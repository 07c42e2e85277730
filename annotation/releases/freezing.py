"""The manifest of a release: everything that goes into it, as it was at one moment.

``lamina.release/1`` is JSON. The archive is built from the manifest and from immutable blobs alone,
so it can be built again to the same bytes whatever has happened to the cases since.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from annotation.consensus.models import Settlement, Sitting
from annotation.consensus.selectors import final_mask, newest_sitting, settled_findings
from annotation.domain.vertebrae import label_of, place_of
from annotation.domain.workflow import Stage
from annotation.reading.models import Finding
from annotation.reading.selectors import findings_of
from annotation.refinement.models import MaskRevision
from annotation.refinement.overrides import overrides_for_release
from annotation.releases.models import Release, ReleaseCase
from annotation.rounds.models import RoundCase
from annotation.studies.models import Case, Dataset, Patient
from annotation.studies.selectors import levels_of, vertebrae_of

FORMAT: Final = "lamina.release/1"
SPLITS: Final = ("training", "validation", "test")
FEWEST_PATIENTS: Final = 5
NO_VOLUME: Final = "a radiograph; the VerSe layout holds CT volumes only"
PLANTED_ERROR: Final = "its readers were shown a planted error"
_OF_ROUND: Final = {RoundCase.Split.TRAIN: "training", RoundCase.Split.FROZEN: "test"}


def split_patients(dataset: Dataset, patients: Iterable[Patient]) -> dict[Patient, str]:
    """Return the subset of each patient; nobody ever changes it.

    Who was in an earlier release stays where it was; who was trained on is training, who was kept
    out of training is test. Others are assigned by their key, half of them to training; a data
    set of fewer than `FEWEST_PATIENTS` is training as a whole.
    """
    rounds = RoundCase.objects.filter(round__dataset=dataset)
    fixed = {
        patient: _OF_ROUND[RoundCase.Split(split)]
        for patient, split in rounds.values_list("case__patient", "split")
    }
    fixed |= dict(
        ReleaseCase.objects.filter(release__dataset=dataset).values_list("case__patient", "split")
    )
    everyone = set(patients)
    few = len(everyone) < FEWEST_PATIENTS
    return {
        patient: fixed.get(patient.pk) or ("training" if few else _by_key(patient))
        for patient in everyone
    }


def _by_key(patient: Patient) -> str:
    digest = hashlib.sha256(f"lamina.release-split/1 {patient.key}".encode()).digest()
    return ("training", "training", "validation", "test")[digest[0] % 4]


def freeze(release: Release, cases: list[Case]) -> tuple[dict[str, Any], list[ReleaseCase]]:
    """Return the manifest of the cases and their rows, not yet saved.

    Raises:
        ValueError: if a case has no mask; a final case always has one.
    """
    splits = split_patients(release.dataset, (case.patient for case in cases))
    first: dict[Any, Case] = {}
    for case in cases:
        first.setdefault(case.patient_id, case)
    n_series: dict[Any, int] = {}
    for case in cases:
        n_series[case.patient_id] = n_series.get(case.patient_id, 0) + 1
    rows, described = [], []
    for case in cases:
        revision = final_mask(case)
        if revision is None:
            raise ValueError(f"case {case.code} has no mask")
        split = splits[case.patient]
        rows.append(ReleaseCase(release=release, case=case, revision=revision, split=split))
        described.append(
            {
                "subject": _name(first[case.patient_id]),
                "series": _name(case) if n_series[case.patient_id] > 1 else None,
                "split": split,
                **_describe(case, revision),
            }
        )
    manifest = {
        "format": FORMAT,
        "dataset": release.dataset.slug,
        "name": release.dataset.name,
        "version": release.version,
        "licence": release.licence,
        "cases": described,
    }
    return manifest, rows


def leave_out(cases: Iterable[Case], reason: str = NO_VOLUME) -> list[dict[str, str]]:
    """Return the final cases that a release does not hold, each with the reason."""
    return [{"code": case.code, "subject": _name(case), "reason": reason} for case in cases]


def _name(case: Case) -> str:
    """Return lower-case letters and digits that name a case, as the layout wants them."""
    return f"{case.dataset.code_prefix}{case.number:04d}".lower()


def _describe(case: Case, revision: MaskRevision) -> dict[str, Any]:
    series = case.image.series
    levels = levels_of(case)
    numbers = [row.number for row in vertebrae_of(case) if row.number in levels]
    settled = settled_findings(case)
    sitting = newest_sitting(case)
    readers = _grades_of_readers(sitting) if sitting else []
    return {
        "code": case.code,
        "stage": Stage(case.stage).value,
        "volume_hash": case.volume.hash,
        "volume_blob": case.volume.hu_blob,
        "mask_blob": revision.blob,
        "mask_sha256": revision.map_sha256,
        "revision": revision.number,
        "track": revision.track.kind,
        "sex": case.patient.sex,
        "age_years": series.study.age_years,
        "contrast": series.contrast,
        "manufacturer": series.allowed.get("manufacturer"),
        "model": series.allowed.get("model"),
        "kernel": series.allowed.get("kernel"),
        "overrides": overrides_for_release(case),
        "levels": {str(number): levels[number] for number in numbers},
        "vertebrae": [
            _describe_vertebra(number, levels[number], settled.get(number), readers)
            for number in sorted(numbers, key=lambda number: place_of(levels[number]))
        ],
    }


def _grades_of_readers(sitting: Sitting) -> list[dict[int, int | None]]:
    """Return the grades of each reader by vertebra number, readers in the order of their keys."""
    return [
        {row.vertebra.number: _grade(row) for row in findings_of(reading)}
        for reading in sitting.readings.order_by("pk")
    ]


def _grade(finding: Finding) -> int | None:
    return finding.grade_reader


def _describe_vertebra(
    number: int, level: str, settled: Settlement | None, readers: list[dict[int, int | None]]
) -> dict[str, Any]:
    described: dict[str, Any] = {"number": number, "level": level, "label": label_of(level)}
    if settled is None:
        return {**described, "visible": False}
    return {
        **described,
        "visible": True,
        "six_points_mm": settled.six_points_mm,
        "heights_mm": settled.heights_mm,
        "g": settled.g,
        "grade": settled.grade_reader,
        "shape": settled.shape_reader,
        "not_graded_reason": settled.not_graded_reason,
        "deformity": settled.deformity,
        "foreign_material": settled.foreign_material,
        "convention": settled.convention,
        "consensus": "agree" if settled.taken == Settlement.Taken.AGREED else "adjudicated",
        "reader_grades": [grades.get(number) for grades in readers],
    }
