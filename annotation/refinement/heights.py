"""Heights measured in a mask: once per revision, by a worker."""

from typing import Final

from annotation.bridge.runs import decode_runs
from annotation.domain.frames import Frame
from annotation.domain.measures import Heights
from annotation.imaging.mask_heights import heights_of_mask
from annotation.refinement.models import MaskHeights
from annotation.refinement.selectors import bytes_of, newest_revision
from annotation.studies.models import Case
from annotation.studies.volumes import frame_of, grid_of
from annotation.work.models import Job
from annotation.work.services import start_job

TASK: Final = "lamina.mask_heights"
QUEUE: Final = "io"


def begin_mask_heights(case: Case) -> None:
    """Have the newest revision of a CT measured, if it has one and nobody has asked yet."""
    revision = newest_revision(case)
    if revision is None or frame_of(case.volume) is not Frame.PATIENT_MM:
        return
    row, is_new = MaskHeights.objects.get_or_create(revision=revision)
    if not is_new:
        return
    row.job = start_job(
        kind=Job.Kind.HEIGHTS,
        task=TASK,
        queue=QUEUE,
        channel=case.dataset.channel,
        about={"case": str(case.pk)},
    )
    row.save(update_fields=["job"])


def measure(row: MaskHeights) -> int:
    """Measure a revision and keep what was found; return how many bodies have heights."""
    case = row.revision.track.case
    found = heights_of_mask(decode_runs(bytes_of(row.revision)), grid_of(case.volume))
    row.bodies = {str(number): heights for number, heights in found.items()}
    row.save(update_fields=["bodies"])
    return sum(heights is not None for heights in found.values())


def heights_of(case: Case) -> dict[int, Heights | None] | None:
    """Return the heights in the newest mask by vertebra number; None until they are measured."""
    revision = newest_revision(case)
    row = MaskHeights.objects.filter(revision=revision).first() if revision else None
    if row is None or row.bodies is None:
        return None
    return {
        int(number): None if heights is None else (heights[0], heights[1], heights[2])
        for number, heights in row.bodies.items()
    }
