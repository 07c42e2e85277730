"""Any orientation becomes P, I, R by flips and permutation, and goes back exactly."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.geometry import GeometryMismatch, Grid
from annotation.imaging.canonical import (
    Reorientation,
    axis_codes,
    reorientation_of,
    to_canonical,
)
from annotation.imaging.results import Stored

PIR = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


def rotation(axis, degrees):
    axis = np.asarray(axis, float) / np.linalg.norm(axis)
    angle = np.radians(degrees)
    cross = np.cross(np.eye(3), axis)
    return (
        np.cos(angle) * np.eye(3)
        - np.sin(angle) * cross
        + (1 - np.cos(angle)) * np.outer(axis, axis)
    )


def stored(direction, spacing=(0.7, 1.1, 2.5), dims=(4, 5, 6), origin=(-30.0, 12.5, 800.0)):
    affine = np.eye(4)
    affine[:3, :3] = direction * np.asarray(spacing)
    affine[:3, 3] = origin
    voxels = np.arange(np.prod(dims), dtype=np.int16).reshape(dims[::-1])
    return Stored(voxels, Grid(dims, affine))


def signed_permutations():
    for axes in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[axes, range(3)] = signs
            yield matrix


@pytest.mark.parametrize("direction", list(signed_permutations()))
def test_each_voxel_keeps_its_value_and_its_place(direction):
    image = stored(direction)
    volume, turn = to_canonical(image)
    unit = volume.grid.affine_lps[:3, :3] / np.asarray(volume.grid.spacing_mm)
    if np.linalg.det(direction) > 0:
        assert np.allclose(unit, PIR)
    assert np.linalg.det(unit) > 0
    assert volume.hu.flags.c_contiguous
    for k, j, i in [(0, 0, 0), (5, 4, 3), (2, 3, 1)]:
        place = image.grid.to_mm(np.array([i, j, k]))
        ci, cj, ck = np.rint(volume.grid.to_ijk(place)).astype(int)
        assert volume.hu[ck, cj, ci] == image.voxels[k, j, i]
    assert np.array_equal(turn.backward(volume.hu), image.voxels)
    again = Reorientation.from_record(turn.as_record())
    assert again == turn


def test_a_left_handed_image_becomes_right_handed_by_turning_an_axis():
    image = stored(np.diag([-1.0, 1.0, 1.0]))
    volume, _ = to_canonical(image)
    assert np.linalg.det(volume.grid.affine_lps[:3, :3]) > 0


@given(
    axis=st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda a: np.linalg.norm(a) > 0.1),
    degrees=st.floats(0, 180),
    mirrored=st.booleans(),
)
def test_an_oblique_image_goes_to_the_nearest_axes(axis, degrees, mirrored):
    direction = rotation(axis, degrees) @ np.diag([-1.0 if mirrored else 1.0, 1.0, 1.0])
    image = stored(direction)
    volume, turn = to_canonical(image)
    unit = volume.grid.affine_lps[:3, :3] / np.asarray(volume.grid.spacing_mm)
    assert np.linalg.det(unit) > 0
    assert np.array_equal(turn.backward(volume.hu), image.voxels)
    corner = image.grid.to_mm(np.array([3, 0, 5]))
    i, j, k = np.rint(volume.grid.to_ijk(corner)).astype(int)
    assert volume.hu[k, j, i] == image.voxels[5, 0, 3]


def test_a_few_degrees_do_not_change_the_names_of_the_axes():
    tilt = rotation((1, 1, 0.2), 12)
    assert axis_codes(stored(tilt @ PIR).grid) == "PIR"
    assert axis_codes(stored(tilt).grid) == "LPS"
    assert axis_codes(stored(tilt @ np.diag([-1.0, -1.0, 1.0])).grid) == "RAS"


def test_sheared_axes_are_refused():
    sheared = np.eye(3)
    sheared[1, 2] = 0.1
    with pytest.raises(GeometryMismatch, match="right angles"):
        reorientation_of(stored(sheared).grid)


def test_another_record_is_refused():
    with pytest.raises(ValueError, match="not lamina"):
        Reorientation.from_record({"format": "lamina.reorientation/2"})
