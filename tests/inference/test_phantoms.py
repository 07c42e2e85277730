"""Phantoms tell the truth about themselves."""

import numpy as np
import pytest

from annotation.domain.genant import measure_points
from annotation.domain.vertebrae import label_of, place_of
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom

COARSE = (2.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def broken() -> Phantom:
    options = PhantomOptions(
        spacing_mm=(1.5, 1.5, 1.5), levels=("T10", "L2"), fracture=("T12", "wedge", 0.66)
    )
    return make_phantom(7, options)


def test_the_same_seed_gives_the_same_phantom() -> None:
    options = PhantomOptions(spacing_mm=(3.0, 3.0, 3.0), levels=("L1", "L3"))
    one, two, other = (make_phantom(seed, options) for seed in (3, 3, 4))
    assert np.array_equal(one.volume.hu, two.volume.hu)
    assert np.array_equal(one.mask, two.mask)
    assert one.volume.hu.shape != other.volume.hu.shape or (one.volume.hu != other.volume.hu).any()


def test_the_six_points_measure_what_the_phantom_states(broken: Phantom) -> None:
    for vertebra in broken.vertebrae:
        measured = measure_points(vertebra.six_points_mm)
        assert measured.g == pytest.approx(vertebra.g, abs=1e-9)
        assert np.allclose(measured.heights_mm, vertebra.heights_mm, atol=1e-6)
        assert (measured.grade, measured.shape) == (vertebra.grade, vertebra.shape)


@pytest.mark.parametrize(
    ("shape", "g", "grade"), [("wedge", 0.77, 1), ("biconcave", 0.66, 2), ("crush", 0.5, 3)]
)
def test_a_fracture_asked_for_is_there(shape: str, g: float, grade: int) -> None:
    options = PhantomOptions(
        spacing_mm=(4.0, 4.0, 4.0), levels=("T8", "T8"), fracture=("T8", shape, g)
    )
    found = {v.level: v for v in make_phantom(11, options).vertebrae}["T8"]
    assert found.g == pytest.approx(g, abs=1e-9)
    assert (found.grade, found.shape) == (grade, shape)


def test_bodies_lie_under_their_points_and_labels(broken: Phantom) -> None:
    grid = broken.volume.grid
    for vertebra in broken.vertebrae:
        if vertebra.is_partial or vertebra.has_foreign:
            continue
        label = label_of(vertebra.level)
        k, j, i = (round(float(n)) for n in grid.to_ijk(vertebra.centroid_mm)[::-1])
        assert broken.body_mask[k, j, i] == label
        inside = grid.to_mm(np.argwhere(broken.body_mask == label)[:, ::-1].astype(float))
        assert np.linalg.norm(inside.mean(axis=0) - vertebra.centroid_mm) < 3.0
        for position in vertebra.six_points_mm:
            for superior in position:
                assert np.linalg.norm(inside - superior, axis=1).min() < 2.0
    assert ((broken.body_mask == 0) | (broken.mask == broken.body_mask)).all()


def test_the_levels_asked_for_are_whole_and_in_order(broken: Phantom) -> None:
    whole = [v.level for v in broken.vertebrae if not v.is_partial]
    assert {"T10", "T11", "T12", "L1", "L2"} <= set(whole)
    places = [place_of(v.level) for v in broken.vertebrae]
    assert places == sorted(places)
    stated = {label_of(v.level) for v in broken.vertebrae}
    assert set(np.unique(broken.mask)) - {0} == stated


def test_bone_is_brighter_than_what_surrounds_it() -> None:
    options = PhantomOptions(spacing_mm=COARSE, field="body", levels=("L2", "L4"))
    phantom = make_phantom(5, options)
    assert phantom.volume.hu.dtype == np.int16
    assert phantom.volume.hu.min() >= -1024
    body = np.isin(phantom.body_mask, [label_of("L3")])
    assert np.median(phantom.volume.hu[body]) > np.median(phantom.volume.hu) + 30


def test_a_spine_ending_in_the_sacrum_shows_it_and_a_middle_piece_shows_nothing() -> None:
    options = PhantomOptions(spacing_mm=(4.0, 4.0, 4.0), levels=("T6", "T9"))
    assert make_phantom(2, options).shows == frozenset()
    scans = [make_phantom(s, PhantomOptions(COARSE, field="body")).shows for s in range(6)]
    assert {name for shows in scans for name in shows} == {"C2", "T1_rib", "L5_sacrum"}


def test_what_cannot_be_made_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="'spine' or 'body'"):
        make_phantom(1, PhantomOptions(field="leg"))
    with pytest.raises(ValueError, match="height ratio"):
        make_phantom(1, PhantomOptions(fracture=("T8", "wedge", 1.2)))
