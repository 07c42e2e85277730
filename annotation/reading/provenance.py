"""Who placed each of the six points: the model, the reader, the reader's snapping aid, a mean."""

from collections.abc import Sequence
from enum import StrEnum

from annotation.reading.catches import proposed_points
from annotation.reading.models import Finding, FindingFields


class PlacedBy(StrEnum):
    """Origin of one point."""

    MODEL = "model"
    READER = "reader"
    SNAPPED = "snapped"
    MEAN = "mean"


Points = Sequence[Sequence[Sequence[float]]]
Origins = Sequence[Sequence[str]]


def all_by(who: PlacedBy) -> list[list[str]]:
    """Return one origin for all six points."""
    return [[who.value, who.value] for _ in range(3)]


def origins_of(
    points: Points, claimed: Origins | None, before: FindingFields, model: Points | None
) -> list[list[str]]:
    """Return the origin of each of six new points.

    A point that did not move keeps its origin, one at the model's place is the model's, and of
    the others only the reader knows whether they were snapped.

    Args:
        points: three pairs, as they will be.
        claimed: three pairs of origins as the browser says, or None.
        before: the finding as it is, with its points and their origins.
        model: the model's points, None where the reader may not know of them.
    """
    return [
        [_origin(points, claimed, before, model, (segment, end)) for end in range(2)]
        for segment in range(3)
    ]


def _origin(
    points: Points,
    claimed: Origins | None,
    before: FindingFields,
    model: Points | None,
    place: tuple[int, int],
) -> str:
    segment, end = place
    point = list(points[segment][end])
    if model is not None and list(model[segment][end]) == point:
        return PlacedBy.MODEL.value
    told = claimed[segment][end] if claimed else PlacedBy.READER.value
    old, origins = before.six_points_mm, before.points_by
    if old is not None and origins is not None and list(old[segment][end]) == point:
        told = origins[segment][end]
    return PlacedBy.READER.value if told == PlacedBy.MODEL.value else told


def model_points(finding: Finding) -> Points | None:
    """Return the model's points of a finding's vertebra where the reading began with them."""
    points = proposed_points(finding.reading).get(finding.vertebra_id)
    return points or None
