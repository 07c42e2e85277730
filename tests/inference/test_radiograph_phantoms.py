"""Radiographs of phantoms: where rays fall, and that the truth is that of the shadow."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.domain.frames import Frame
from annotation.domain.genant import measure_points
from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import label_of
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.radiograph import Beam, View, make_radiograph, taken
from inference.phases.film import placed, places
from inference.phases.outline import outlines

CONE = Beam(1000.0, 50.0, 1e7, 0.4, 20.0, 0.3, 1.0)
PARALLEL = replace(CONE, source_mm=float("inf"))
SPINE = PhantomOptions((1.0, 1.0, 3.0), "spine", ("T11", "L4"), ("L2", "wedge", 0.6))


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(11, SPINE)


@pytest.fixture(scope="module")
def radiograph(phantom):
    return taken(phantom, CONE, np.random.default_rng(1))


def small_grid() -> Grid:
    affine = np.zeros((4, 4))
    affine[1, 0], affine[2, 1], affine[0, 2], affine[3, 3] = 1.0, -2.0, -3.0, 1.0
    return Grid((61, 41, 30), affine)


@pytest.mark.parametrize("beam", [CONE, PARALLEL])
def test_a_point_falls_where_its_shadow_lies(beam):
    grid = small_grid()
    view = View.of(grid, beam)
    density = np.zeros(grid.shape, np.float32)
    density[17, 12, 40] = 0.5
    shadow = view.shadow(density)
    middle = (np.indices(shadow.shape) * shadow).sum(axis=(1, 2)) / shadow.sum()
    place = view.points_mm(grid.to_mm(np.array([40.0, 12.0, 17.0])))
    assert place[::-1] == pytest.approx(middle, abs=0.1)
    above = 50 + 17 * 3.0
    scale = 1000 / (1000 - above) if beam is CONE else 1.0
    assert place == pytest.approx(
        (np.array([40, 12]) - (30, 20)) * scale + (np.array(shadow.shape)[::-1] - 1) / 2
    )
    assert shadow.sum() == pytest.approx(0.5 * 3.0 * scale**2, rel=0.02), "rays keep their sum"


def test_the_same_seed_takes_the_same_radiograph():
    options = PhantomOptions((2.0, 2.0, 6.0), "spine", ("L1", "L3"))
    one, other = make_radiograph(5, options), make_radiograph(5, options)
    assert (one.volume.hu == other.volume.hu).all()
    assert (one.mask == other.mask).all()
    assert (make_radiograph(6, options).volume.hu.shape != one.volume.hu.shape) or (
        make_radiograph(6, options).volume.hu != one.volume.hu
    ).any()


def test_it_is_one_slice_in_the_frame_of_the_detector(radiograph):
    grid = radiograph.volume.grid
    assert grid.frame is Frame.DETECTOR_MM
    assert grid.dims[2] == 1
    assert radiograph.mask.shape == radiograph.volume.hu.shape == grid.shape
    assert radiograph.volume.hu.dtype == np.int16
    assert np.unique(radiograph.volume.hu).size > 256
    for one in radiograph.vertebrae:
        assert one.six_points_mm[..., 0] == pytest.approx(0), "points lie in the picture's plane"
        assert measure_points(one.six_points_mm).g == pytest.approx(one.g)


def test_heights_are_enlarged_by_where_the_body_stands(phantom):
    cone = taken(phantom, CONE, np.random.default_rng(1))
    flat = taken(phantom, PARALLEL, np.random.default_rng(1))
    truth = {one.level: one for one in phantom.vertebrae}
    grid = phantom.volume.grid
    assert len(cone.vertebrae) >= 5
    for large, small in zip(cone.vertebrae, flat.vertebrae, strict=True):
        k = grid.to_ijk(truth[large.level].centroid_mm)[2]
        scale = 1000 / (1000 - 50 - 3 * k)
        assert large.heights_mm / small.heights_mm == pytest.approx(scale, rel=0.03)
        assert (small.heights_mm <= truth[small.level].heights_mm + 1e-9).all(), "a tilt shortens"


def test_the_outline_measures_what_the_points_say(radiograph):
    film = placed(radiograph.volume.grid, 256)
    at = np.rint(film.to_picture(places((256, 256)))).astype(int)
    rows, columns = (
        np.clip(at[..., axis], 0, n - 1) for axis, n in enumerate(radiograph.mask.shape[1:])
    )
    chance = (radiograph.mask[0][rows, columns] > 0) & film.shown
    found = outlines(chance.astype(np.float32), film.shown)
    whole = {one.level: one for one in radiograph.vertebrae if not one.is_partial}
    errors = []
    for level, one in whole.items():
        mine = min(
            found,
            key=lambda body, one=one: np.linalg.norm(
                film.to_frame(body.points).mean(axis=(0, 1)) - one.centroid_mm
            ),
        )
        errors.append(measure_points(film.to_frame(mine.points)).g - one.g)
        inside = radiograph.mask[0] == label_of(level)
        assert inside.any()
    assert len(errors) >= 4
    assert np.abs(errors).mean() < 0.04


def test_bone_is_brighter_than_what_lies_beside_it(radiograph):
    grey, bone = radiograph.volume.hu[0], radiograph.mask[0] > 0
    rows = bone.any(axis=1)
    assert np.median(grey[bone]) > np.median(grey[rows][~bone[rows]])
