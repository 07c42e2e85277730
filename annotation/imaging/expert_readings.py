"""Published six-point readings of several experts, as JSON.

One object per study: expert name to a list of `{"type": "Th8", "segments": [...]}`; segments are
anterior, middle and posterior, each with its upper and lower end, each end a voxel index (row,
column, slice): rows grow backwards, slices downwards. Spacing is given apart. The form is that of
the readings published with Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import heights_mm
from annotation.domain.vertebrae import UnknownLevel, place_of

Spacings = Mapping[str, tuple[float, float, float]]


class ReadingsRefused(ValueError):
    """The file is no set of published readings; the text names the place."""


@dataclass(frozen=True, eq=False)
class ExpertReading:
    """Six points of one expert on one vertebra.

    Attributes:
        study: as the file names it.
        expert: as the file names them.
        level: our name, T8 for Th8.
        points_mm: (3, 2, 3) millimetres along row, column and slice from the first voxel; no
            patient coordinates, since the file has none.
    """

    study: str
    expert: str
    level: str
    points_mm: NDArray[np.float64]


def read_spacings(content: bytes) -> dict[str, tuple[float, float, float]]:
    """Read the spacings: a JSON object of study to row, column and slice spacing in millimetres.

    Raises:
        ReadingsRefused: naming the study.
    """
    try:
        studies = json.loads(content)
    except ValueError as error:
        raise ReadingsRefused(f"The spacings are no JSON: {error}.") from None
    if not isinstance(studies, dict):
        raise ReadingsRefused("The spacings are no object of studies.")
    found = {}
    for study, given in studies.items():
        try:
            row, column, through = (float(value) for value in given)
        except (TypeError, ValueError):
            raise ReadingsRefused(
                f"Study {study} has no spacing of three positive millimetres."
            ) from None
        found[study] = (row, column, through)
    return found


def read_expert_readings(content: bytes, spacings_mm: Spacings) -> list[ExpertReading]:
    """Read the file.

    Args:
        content: the JSON.
        spacings_mm: row, column and slice spacing by study.

    Raises:
        ReadingsRefused: naming study, expert and vertebra, if anything is not as described.
    """
    try:
        studies = json.loads(content)
    except ValueError as error:
        raise ReadingsRefused(f"The file is no JSON: {error}.") from None
    if not isinstance(studies, dict):
        raise ReadingsRefused("The file is no object of studies.")
    found: list[ExpertReading] = []
    for study, experts in studies.items():
        spacing = np.asarray(spacings_mm.get(study, ()), dtype=np.float64)
        if spacing.shape != (3,) or not np.isfinite(spacing).all() or (spacing <= 0).any():
            raise ReadingsRefused(f"Study {study} has no spacing of three positive millimetres.")
        for expert, vertebrae in _entries(experts, f"study {study}"):
            found += _of_expert(study, expert, vertebrae, spacing)
    return found


def _entries(experts: Any, where: str) -> Iterator[tuple[str, list[Any]]]:
    if not isinstance(experts, dict):
        raise ReadingsRefused(f"{where} holds no object of experts.")
    for expert, vertebrae in experts.items():
        if not isinstance(vertebrae, list):
            raise ReadingsRefused(f"{where}, expert {expert} holds no list of vertebrae.")
        yield expert, vertebrae


def _of_expert(
    study: str, expert: str, vertebrae: list[Any], spacing: NDArray[np.float64]
) -> list[ExpertReading]:
    found: list[ExpertReading] = []
    for number, vertebra in enumerate(vertebrae, start=1):
        where = f"study {study}, expert {expert}, vertebra {number}"
        level = _level(vertebra, where)
        if any(one.level == level for one in found):
            raise ReadingsRefused(f"{where}: {level} stands twice.")
        points = _points(vertebra, where) * spacing
        if (heights_mm(points) <= 0).any() or (points[:, 0, 2] >= points[:, 1, 2]).any():
            raise ReadingsRefused(f"{where}: an upper end does not lie above its lower end.")
        if (np.diff(points[..., 0], axis=0) <= 0).any():
            raise ReadingsRefused(f"{where}: the segments do not follow from front to back.")
        found.append(ExpertReading(study, expert, level, points))
    return found


def _level(vertebra: Any, where: str) -> str:
    name = str(vertebra.get("type", "")) if isinstance(vertebra, dict) else ""
    level = f"T{name[2:]}" if name.startswith("Th") else name
    try:
        place_of(level)
    except UnknownLevel:
        raise ReadingsRefused(f"{where}: {name or 'nothing'} is no level.") from None
    return level


def _points(vertebra: Mapping[str, Any], where: str) -> NDArray[np.float64]:
    try:
        points = np.asarray(vertebra.get("segments"), dtype=np.float64)
    except (TypeError, ValueError):
        points = np.zeros(0)
    if points.shape != (3, 2, 3) or not np.isfinite(points).all():
        raise ReadingsRefused(f"{where}: segments are no 3 x 2 x 3 voxel indices.")
    return points
