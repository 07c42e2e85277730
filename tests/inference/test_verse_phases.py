"""The phases of the VerSe framework: from perfect answers to perfect results."""

import numpy as np
import pytest
import torch

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import CountedFrom
from inference.nets.btrfly import CHANNELS, MAPS, Btrfly, Prior, Views
from inference.nets.spine_heat import SpineHeat
from inference.phases.find_spine import Neighbourhood, decode
from inference.phases.foreign import foreign_material, without_foreign
from inference.phases.label import Room
from inference.phases.read_heat import name_sightings, sightings
from inference.phases.reformat import Reformations, reformat
from inference.phases.sampling import to_grid, to_patient
from inference.phases.thread import thread

SIGMA = 2.5


def oblique_grid(dims=(90, 110, 70), spacing=(0.8, 1.6, 1.1)):
    """A grid turned against the patient, of three different steps."""
    a, b = np.deg2rad(12.0), np.deg2rad(-8.0)
    turn = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    turn = turn @ np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    axes = np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]]).T  # i posterior, j inferior, k right
    affine = np.eye(4)
    affine[:3, :3] = turn @ axes * np.array(spacing)
    affine[:3, 3] = (31.0, -77.0, 240.0)
    return Grid(dims, affine)


def ball(volume, centre_mm, radius_mm, hu):
    """Paint a ball around a place in the patient."""
    index = np.stack(np.meshgrid(*[np.arange(n) for n in volume.grid.dims], indexing="ij"), -1)
    away = np.linalg.norm(volume.grid.to_mm(index.astype(float)) - centre_mm, axis=-1)
    volume.hu[(away <= radius_mm).transpose(2, 1, 0)] = hu  # (i, j, k) -> (k, j, i)


def row_of(levels, pitch=28.0):
    """Cells of vertebrae: going down, drifting backwards and to the right."""
    n = np.arange(len(levels))
    return np.stack([9.3 + n * pitch / 2, 22.4 + 0.6 * n, 30.8 - 0.4 * n], axis=1)


def perfect(levels, cells, shape=(230, 48)):
    """Heat maps that say the truth."""
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])[None]
    views = []
    for column in (1, 2):
        maps = np.zeros((MAPS, *shape))
        for level, cell in zip(levels, cells, strict=True):
            away = (rows - cell[0]) ** 2 + (columns - cell[column]) ** 2
            maps[CHANNELS.index(level)] = np.exp(-0.5 * away / SIGMA**2)
        maps[-1] = 1 - maps[:-1].max(axis=0)
        views.append(torch.from_numpy(maps / maps.sum(axis=0)).float())
    return Views(*views)


def blank(origin=(0.0, 0.0, 0.0), shape=(230, 48)):
    return Reformations(torch.zeros(2, *shape), np.array(origin))


def test_each_level_has_its_own_map_and_every_cell_shares_out_one():
    net = Btrfly((4, 6, 8, 8), prior=(4, 4)).eval()
    with torch.inference_mode():
        heat = net(torch.zeros(2, 2, 32, 16)).heat()
    assert len(CHANNELS) == 26
    assert CHANNELS[19] == "T13"
    for view in heat.each():
        assert view.shape == (2, 27, 32, 16)
        assert torch.allclose(view.sum(dim=1), torch.ones(2, 32, 16), atol=1e-5)


def test_both_views_meet_at_depth():
    torch.manual_seed(0)
    net = Btrfly((4, 6, 8, 8)).eval()
    x = torch.randn(1, 2, 32, 16)
    other = x.clone()
    other[:, 1] += 1.0
    with torch.inference_mode():
        assert not torch.allclose(net(x).sagittal, net(other).sagittal)


def test_a_btrfly_without_arms_is_refused():
    with pytest.raises(ValueError, match="more than 2 widths"):
        Btrfly((8, 8))


def test_the_energy_of_maps_is_one_number_an_example_at_any_size():
    views = Views(torch.rand(3, 27, 37, 21), torch.rand(3, 27, 37, 21))
    assert Prior((6, 8))(views).shape == (3,)


def test_the_spine_s_heat_has_the_size_of_its_picture():
    net = SpineHeat((4, 6, 8)).eval()
    with torch.inference_mode():
        assert net(torch.zeros(1, 1, 16, 8, 12)).shape == (1, 16, 8, 12)


