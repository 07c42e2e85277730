"""The three heights that a sagittal slice shows, from geometry alone."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.domain.genant import height_ratio
from annotation.domain.geometry import Grid
from inference.phantoms.distance import Canvas, body_distance
from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom, PhantomVertebra
from inference.phantoms.section import Section
from inference.phantoms.spine import Body


def upright() -> Body:
    return Body(
        level="L1",
        centre=np.zeros(3),
        rotation=np.eye(3),
        upper=np.array([8.0, 11.0, 13.0]),
        lower=np.array([8.0, 11.0, 13.0]),
        width=44.0,
        depth=34.0,
        waist=0.1,
        hollow=2.0,
        disc=8.0,
        canal_width=22.0,
        canal_depth=17.0,
        is_fractured=True,
    )


def turned(body: Body, lean: float, twist: float) -> Body:
    cl, sl, cw, sw = np.cos(lean), np.sin(lean), np.cos(twist), np.sin(twist)
    about_y = np.array([[cl, 0, sl], [0, 1, 0], [-sl, 0, cl]])
    about_z = np.array([[cw, -sw, 0], [sw, cw, 0], [0, 0, 1]])
    return replace(body, rotation=about_z @ about_y)


@pytest.fixture(scope="module")
def bent() -> Phantom:
    options = PhantomOptions(
        (1.5, 1.5, 1.5),
        levels=("T11", "L2"),
        fracture=("T12", "biconcave", 0.62),
        features=Features(cobb_deg=45.0),
    )
    return make_phantom(6, options)


def test_the_middle_slice_of_an_upright_body_shows_its_own_heights() -> None:
    body = upright()
    heights = Section(body, first_x_mm=10.0, step_mm=0.5).heights_at(20)
    assert heights is not None
    assert np.allclose(heights, body.heights, atol=1e-12)


def test_slices_beside_the_middle_are_symmetric_and_end_at_the_wall() -> None:
    section = Section(upright(), first_x_mm=30.0, step_mm=1.0)
    for beside in (5, 12, 19):
        left, right = section.heights_at(30 - beside), section.heights_at(30 + beside)
        assert left is not None
        assert right is not None
        assert np.allclose(left, right, atol=1e-9)
        assert left[1] > 22.0
    assert section.heights_at(30 - 21) is None
    assert section.heights_at(30 + 40) is None


def test_a_leaning_body_is_cut_at_an_angle() -> None:
    body = turned(upright(), 0.3, 0.0)
    heights = Section(body, 0.0, 1.0).heights_at(0)
    assert heights is not None
    assert heights[1] == pytest.approx(22.0 / np.cos(0.3), rel=0.02)


@pytest.mark.parametrize("column", [-14.0, -6.5, 0.0, 3.0, 13.0])
def test_the_points_of_a_slice_lie_in_its_plane_and_on_the_end_plates(column: float) -> None:
    body = turned(upright(), 0.25, -0.15)
    points = Section(body, 0.0, 1.0).points_at(column)
    assert points is not None
    assert np.allclose(points[..., 0], -column, atol=1e-9)
    for point in points.reshape(6, 3):
        assert abs(end_plate_distance(body, point)) < 2e-3


def end_plate_distance(body: Body, point: np.ndarray) -> float:
    affine = np.eye(4)
    affine[:3, :3] = [[0, 0, -1], [1, 0, 0], [0, -1, 0]]
    affine[:3, 3] = point
    found = body_distance(Canvas.blank(Grid((1, 1, 1), affine), 40.0), body)
    assert found is not None
    return float(found[2][0, 0, 0])


def test_what_the_mask_shows_in_a_slice_is_what_is_stated(bent: Phantom) -> None:
    """Count voxels along z through the middle of each body, in slices across its width."""
    compared = 0
    for one in (one for one in bent.vertebrae if not one.is_partial and "schmorl" not in one.signs):
        for column in columns_of(bent, one):
            heights = one.heights_at(column)
            assert one.section is not None
            points = one.section.points_at(column)
            if heights is None or points is None:
                continue
            ends = bent.volume.grid.to_ijk(points[1])
            i, (top, bottom) = round(float(ends[:, 0].mean())), np.sort(ends[:, 1])
            labelled = np.flatnonzero(bent.body_mask[column, :, i] == label(bent, one))
            inside = labelled[(labelled > top - 3) & (labelled < bottom + 3)]
            tilt = abs(float(ends[0, 0] - ends[1, 0])) + 1e-9
            along = (bottom - top) / np.hypot(bottom - top, tilt)
            assert 1.5 * len(inside) * along == pytest.approx(heights[1], abs=2.5)
            compared += 1
    assert compared > 15


def columns_of(phantom: Phantom, one: PhantomVertebra) -> range:
    middle = round(float(phantom.volume.grid.to_ijk(one.centroid_mm)[2]))
    return range(middle - 9, middle + 10, 3)


def label(phantom: Phantom, one: PhantomVertebra) -> int:
    k, j, i = (round(float(n)) for n in phantom.volume.grid.to_ijk(one.centroid_mm)[::-1])
    return int(phantom.body_mask[k, j, i])


def test_a_fracture_is_seen_in_slices_near_the_middle(bent: Phantom) -> None:
    broken = next(one for one in bent.vertebrae if one.level == "T12")
    middle = columns_of(bent, broken)[3]
    heights = broken.heights_at(middle)
    assert heights is not None
    assert height_ratio(heights) == pytest.approx(0.62, abs=0.04)
    assert broken.heights_at(middle + 60) is None


def test_the_first_cervical_vertebra_has_no_heights_in_slices() -> None:
    options = PhantomOptions((4.0, 4.0, 4.0), levels=("C1", "C3"))
    first = make_phantom(3, options).vertebrae[0]
    assert first.level == "C1"
    assert first.heights_at(8) is None
