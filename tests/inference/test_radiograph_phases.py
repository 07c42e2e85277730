"""From a radiograph to a film, to bodies with six points, and back."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.exposure import equalize_adapthist

from annotation.domain.frames import Frame
from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.imaging.dicom import read_series
from inference.phases.equalise import equalised
from inference.phases.film import on_radiograph, placed, places, prepare
from inference.phases.outline import (
    cleaned,
    levels_from_below,
    ordered,
    outlines,
    rectangle_of,
    split,
)

DEMO = Path(__file__).parents[2] / "demo" / "radiograph" / "lidc0314_lateral_drr.zip"
SIDE = 160


def grid_of(ni, nj, spacing=(0.5, 0.25), frame=Frame.DETECTOR_MM) -> Grid:
    affine = np.zeros((4, 4))
    affine[1, 0], affine[2, 1], affine[0, 2], affine[3, 3] = spacing[0], -spacing[1], -1, 1
    affine[:3, 3] = (0, 12, -7)
    return Grid((ni, nj, 1), affine, frame)


def body(corners, side=SIDE) -> np.ndarray:
    """Return the share of each pixel of a film that a polygon fills (row, column corners)."""
    fine = 4
    at = (places((side * fine, side * fine)) + 0.5) / fine - 0.5
    inside = np.ones(at.shape[:2], bool)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge, seen = b - a, at - a
        inside &= edge[1] * seen[..., 0] - edge[0] * seen[..., 1] >= 0
    return inside.reshape(side, fine, side, fine).mean(axis=(1, 3)).astype(np.float32)


def quadrilateral(middle, front, back, depth, degrees=0.0) -> np.ndarray:
    """Return the corners of a body by the heights of its walls, turned about its middle."""
    corners = np.array([[-front, -depth], [-back, depth], [back, depth], [front, -depth]]) / 2
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return corners @ turn.T + middle


def column_of(n=4, side=SIDE) -> np.ndarray:
    chance = np.zeros((side, side), np.float32)
    for place in range(n):
        chance += body(quadrilateral((25.5 + 35 * place, 80), 24, 24, 34), side)
    return chance


ALL = np.ones((SIDE, SIDE), bool)


@pytest.mark.parametrize("frame", [Frame.DETECTOR_MM, Frame.PIXEL])
@pytest.mark.parametrize(("ni", "nj"), [(90, 310), (301, 120), (33, 17)])
def test_the_way_to_the_film_and_back_is_exact(ni, nj, frame):
    film = placed(grid_of(ni, nj, frame=frame), 64)
    at = np.random.default_rng(1).uniform(-3, 60, (50, 2))
    assert film.to_film(film.to_picture(at)) == pytest.approx(at, abs=1e-9)
    corners = film.to_film(np.array([[-0.5, -0.5], [nj - 0.5, ni - 0.5]]))
    down, across = corners[1] - corners[0]
    assert down / across == pytest.approx(nj * 0.25 / (ni * 0.5)), "proportions are kept"
    assert max(down, across) == pytest.approx(64), "and it is as large as it fits"
    assert corners.mean(axis=0) == pytest.approx([31.5, 31.5]), "in the middle"
    apart = np.linalg.norm(film.to_frame(at[:-1]) - film.to_frame(at[1:]), axis=1)
    on_film = np.linalg.norm(at[:-1] - at[1:], axis=1)
    assert apart == pytest.approx(on_film * film.size_mm)


def test_what_lies_beside_the_radiograph_is_zero_and_a_mask_comes_back():
    grid = grid_of(90, 310, (0.5, 0.4))
    picture = np.random.default_rng(2).integers(-300, 30_000, (1, 310, 90)).astype(np.int16)
    film = prepare(Volume(picture, grid), 128)
    assert film.grey.dtype == np.float32
    assert not film.grey[~film.shown].any()
    assert film.shown.mean() == pytest.approx(45 / 124, abs=0.01)
    rows, columns = np.indices((310, 90))
    disc = (rows - 140) ** 2 * 0.4**2 + (columns - 40) ** 2 * 0.5**2 < 14**2
    at = (film.to_picture(places((128, 128))) * (0.4, 0.5)) - (140 * 0.4, 40 * 0.5)
    part = np.clip(14.5 - np.linalg.norm(at, axis=-1), 0, 1)
    back = on_radiograph(film, part)
    assert 2 * (back & disc).sum() / (back.sum() + disc.sum()) > 0.98
    assert not on_radiograph(film, np.zeros((128, 128))).any()


def test_more_than_one_slice_is_no_radiograph():
    with pytest.raises(GeometryMismatch, match="one slice, not 2"):
        prepare(Volume(np.zeros((2, 3, 4), np.int16), Grid((4, 3, 2), np.eye(4))), 32)


@pytest.mark.parametrize("picture", [np.full((1, 9, 7), 5, np.int16), np.ones((1, 1, 1), np.int16)])
def test_a_picture_of_one_grey_gives_a_film_without_anything(picture):
    film = prepare(Volume(picture, grid_of(picture.shape[2], picture.shape[1])), 32)
    assert np.isfinite(film.grey).all()
    assert np.ptp(film.grey[film.shown]) < 1e-6


def test_equalising_agrees_with_an_independent_implementation():
    rng = np.random.default_rng(3)
    rows, columns = np.indices((256, 192)) / 256
    picture = 0.3 + 0.2 * columns + 0.08 * np.sin(40 * rows) * np.cos(23 * columns)
    picture = np.clip(picture + rng.normal(0, 0.01, picture.shape), 0, 1)
    ours = equalised(picture.astype(np.float32))
    theirs = equalize_adapthist(picture, kernel_size=(32, 24), clip_limit=0.0138, nbins=256)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.98
    assert 0 <= ours.min() < ours.max() <= 1
    assert ours.std() > 1.5 * picture.std()


def test_a_16_bit_projection_of_a_real_ct_becomes_a_film_with_contrast():
    with zipfile.ZipFile(DEMO) as archive:
        (name,) = archive.namelist()
        (found,) = read_series([io.BytesIO(archive.read(name))])
    stored = found.stored
    assert stored is not None
    assert np.unique(stored.voxels).size > 256, "more than eight bits of grey"
    film = prepare(Volume(stored.voxels, stored.grid), 256)
    flat = gaussian_filter(film.grey, 6)[film.shown]
    assert np.percentile(flat, 90) - np.percentile(flat, 10) > 0.25
    assert np.isfinite(film.grey).all()
    assert 0 <= film.grey.min() <= film.grey.max() <= 1


@pytest.mark.parametrize(
    ("front", "back", "degrees"), [(24, 24, 0), (15, 26, 9), (15, 26, -17), (26, 21, 28)]
)
def test_heights_of_a_turned_body_are_those_it_was_drawn_with(front, back, degrees):
    tall, depth = (front + back) / 2, 34
    a = np.deg2rad(degrees)
    step = 36 * np.array([np.cos(a), -np.sin(a)])
    chance = body(quadrilateral((80, 80), front, back, depth, degrees))
    for place in (-1, 1):
        chance += body(quadrilateral(np.array([80, 80]) + place * step, 24, 24, depth, degrees))
    found = outlines(chance, ALL)
    assert len(found) == 3
    heights = np.linalg.norm(np.diff(found[1].points, axis=1), axis=-1).ravel()
    assert heights == pytest.approx([front, tall, back], abs=1.4)
    assert (found[1].points[0, 0] < found[1].points[0, 1])[0], "the upper end lies above"
    assert found[1].points[0].mean(axis=0)[1] < found[1].points[2].mean(axis=0)[1], "front left"


def test_a_biconcave_body_is_one_and_its_middle_is_low():
    chance = body(quadrilateral((80, 80), 24, 24, 36))
    columns = np.arange(SIDE)
    floor = 9 - 6 * np.exp(-(((columns - 80) / 9) ** 2))
    rows = np.arange(SIDE)[:, None] - 80
    chance = chance * (np.abs(rows) < floor + 3).astype(np.float32)
    (found,) = outlines(chance.astype(np.float32), ALL)
    front, middle, back = np.linalg.norm(np.diff(found.points, axis=1), axis=-1).ravel()
    assert middle < 0.65 * front
    assert front == pytest.approx(back, abs=0.5)


def test_holes_are_filled_and_small_pieces_dropped():
    bone = column_of() >= 0.5
    bone[24:27, 78:83] = False
    bone[2:8, 2:8] = True
    whole = cleaned(bone)
    assert len(whole) == 4
    assert sum(one.sum() for one in whole) == (column_of() >= 0.5).sum()
    assert cleaned(np.zeros((40, 40), bool)) == []


def test_bodies_that_touch_are_two_and_come_from_above_downwards():
    bone = column_of() >= 0.5
    bone[35:50, 76:84] = True
    parts = split(bone)
    assert len(split(parts[0])) == 1
    found = ordered(cleaned(bone))
    tops = [np.argwhere(one)[:, 0].mean() for one in found]
    assert tops == pytest.approx([25.5, 60.5, 95.5, 130.5], abs=2)


def test_a_whole_row_that_touches_is_taken_apart():
    bone = column_of() >= 0.5
    bone[20:140, 76:84] = True
    found = ordered(cleaned(bone))
    assert len(found) == 4
    assert sum(one.sum() for one in found) == bone.sum()


def test_the_rectangle_is_the_smallest_of_many():
    rng = np.random.default_rng(5)
    at = rng.normal(size=(40, 2)) * (9, 3)
    centre, edges = rectangle_of(at)
    area = np.prod(np.linalg.norm(edges, axis=1))
    for a in np.linspace(0, np.pi / 2, 91):
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        assert area <= np.prod(np.ptp(at @ turn.T, axis=0)) + 1e-9
    inside = np.abs((at - centre) @ (edges / (edges**2).sum(axis=1)[:, None]).T)
    assert inside.max() <= 0.5 + 1e-9
    assert rectangle_of(np.array([[1.0, 2.0], [1.0, 2.0]]))[0] == pytest.approx([1, 2])


def test_levels_count_from_below_and_leave_a_gap_free():
    found = outlines(column_of(), ALL)
    assert levels_from_below(found) == ("L2", "L3", "L4", "L5")
    assert levels_from_below((found[0], *found[2:])) == ("L2", "L4", "L5")
    assert levels_from_below(()) == ()


def test_a_body_at_the_edge_of_the_picture_is_partial():
    shown = ALL.copy()
    shown[:20] = False
    assert [one.is_partial for one in outlines(column_of(), shown)] == [True, False, False, False]
