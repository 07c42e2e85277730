"""Makes a long spine with a picture whose edges are known exactly, open for blind readings."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from annotation.domain.geometry import Volume as Ct
from annotation.domain.proposal import (
    CountedFrom,
    Proposal,
    StraightenedPicture,
    VertebraProposal,
)
from annotation.domain.vertebrae import LEVELS
from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.preannotation.selectors import model_in_service
from annotation.refinement import services as refinement
from annotation.refinement.heights import measure
from annotation.refinement.models import MaskHeights
from annotation.studies.models import Case, Dataset, Image, User
from annotation.studies.services import advance_case
from tests import making

PITCH_MM = 26.0
FIRST_MM = 18.0
FRONT_MM, BACK_MM = 16.0, 44.0
HEIGHTS_MM = (19.0, 18.0, 20.0)
DIMS = (60, 470, 24)
SPACING_MM = (1.0, 1.0, 2.0)
SLICE = 11.5
"""The spine lies half way between two sagittal slices."""


@dataclass(frozen=True)
class Place:
    """A vertebra's number and level, and its middle in millimetres below the picture's top."""

    number: int
    level: str
    middle_mm: float


def places(n: int) -> list[Place]:
    """Return `n` levels from T1 on."""
    levels = [level for level in LEVELS if level[0] in "TL" and level not in ("T13", "L6")]
    return [Place(k + 1, levels[k], FIRST_MM + PITCH_MM * k) for k in range(n)]


def height_at(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the body's height at millimetres from the picture's left edge: a bent plate."""
    front, middle, back = HEIGHTS_MM
    share = np.clip((x - FRONT_MM) / (BACK_MM - FRONT_MM), 0, 1)
    bend = 2 * front + 2 * back - 4 * middle
    return np.asarray(front + (back - front - bend) * share + bend * share**2)


def grey(x: NDArray[np.float64], y: NDArray[np.float64], n: int) -> NDArray[np.int16]:
    """Return Hounsfield units of a sagittal picture: bodies with soft edges, bright rims."""
    hu = np.full(np.broadcast(x, y).shape, 40.0)
    for place in places(n):
        inside = _soft(height_at(x) / 2 - np.abs(y - place.middle_mm))
        inside = inside * _soft(x - FRONT_MM) * _soft(BACK_MM - x)
        core = _soft(height_at(x) / 2 - 1.5 - np.abs(y - place.middle_mm))
        core = core * _soft(x - FRONT_MM - 1.5) * _soft(BACK_MM - 1.5 - x)
        hu += 620 * inside - 420 * core
    return hu.astype(np.int16)


def _soft(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(mm / 0.4, -60, 60))))


def make_spine_case(n: int = 17) -> Case:
    """Return a case of the demo data set with `n` normal levels and a model's points."""
    dataset = Dataset.objects.get(slug="demo")
    people = SimpleNamespace(
        **{who: User.objects.get(username=who) for who in ("student", "reader1")}
    )
    if model_in_service(dataset) is None:
        preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset, making.make_volume(_ct(n)))
    Image.objects.filter(pk=case.image_id).update(affine_lps=np.diag([1.0, 1, 1.5, 1]).tolist())
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    preannotation.store_preannotation(case.preannotations.get(), _proposal(n))
    case.refresh_from_db()
    refinement.take_lease(case, by=people.student)
    refinement.submit_mask(case, by=people.student)
    case.refresh_from_db()
    refinement.approve_mask(case, by=people.reader1)
    measure(MaskHeights.objects.get(revision__track__case=case))
    return case


def _grid() -> Grid:
    affine = np.zeros((4, 4))
    affine[:3, 3] = (24.0, -30.0, 500.0)
    affine[1, 0], affine[2, 1], affine[0, 2] = SPACING_MM[0], -SPACING_MM[1], -SPACING_MM[2]
    affine[3, 3] = 1.0
    return Grid(DIMS, affine)


def _ct(n: int) -> Ct:
    x, y = np.meshgrid(np.arange(DIMS[0]) * 1.0, np.arange(DIMS[1]) * 1.0)
    picture = grey(x, y, n)
    hu = np.repeat(picture[None], DIMS[2], axis=0)
    hu[:3], hu[-3:] = 40, 40
    return Ct(np.ascontiguousarray(hu), _grid())


def _proposal(n: int) -> Proposal:
    grid = _grid()
    mask = np.zeros(grid.shape, np.uint8)
    x, y = np.meshgrid(np.arange(DIMS[0]) * 1.0, np.arange(DIMS[1]) * 1.0)
    vertebrae = []
    for place in places(n):
        inside = np.abs(y - place.middle_mm) <= height_at(x) / 2
        inside &= (x >= FRONT_MM) & (x <= BACK_MM)
        mask[3:-3, inside] = place.number
        columns = np.array([FRONT_MM + 1, (FRONT_MM + BACK_MM) / 2, BACK_MM - 1])
        ends = [
            [(i, place.middle_mm + side * h / 2, SLICE) for side in (-1, 1)]
            for i, h in zip(columns, height_at(columns), strict=True)
        ]
        points = grid.to_mm(np.array(ends))
        middle = points.mean(axis=(0, 1))
        vertebrae.append(VertebraProposal(place.number, place.level, middle, points, 0.9))
    return Proposal(
        tuple(vertebrae), mask, grid, CountedFrom.T1_RIB, _straightened(n), seconds={"detect": 0.1}
    )


def _straightened(n: int) -> StraightenedPicture:
    """Return the same bodies at 0.5 mm on a curve that drifts sideways through the slices."""
    step, v_origin = 0.5, 60.0
    rows = np.arange(0.0, (DIMS[1] - 1) / step)
    drift = SLICE + 1.5 * np.sin(rows / 150)
    ijk = np.stack([np.full_like(rows, v_origin * step), rows * step, drift], axis=1)
    x, y = np.meshgrid(np.arange(2 * DIMS[0]) * step, rows * step)
    return StraightenedPicture(
        hu=grey(x, y, n),
        step_mm=step,
        curve_mm=_grid().to_mm(ijk),
        normal_v=np.tile([0.0, 1.0, 0.0], (len(rows), 1)),
        normal_u=np.tile([-1.0, 0.0, 0.0], (len(rows), 1)),
        v_origin=v_origin,
    )
