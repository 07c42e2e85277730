"""The independent mask that a reader paints as part of a blind reading."""

from typing import Any

from annotation.domain.refusals import NotVisible
from annotation.reading.models import Protocol, Reading
from annotation.refinement import independent
from annotation.refinement.models import MaskTrack


def begin_own_mask(reading: Reading) -> None:
    """Give an open reading its mask, where the protocol asks its reader for one."""
    if reading.paints:
        is_empty = reading.protocol.masks_begin == Protocol.MasksBegin.EMPTY
        independent.begin_independent(reading.case, reading.reader, is_empty=is_empty)


def own_mask(reading: Reading) -> MaskTrack:
    """Return the mask that belongs to a reading.

    Raises:
        NotVisible: if the reading asks for none.
    """
    if not reading.paints:
        raise NotVisible("This case has no such mask.", code="no_mask")
    return independent.get_independent(reading.case, reading.reader)


def own_mask_problems(reading: Reading) -> list[dict[str, Any]]:
    """Return what stops a reading because of its mask: one that holds nothing."""
    if not reading.paints or not independent.is_unpainted(own_mask(reading)):
        return []
    return [
        {
            "code": "mask_empty",
            "level": None,
            "number": None,
            "message": "Your own mask of this case is empty: paint it first.",
            "at_mm": None,
            "blocking": True,
        }
    ]


def hand_own_mask_in(reading: Reading) -> None:
    """Keep the mask of a reading as it is handed in with it."""
    if reading.paints:
        independent.hand_in(own_mask(reading), by=reading.reader)
