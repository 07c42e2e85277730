"""First and last sagittal slice on which a reader sees a fracture."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from annotation.domain.refusals import ContentRefused
from annotation.reading.models import FindingFields
from annotation.refinement.selectors import current_mask, newest_revision
from annotation.studies.models import Case

_SLICES: Final = ("slice_first", "slice_last")


def columns_in(case: Case) -> dict[int, tuple[int, int]]:
    """Return the first and the last sagittal slice (index k) of each vertebra in the mask."""
    if newest_revision(case) is None:
        return {}
    columns: dict[int, tuple[int, int]] = {}
    for k, plane in enumerate(current_mask(case)):
        found = np.flatnonzero(np.bincount(plane.reshape(-1), minlength=256))
        for number in (int(one) for one in found if one):
            columns[number] = (columns.get(number, (k, k))[0], k)
    return columns


def say_slices(finding: FindingFields, said: Mapping[str, Any]) -> None:
    """Set the slices of a fracture as a person says them; they go where there is no fracture.

    Args:
        finding: what is changed, not saved here; its grade and class are set already.
        said: `slice_first` and `slice_last`, each an index k or None; either may be missing.

    Raises:
        ContentRefused: if the first lies behind the last, one lies outside the vertebra, or the
            vertebra has no fracture.
    """
    changed = [name for name in _SLICES if name in said]
    for name in changed:
        setattr(finding, name, said[name])
    is_whole = finding.grade_reader == 0 and not finding.ao_class
    if is_whole and any(said[name] is not None for name in changed):
        raise ContentRefused("A vertebra without a fracture has no slices of one.", code="slices")
    if is_whole or finding.not_graded_reason:
        finding.slice_first = finding.slice_last = None
    if changed:
        _check_slices(finding)


def _check_slices(finding: FindingFields) -> None:
    first, last = finding.slice_first, finding.slice_last
    if first is not None and last is not None and first > last:
        raise ContentRefused(
            f"The first slice of the fracture ({first}) lies behind the last ({last}).",
            code="slices",
        )
    given = [one for one in (first, last) if one is not None]
    if not given:
        return
    number = finding.vertebra.number
    columns = columns_in(finding.vertebra.case).get(number)
    name = finding.level or f"vertebra {number}"
    if columns is None:
        raise ContentRefused(f"The mask does not hold {name}: it has no slices.", code="slices")
    outside = [one for one in given if not columns[0] <= one <= columns[1]]
    if outside:
        raise ContentRefused(
            f"Slice {outside[0]} does not cross {name}, which lies on {columns[0]} to "
            f"{columns[1]}.",
            code="slices",
        )
