import numpy as np
import pytest

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import StraightenedPicture
from inference.phases.sampling import directions_to_patient, sample, to_grid, to_patient
from inference.phases.straighten import (
    V_BEFORE,
    kept_picture,
    make_curve,
    straighten,
    to_local,
    to_space,
)


def oblique_grid(dims=(120, 260, 90), spacing=(0.8, 1.0, 1.5)):
    angle = np.deg2rad(12)
    turn = np.array(
        [[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]]
    )
    axes = turn @ np.array([[0, 0, -1], [1, 0, 0], [0, -1, 0]])
    affine = np.eye(4)
    affine[:3, :3] = axes * np.array(spacing)
    affine[:3, 3] = (13.0, -80.0, 400.0)
    return Grid(dims, affine)


def bent_curve():
    j = np.arange(0.0, 240.0, 4.0)
    knots = np.stack([j, 60 + 25 * np.sin(j / 50), 55 + 12 * np.sin(j / 70)], axis=1)
    return make_curve(knots, 20.0)


def test_points_go_to_the_picture_and_back_without_loss():
    curve = bent_curve()
    rng = np.random.default_rng(0)
    sv = np.stack([rng.uniform(5, len(curve) - 6, 200), rng.uniform(-30, 40, 200)], axis=1)
    points = to_space(curve, sv)
    local = to_local(curve, points)
    assert np.abs(local[:, :2] - sv).max() < 1e-3
    assert np.abs(local[:, 2]).max() < 1e-3


def test_a_point_beside_the_plane_keeps_its_lateral_distance():
    curve = bent_curve()
    sv = np.array([[60.0, 10.0], [150.0, -20.0]])
    assert np.allclose(to_local(curve, to_space(curve, sv, 7.0))[:, 2], 7.0, atol=1e-3)


def test_heights_of_bodies_survive_the_way_there_and_back_to_a_millionth_of_a_millimetre():
    """Six points anywhere beside the curve, also between samples and off its plane."""
    curve = bent_curve()
    rng = np.random.default_rng(4)
    for s in rng.uniform(20, len(curve) - 21, 12):
        base = to_space(curve, np.array([s, 0.0]))
        points = base + rng.uniform(-14, 14, size=(6, 3))
        local = to_local(curve, points)
        back = np.array([to_space(curve, one[:2], float(one[2])) for one in local])
        assert np.abs(back - points).max() < 1e-6
        heights, again = (np.linalg.norm(each[::2] - each[1::2], axis=1) for each in (points, back))
        assert np.abs(heights - again).max() < 1e-6


def test_points_beyond_the_ends_come_back_too():
    curve = bent_curve()
    sv = np.array([[-8.0, 5.0], [len(curve) + 6.0, 5.0]])
    assert np.abs(to_local(curve, to_space(curve, sv))[:, :2] - sv).max() < 1e-3


def test_patient_millimetres_of_an_oblique_anisotropic_grid_come_back():
    grid = oblique_grid()
    points = np.random.default_rng(1).uniform(-50, 50, size=(20, 3))
    assert np.abs(to_grid(to_patient(points, grid), grid) - points).max() < 1e-9


def test_directions_keep_unit_length_and_angle():
    grid = oblique_grid()
    axes = directions_to_patient(np.eye(3), grid)
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-9)


def test_a_ball_appears_where_its_centre_maps_to():
    grid = oblique_grid()
    curve = bent_curve()
    place = np.array([130.0, 12.0])
    centre = to_space(curve, place)
    index = np.stack(np.meshgrid(*[np.arange(n) for n in grid.shape], indexing="ij"), axis=-1)
    ijk = index[..., ::-1] * np.array(grid.spacing_mm)
    distance = np.linalg.norm(ijk[..., [1, 0, 2]] - centre, axis=-1)
    hu = (1000 * np.exp(-0.5 * (distance / 4) ** 2)).astype(np.float32)
    picture = straighten(Volume(hu, grid), curve)[0].numpy()
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    assert abs(row - place[0]) <= 1
    assert abs(column - V_BEFORE - place[1]) <= 1


def test_the_kept_picture_leads_back_to_the_patient():
    grid = oblique_grid()
    curve = bent_curve()
    volume = Volume(np.zeros(grid.shape, dtype=np.int16), grid)
    kept = kept_picture(straighten(volume, curve), curve, volume)
    assert isinstance(kept, StraightenedPicture)
    s, v = 100, 17.0
    from_picture = kept.curve_mm[s] + v * kept.normal_v[s]
    truth = to_patient(to_space(curve, np.array([float(s), v])), grid)
    assert np.linalg.norm(from_picture - truth) < 0.1
    across = np.einsum("sd,sd->s", kept.normal_v, kept.normal_u)
    assert np.abs(across).max() < 1e-6


def test_sampling_outside_the_volume_gives_air():
    grid = oblique_grid((4, 4, 4))
    volume = Volume(np.full(grid.shape, 40, dtype=np.int16), grid)
    far = np.full((1, 1, 1, 3), 500.0)
    assert float(sample(volume, far)) == pytest.approx(-1024.0)
