"""What starts by itself when a case arrives at a stage, on one page."""

from annotation.domain.workflow import Stage
from annotation.refinement.services import ensure_main_track
from annotation.studies.services import ON_ARRIVAL


def fill() -> None:
    """Fill the table that `advance_case` looks into; called once at start-up."""
    ON_ARRIVAL.clear()
    ON_ARRIVAL.update({stage: [] for stage in Stage})
    ON_ARRIVAL[Stage.REFINING].append(ensure_main_track)