def test_a_heat_map_gives_axis_and_box_and_far_heat_is_left_out():
    heat = np.zeros((60, 40, 40), dtype=np.float32)
    for j in range(12, 45):
        if j != 30:  # a short gap does not end the spine
            heat[j, 18 + j // 15, 20] = 0.9
    heat[20:24, 36, 2:5] = 0.95
    where = decode(heat)
    assert where.axis[0, 0] == 48.0
    assert where.axis[-1, 0] == 176.0
    assert np.abs(where.axis[:, 2] - 80.0).max() < 1.0
    assert where.low[0] == 24.0
    assert where.high[0] == 200.0
    assert where.low[2] == 16.0


def test_no_heat_is_no_spine():
    where = decode(np.full((20, 10, 10), 0.1, dtype=np.float32))
    assert where.is_empty
    assert where.warmest == pytest.approx(0.1)
    with pytest.raises(ValueError, match="no spine"):
        reformat(Volume(np.zeros((4, 4, 4), np.int16), Grid((4, 4, 4), np.eye(4))), where)


def test_a_place_on_both_projections_is_the_place_in_the_patient():
    grid = oblique_grid()
    volume = Volume(np.full(grid.shape, -1000, np.int16), grid)
    centre = grid.to_mm(np.array([44.0, 52.0, 33.0]))
    ball(volume, centre, 4.0, 1000)
    middle = to_grid(centre, grid)
    heights = np.arange(0.0, 170.0, 4.0)
    beside = middle[1:] + np.array([3.0, -5.0])
    axis = np.concatenate([heights[:, None], np.tile(beside, (43, 1))], axis=1)
    extent = (np.array(grid.dims) - 1) * np.array(grid.spacing_mm)
    where = Neighbourhood(np.array([10.0, 4.0, 6.0]), extent[[1, 0, 2]], axis, 1.0)
    seen = reformat(volume, where)
    cells = []
    for picture in seen.pictures:
        bright = np.argwhere(picture.numpy() > 500)
        cells.append(bright.mean(axis=0))
    cell = np.array([(cells[0][0] + cells[1][0]) / 2, cells[0][1], cells[1][1]])
    assert np.linalg.norm(to_patient(seen.to_space(cell), grid) - centre) < 1.0
    assert np.allclose(seen.to_cells(seen.to_space(cell)), cell)


def test_what_lies_beside_the_spine_is_on_the_other_view_only():
    grid = Grid((100, 40, 100), np.diag([1.0, 1.0, 1.0, 1.0]))
    volume = Volume(np.full(grid.shape, -1000, np.int16), grid)
    volume.hu[85:90, :, 50:55] = 1000  # a rib, 37 mm to the side
    volume.hu[48:53, :, 14:18] = 1000  # a calcified aorta, 36 mm in front
    volume.hu[48:53, :, 0:3] = 1000  # a breast bone, 50 mm in front
    axis = np.array([[0.0, 52.0, 50.0], [39.0, 52.0, 50.0]])
    seen = reformat(volume, Neighbourhood(np.zeros(3), np.full(3, 99.0), axis, 1.0))
    sagittal, coronal = seen.pictures
    assert sagittal[:, 24:30].max() < 0
    assert sagittal[:, 7:9].max() > 500
    assert sagittal[:, :3].max() < 0
    assert coronal[:, 43:45].max() > 500
    assert coronal[:, 22:28].max() < 0


LEVELS = {
    "whole": CHANNELS[:19] + CHANNELS[20:25],
    "L6": ("L1", "L2", "L3", "L4", "L5", "L6"),
    "T13": ("T11", "T12", "T13", "L1", "L2"),
    "no T12": ("T9", "T10", "T11", "L1", "L2"),
    "C1 alone": ("C1",),
    "one": ("T7",),
}


@pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS.keys())
def test_perfect_heat_maps_give_perfect_labels_and_places(levels):
    cells = row_of(levels, pitch=16.0 if len(levels) > 12 else 30.0)
    pictures = blank(origin=(14.0, 3.0, 5.5))
    found = sightings(perfect(levels, cells), pictures)
    assert len(found) == len(levels)
    apart = np.array([one.centre for one in found]) - pictures.to_space(cells)
    assert np.linalg.norm(apart, axis=1).max() < 0.5
    assert name_sightings(found).levels == levels


