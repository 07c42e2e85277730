"""What starts by itself when a case arrives at a stage, on one page."""

import numpy as np
from numpy.typing import NDArray

from annotation.consensus.normals import keep_normal_bodies
from annotation.consensus.services import open_sitting
from annotation.domain.workflow import Stage
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import PreAnnotation
from annotation.qualification.selectors import is_tested, waiting
from annotation.qualification.services import judge_case
from annotation.reading.allotting import assign_on_arrival
from annotation.reading.selectors import repeated_since, stage_for
from annotation.reading.services import close_readings_when_all_are_in
from annotation.reading.services_amend import ON_AMENDED
from annotation.refinement import selectors as masks
from annotation.refinement import services as refinement
from annotation.refinement.heights import begin_mask_heights
from annotation.refinement.models import MaskRevision
from annotation.rounds import services as rounds
from annotation.rounds.effort import note_effort
from annotation.studies import intake
from annotation.studies.models import Case
from annotation.studies.qualifying import WAITING
from annotation.studies.selectors import COUNTED_SINCE, SHOWN_STAGE
from annotation.studies.services import ON_ARRIVAL, ON_IMPORTED_MASK
from annotation.work.models import Job
from annotation.work.services import ON_FAILURE


def fill() -> None:
    """Fill the tables that earlier rooms look into; called once at start-up."""
    ON_ARRIVAL.clear()
    ON_ARRIVAL.update({stage: [] for stage in Stage})
    ON_ARRIVAL[Stage.QUEUED].append(preannotation.begin_preannotation)
    ON_ARRIVAL[Stage.REFINING].append(refinement.ensure_main_track)
    ON_ARRIVAL[Stage.READING] += [
        begin_mask_heights,
        close_readings_when_all_are_in,
        assign_on_arrival,
    ]
    ON_ARRIVAL[Stage.CHECKING].append(judge_case)
    ON_ARRIVAL[Stage.CONSENSUS] += [open_sitting, judge_case]
    WAITING[:] = [waiting]
    ON_ARRIVAL[Stage.FINAL].append(note_effort)
    ON_ARRIVAL[Stage.FINAL].append(_keep_normals)
    ON_AMENDED[:] = [open_sitting]
    ON_IMPORTED_MASK[:] = [_begin_imported]
    SHOWN_STAGE[:] = [stage_for]
    COUNTED_SINCE[:] = [repeated_since]
    ON_FAILURE[Job.Kind.INTAKE] = intake.note_failure
    ON_FAILURE[Job.Kind.PREANNOTATION] = preannotation.note_failure
    ON_FAILURE[Job.Kind.ROUND] = rounds.note_failure
    preannotation.MASK_ROOM.current = _current_mask
    preannotation.MASK_ROOM.begin = _begin_mask


def _keep_normals(case: Case) -> None:
    """Learn what is normal from real cases alone: in a test one person tries."""
    if not is_tested(case):
        keep_normal_bodies(case)


def _current_mask(case: Case) -> NDArray[np.uint8] | None:
    has_mask = masks.newest_revision(case) is not None
    return masks.current_mask(case) if has_mask else None


def _begin_mask(row: PreAnnotation, mask: NDArray[np.uint8]) -> None:
    newest = masks.newest_revision(row.case)
    if newest is not None and newest.author_kind == MaskRevision.AuthorKind.IMPORT:
        return
    refinement.start_main_track(
        row.case, mask=mask, author_kind=MaskRevision.AuthorKind.MODEL, preannotation=row
    )


def _begin_imported(case: Case, mask: NDArray[np.uint8]) -> None:
    refinement.start_main_track(case, mask=mask, author_kind=MaskRevision.AuthorKind.IMPORT)
