"""Label numbers of other tools, VerSe labels, and the vertebra numbers of a case.

A foreign mask is read with the table the person chose; a value that the table neither maps nor
knows as something else is refused with its count, never guessed. Inside a case a mask holds the
*number* of a vertebra, not its level: `number_vertebrae` and `label_numbers` are the two doors.

Tables: VerSe (Loeffler et al. 2020, doi:10.1148/ryai.2020190138); TotalSegmentator (Wasserthal et
al. 2023, doi:10.1148/ryai.230024); the TPTBox/SPINEPS vertebra mask (Moeller et al. 2025,
doi:10.1007/s00330-024-11155-y); christianpayer's challenge code (Payer et al. 2020,
doi:10.5220/0008975201240133).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.vertebrae import label_of, level_of, place_of
from annotation.imaging.results import Code, ImageRefused

MAX_LABEL: Final = 28
_SHOWN: Final = 8


@dataclass(frozen=True)
class LabelTable:
    """How the values of a foreign mask become VerSe labels.

    Attributes:
        name: what the person chooses.
        to_verse: foreign value -> VerSe label.
        dropped: foreign values that are known and are no vertebra; they become 0.
        is_enumeration_unsure: the source has no L6 and no T13, so a name may be off by one.
    """

    name: str
    to_verse: Mapping[int, int]
    dropped: frozenset[int] = field(default_factory=frozenset)
    is_enumeration_unsure: bool = False


def _counted_down(first: int, *, names: Iterable[str] = ()) -> dict[int, int]:
    """Return value -> label for masks that count from L5 up to C1: value = first - label."""
    levels = tuple(names) or tuple(level_of(label) for label in range(1, 25))
    return {first - label_of(level): label_of(level) for level in levels}


TABLES: Final[dict[str, LabelTable]] = {
    table.name: table
    for table in (
        LabelTable("verse", {label: label for label in range(1, MAX_LABEL + 1)}),
        LabelTable(
            "totalsegmentator_v2",
            {**_counted_down(51), 25: 26, 26: 26},
            frozenset({*range(1, 25), *range(51, 118)}),
            is_enumeration_unsure=True,
        ),
        LabelTable(
            "totalsegmentator_v1",
            {**_counted_down(42), 92: 26},
            frozenset({*range(1, 18), *range(42, 92), *range(93, 105)}),
            is_enumeration_unsure=True,
        ),
        LabelTable(
            "totalsegmentator_vertebrae_mr",
            {**_counted_down(26), 1: 26},
            is_enumeration_unsure=True,
        ),
        LabelTable(
            "tptbox_vert",
            {label: label for label in range(1, MAX_LABEL + 1)},
            frozenset({*range(29, 61), *range(61, 70), *range(101, 300)}),
        ),
        LabelTable(
            "christianpayer_2020",
            {**{index: index + 1 for index in range(1, 25)}, 25: 28},
        ),
    )
}
"""In christianpayer's index form C1 is 0 and cannot be told from background; it is never mapped."""


def to_verse(voxels: NDArray[np.integer[Any]], table: LabelTable) -> NDArray[np.uint8]:
    """Return a mask of VerSe labels.

    Args:
        voxels: whole numbers from 0, any shape.
        table: the chosen table.

    Raises:
        ImageRefused: UNMAPPED_LABELS, with each unknown value and its number of voxels.
    """
    values, counts = np.unique(voxels, return_counts=True)
    known = {0, *table.to_verse, *table.dropped}
    unknown = [
        f"{int(value)} ({int(count)} voxels)"
        for value, count in zip(values, counts, strict=True)
        if int(value) not in known
    ]
    if unknown:
        shown = ", ".join(unknown[:_SHOWN]) + (" and more" if len(unknown) > _SHOWN else "")
        raise ImageRefused(
            Code.UNMAPPED_LABELS, f"the table {table.name} does not know these values: {shown}"
        )
    lookup = np.zeros(int(values.max(initial=0)) + 1, np.uint8)
    for value, label in table.to_verse.items():
        if value < lookup.size:
            lookup[value] = label
    return np.asarray(lookup[voxels], dtype=np.uint8)


def number_vertebrae(labels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], dict[int, str]]:
    """Turn VerSe labels into vertebra numbers of a new case.

    Args:
        labels: VerSe labels, any shape.

    Returns:
        The mask with numbers 1, 2, ... from cranial to caudal, and the level of each number.
    """
    present = [int(label) for label in np.unique(labels) if label]
    levels = sorted((level_of(label) for label in present), key=place_of)
    lookup = np.zeros(256, np.uint8)
    for number, level in enumerate(levels, start=1):
        lookup[label_of(level)] = number
    return lookup[labels], dict(enumerate(levels, start=1))


def label_numbers(
    numbers: NDArray[np.uint8], levels: Mapping[int, str | None]
) -> NDArray[np.uint8]:
    """Turn vertebra numbers into VerSe labels, for a release or another file door.

    Args:
        numbers: vertebra numbers, any shape.
        levels: level of each number; None or absent where it has no name.

    Raises:
        ImageRefused: UNMAPPED_LABELS, if a number in the mask has no level.
    """
    lookup = np.zeros(256, np.uint8)
    for number, level in levels.items():
        lookup[number] = 0 if level is None else label_of(level)
    nameless = [int(n) for n in np.unique(numbers) if n and not lookup[n]]
    if nameless:
        raise ImageRefused(
            Code.UNMAPPED_LABELS, f"vertebrae without a level in the mask: {nameless[:_SHOWN]}"
        )
    return lookup[numbers]