def test_half_precision_moves_no_place_by_a_millimetre():
    levels = ("T12", "L1", "L2")
    cells = row_of(levels, pitch=30.0) + np.array([0.0, 0.47, 0.51])
    heat = perfect(levels, cells)
    rough = Views(*((view.clamp(min=1e-4).log() + 5).bfloat16().float() for view in heat.each()))
    found = sightings(Views(*(view.softmax(dim=0) for view in rough.each())), blank())
    apart = np.array([one.centre for one in found]) - blank().to_space(cells)
    assert np.linalg.norm(apart, axis=1).max() < 1.0


def test_maps_without_sense_give_no_more_vertebrae_than_there_are_levels():
    flat = torch.full((MAPS, 120, 40), 1 / MAPS)
    assert 0 < len(sightings(Views(flat, flat), blank())) <= len(CHANNELS)


def test_a_level_named_twice_and_out_of_order_is_set_right_by_the_row():
    levels = ("T10", "T11", "T12", "L1", "L2")
    said = ("T10", "T11", "T11", "T9", "L2")
    cells = row_of(levels, pitch=30.0)
    views = []
    alone = [perfect((name,), cells[n : n + 1]).each() for n, name in enumerate(said)]
    for view in zip(*alone, strict=True):
        maps = torch.stack(view).amax(dim=0)
        maps[-1] = torch.stack(view)[:, -1].amin(dim=0)
        views.append(maps / maps.sum(dim=0))
    found = sightings(Views(*views), blank())
    assert name_sightings(found).levels == levels


def test_a_missed_vertebra_leaves_its_level_out():
    levels = ("T8", "T9", "T10", "T12", "L1")
    cells = row_of(("T8", "T9", "T10", "T11", "T12", "L1"), pitch=30.0)[[0, 1, 2, 4, 5]]
    assert name_sightings(sightings(perfect(levels, cells), blank())).levels == levels


def test_the_count_rests_on_an_end_of_the_spine_that_is_in_view():
    levels = ("C1", "C2", "C3", "C4")
    found = sightings(perfect(levels, row_of(levels, pitch=18.0)), blank())
    assert name_sightings(found).counted_from is CountedFrom.ASSUMED
    seen = name_sightings(found, Room(cranial_mm=80.0))
    assert seen.levels == levels
    assert seen.counted_from is CountedFrom.C2
    lumbar = ("L2", "L3", "L4", "L5")
    found = sightings(perfect(lumbar, row_of(lumbar, pitch=34.0)), blank())
    assert name_sightings(found, Room(caudal_mm=90.0)).counted_from is CountedFrom.L5_SACRUM


def test_nothing_seen_has_no_levels():
    assert name_sightings([]).levels == ()


def test_a_curve_runs_through_all_centres_from_end_plate_to_end_plate():
    turn = np.linspace(0.0, 1.2, 9)
    centres = np.stack([200 * np.sin(turn), 200 * np.cos(turn), 5 * turn], axis=1)
    knots = thread(centres)
    away = np.linalg.norm(knots[:, None] - centres[None], axis=2).min(axis=0)
    assert away.max() < 1.01  # knots are 2 mm apart
    on_arc = knots[(knots[:, 0] > 0) & (knots[:, 0] < centres[-1, 0])]
    assert np.abs(np.hypot(on_arc[:, 0], on_arc[:, 1]) - 200).max() < 0.4  # straight lines: 0.6
    pitch = np.linalg.norm(centres[1] - centres[0])
    assert np.linalg.norm(knots[0] - centres[0]) == pytest.approx(0.4 * pitch)


def test_metal_is_left_out_of_the_mask_and_dense_bone_and_noise_are_not():
    grid = oblique_grid(dims=(40, 30, 30))
    volume = Volume(np.full(grid.shape, 300, np.int16), grid)
    screw = grid.to_mm(np.array([12.0, 14.0, 15.0]))
    ball(volume, screw, 4.0, 1600)
    ball(volume, screw, 3.0, 2900)
    ball(volume, grid.to_mm(np.array([30.0, 14.0, 15.0])), 3.0, 1400)
    volume.hu[2, 2, 2] = 3000
    mask = without_foreign(np.full(grid.shape, 7, np.uint8), volume)
    assert np.array_equal(mask == 0, (volume.hu >= 1600) & (volume.hu != 3000))
    assert mask[2, 2, 2] == 7
    assert not foreign_material(Volume(np.full(grid.shape, 900, np.int16), grid)).any()
