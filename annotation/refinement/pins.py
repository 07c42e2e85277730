"""Pins: remarks and questions at a spot, between those who refine a case and those who check it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.utils import timezone

from annotation.domain.refusals import ContentRefused, NotPermitted, NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.refinement import leases
from annotation.refinement.models import Pin
from annotation.studies.models import Case, User
from annotation.studies.selectors import roles_in
from annotation.studies.volumes import grid_of
from annotation.work.services import tell

PINS_SHOWN: Final = frozenset({Stage.REFINING, Stage.CHECKING})
"""Whoever reads or settles a case forms an own opinion: no remark on it is shown there."""


def pins_of(case: Case) -> list[Pin]:
    """Return the pins of a case in the order in which they were set; none outside `PINS_SHOWN`."""
    if Stage(case.stage) not in PINS_SHOWN:
        return []
    return list(case.pins.select_related("author", "resolved_by", "vertebra"))


def set_pin(
    case: Case, *, by: User, kind: str, text: str, at_mm: Sequence[float], number: int | None
) -> Pin:
    """Keep a remark at a spot.

    Args:
        case: being refined or checked.
        by: who works at this stage.
        kind: note, or ask, which only students do.
        text: what to say.
        at_mm: LPS millimetres within the volume.
        number: the vertebra it is about, None for none.

    Raises:
        Conflict, NotPermitted: as the stage and the role say.
        ContentRefused: if there is no text, no such vertebra, or the spot lies outside.
    """
    leases.require_worker(case, by)
    if kind == Pin.Kind.ASK and Role.STUDENT not in roles_in(by, case.dataset):
        raise NotPermitted("Only a student of this dataset asks.")
    if not text.strip():
        raise ContentRefused("A pin says something.", code="no_text")
    _refuse_outside(case, at_mm)
    vertebra = case.vertebrae.filter(number=number).first() if number else None
    if number and vertebra is None:
        raise ContentRefused(f"The case has no vertebra {number}.", code="unknown_vertebra")
    pin = Pin.objects.create(
        case=case,
        vertebra=vertebra,
        kind=kind,
        text=text.strip(),
        at_mm=[float(value) for value in at_mm],
        author=by,
    )
    _tell(case)
    return pin


def resolve_pin(case: Case, pin_id: UUID, *, by: User, is_resolved: bool) -> Pin:
    """Say that a pin is dealt with, or that it is not.

    Raises:
        NotVisible: if the case has no such pin, or shows none at this stage.
        NotPermitted: if the person does not work at this stage.
    """
    found = next((pin for pin in pins_of(case) if pin.pk == pin_id), None)
    if found is None:
        raise NotVisible("This pin does not exist or is not yours to see.")
    leases.require_worker(case, by)
    found.resolved_at = timezone.now() if is_resolved else None
    found.resolved_by = by if is_resolved else None
    found.save(update_fields=["resolved_at", "resolved_by"])
    _tell(case)
    return found


def describe_pin(pin: Pin) -> dict[str, Any]:
    """Return a pin as it is shown."""
    return {
        "id": pin.pk,
        "number": pin.vertebra.number if pin.vertebra else None,
        "at_mm": pin.at_mm,
        "kind": pin.kind,
        "text": pin.text,
        "author": pin.author.display_name,
        "created_at": pin.created_at,
        "resolved_at": pin.resolved_at,
        "resolved_by": pin.resolved_by.display_name if pin.resolved_by else "",
    }


def _refuse_outside(case: Case, at_mm: Sequence[float]) -> None:
    grid = grid_of(case.volume)
    index = grid.to_ijk(np.asarray(at_mm, dtype=np.float64))
    if not np.isfinite(index).all() or (index < -0.5).any() or (index > _last(grid.dims)).any():
        raise ContentRefused("The spot lies outside the volume.", code="outside")


def _last(dims: tuple[int, int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(dims, dtype=np.float64) - 0.5


def _tell(case: Case) -> None:
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
