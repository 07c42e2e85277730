"""The deployment's own normal vertebrae: those of final cases that every reader called normal."""

import numpy as np
from django.db import transaction

from annotation.consensus.models import NormalBody
from annotation.consensus.selectors import newest_sitting, standing_settlements
from annotation.domain.frames import Frame
from annotation.domain.normals import NormalLevel, estimate_normals
from annotation.domain.vertebrae import is_graded
from annotation.domain.workflow import Stage
from annotation.preannotation.selectors import grade_withheld_reason
from annotation.reading.models import Finding, FindingFields, PlantedError
from annotation.reading.selectors import findings_of
from annotation.studies.models import Case
from annotation.studies.volumes import frame_of


@transaction.atomic
def keep_normal_bodies(case: Case) -> None:
    """Note the normal vertebrae of a case that has become final; earlier notes of it go.

    A vertebra counts if every reading grades it 0 at one level, with points and without any
    deformity or foreign material. Images too coarse for a grade tell nothing of normal heights,
    and radiographs nothing of those in a CT.
    """
    NormalBody.objects.filter(case=case).delete()
    sitting = newest_sitting(case)
    is_ct = frame_of(case.volume) is Frame.PATIENT_MM
    if sitting is None or not is_ct or grade_withheld_reason(case.volume.image):
        return
    if PlantedError.objects.filter(case=case).exists():
        return
    readings = list(sitting.readings.all())
    settled = standing_settlements(sitting)
    said: dict[int, list[Finding]] = {}
    for reading in readings:
        for finding in findings_of(reading):
            said.setdefault(finding.vertebra.number, []).append(finding)
    NormalBody.objects.bulk_create(
        NormalBody(
            case=case,
            vertebra=rows[0].vertebra,
            level=settled[number].level,
            heights_mm=np.mean([row.heights_mm or () for row in rows], axis=0).tolist(),
        )
        for number, rows in sorted(said.items())
        if len(rows) == len(readings)
        and number in settled
        and all(_is_normal(row, settled[number].level) for row in (*rows, settled[number]))
    )


def _is_normal(row: FindingFields, level: str) -> bool:
    return (
        bool(level)
        and row.level == level
        and is_graded(level)
        and row.grade_reader == 0
        and row.heights_mm is not None
        and not row.deformity
        and not row.foreign_material
    )


def normal_levels() -> list[NormalLevel]:
    """Return what is normal at each level by all final cases of this deployment."""
    rows = NormalBody.objects.filter(case__stage=Stage.FINAL.value)
    return estimate_normals(
        [
            (level, (heights[0], heights[1], heights[2]))
            for level, heights in rows.values_list("level", "heights_mm")
        ]
    )
