"""Names, order and label numbers of vertebrae.

A *level* is an anatomical name ("T12"). A *label* is the integer a VerSe mask carries for it
(Loeffler et al. 2020, doi:10.1148/ryai.2020190138): 1-7 C1-C7, 8-19 T1-T12, 20-24 L1-L5, 25 L6,
26 sacrum, 27 coccyx, 28 T13. Labels are no order: T13 (28) lies between T12 (19) and L1 (20).
"""

from enum import StrEnum
from typing import Final

LEVELS: Final[tuple[str, ...]] = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 14)),
    *(f"L{n}" for n in range(1, 7)),
    "S1",
    "Co",
)
"""All levels from cranial to caudal, T13 after T12."""

_LABEL_OF: Final[dict[str, int]] = {
    **{f"C{n}": n for n in range(1, 8)},
    **{f"T{n}": n + 7 for n in range(1, 13)},
    **{f"L{n}": n + 19 for n in range(1, 7)},
    "S1": 26,
    "Co": 27,
    "T13": 28,
}
_LEVEL_OF: Final[dict[int, str]] = {label: level for level, label in _LABEL_OF.items()}
_ORDER: Final[dict[str, int]] = {level: place for place, level in enumerate(LEVELS)}


class Region(StrEnum):
    """Part of the spine a level belongs to; T13 is thoracic, L6 lumbar."""

    CERVICAL = "cervical"
    THORACIC = "thoracic"
    LUMBAR = "lumbar"
    SACRAL = "sacral"


_REGION_OF_LETTER: Final[dict[str, Region]] = {
    "C": Region.CERVICAL,
    "T": Region.THORACIC,
    "L": Region.LUMBAR,
}


class UnknownLevel(ValueError):
    """A name or label number that stands for no level."""


def label_of(level: str) -> int:
    """Return the VerSe label of a level name.

    Raises:
        UnknownLevel: if the name is none of `LEVELS`.
    """
    try:
        return _LABEL_OF[level]
    except KeyError:
        raise UnknownLevel(f"{level!r} is not a vertebral level") from None


def level_of(label: int) -> str:
    """Return the level name of a VerSe label.

    Raises:
        UnknownLevel: if the number is outside 1-28.
    """
    try:
        return _LEVEL_OF[label]
    except KeyError:
        raise UnknownLevel(f"label {label} stands for no vertebral level") from None


def place_of(level: str) -> int:
    """Return the place of a level from cranial (0) to caudal.

    Raises:
        UnknownLevel: if the name is none of `LEVELS`.
    """
    try:
        return _ORDER[level]
    except KeyError:
        raise UnknownLevel(f"{level!r} is not a vertebral level") from None


def region_of(level: str) -> Region:
    """Return the region of a level.

    Raises:
        UnknownLevel: if the name is none of `LEVELS`.
    """
    place_of(level)
    if level in ("S1", "Co"):
        return Region.SACRAL
    return _REGION_OF_LETTER[level[0]]


def is_graded(level: str) -> bool:
    """Tell whether fractures are graded at this level: thoracic and lumbar only."""
    return region_of(level) in (Region.THORACIC, Region.LUMBAR)
