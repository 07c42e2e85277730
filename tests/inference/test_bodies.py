import numpy as np
import pytest

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import CountedFrom
from inference.nets.detector import CLASSES
from inference.phases.bodies import find_bodies
from inference.phases.count import Looks, count_by_looks, count_upwards
from inference.phases.label import Room

STEP = 2.0
SHAPE = (36, 110, 44)  # (k, j, i): 72 mm wide, 220 mm tall, 88 mm deep
TALL, DISC = 24.0, 8.0


def volume_of(hu=None):
    grid = Grid((SHAPE[2], SHAPE[1], SHAPE[0]), np.diag([-STEP, STEP, -STEP, 1.0]))
    return Volume(np.zeros(SHAPE, np.int16) if hu is None else hu, grid)


def axes():
    k, j, i = (np.arange(n) * STEP for n in SHAPE)
    return k[:, None, None] - 36, j[None, :, None], i[None, None, :]


def body_at(top, tall=TALL):
    """An oval body 34 mm deep and 42 mm wide whose front lies at 10 mm."""
    k, j, i = axes()
    return ((k / 21) ** 2 + ((i - 27) / 17) ** 2 <= 1) & (j >= top) & (j < top + tall)


def arch_at(top):
    """Pedicles 8 mm wide, a ring around the canal, and a spinous process."""
    k, j, i = axes()
    rows = (j >= top + 2) & (j < top + 16)
    pedicles = rows & (abs(abs(k) - 14) <= 4) & (i > 36) & (i < 58)
    lamina = rows & (abs(k) <= 18) & (i >= 56) & (i < 62)
    spine = (j >= top + 6) & (j < top + 20) & (abs(k) <= 3) & (i >= 60) & (i < 84)
    return pedicles | lamina | spine


def vertebra_at(top):
    return body_at(top) | arch_at(top)


def spine_of(tops):
    mask = np.zeros(SHAPE, np.uint8)
    for place, top in enumerate(tops):
        mask[vertebra_at(top)] = place + 1
    return mask


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


TOPS = (10.0, 42.0, 74.0, 106.0, 138.0)


def test_posterior_elements_come_off_and_bodies_stay():
    found = find_bodies(spine_of(TOPS), volume_of())
    assert len(found.bones) == len(TOPS)
    for place, top in enumerate(TOPS):
        assert dice(found.bodies == place + 1, body_at(top)) > 0.95
        assert (found.mask == place + 1).sum() == vertebra_at(top).sum()
        assert abs(found.bones[place].extent.height_mm - TALL) <= STEP
    assert not any(bone.is_cut for bone in found.bones)


def test_a_crushed_body_outlives_the_erosion():
    mask = spine_of(TOPS)
    low = body_at(74.0) & ~body_at(74.0, 16.0)
    mask[low] = 0
    found = find_bodies(mask, volume_of())
    crushed = found.bodies == 3
    assert dice(crushed, body_at(74.0, 16.0)) > 0.9


def test_the_order_is_from_cranial_to_caudal_whatever_the_numbers_were():
    mask = spine_of(TOPS)
    shuffled = np.array([0, 9, 4, 200, 7, 1], np.uint8)[mask]
    found = find_bodies(shuffled, volume_of())
    assert [bone.source for bone in found.bones] == [9, 4, 200, 7, 1]
    assert np.array_equal(found.mask, mask)


def test_small_pieces_are_dropped():
    mask = spine_of(TOPS)
    mask[2:4, 100:102, 2:4] = 3  # a speck far from its vertebra
    mask[30:33, 3:6, 2:5] = 77  # a scrap with a number of its own
    found = find_bodies(mask, volume_of())
    assert len(found.bones) == len(TOPS)
    assert np.array_equal(found.mask, spine_of(TOPS))


@pytest.mark.parametrize("shows_disc", ["narrow", "dark"])
def test_bodies_fused_at_a_disc_are_parted_where_the_disc_is(shows_disc):
    mask = spine_of(TOPS)
    k, j, i = axes()
    bridge = (j >= 74 + TALL) & (j < 106) & ((k / 21) ** 2 + ((i - 27) / 17) ** 2 <= 1)
    if shows_disc == "narrow":
        bridge &= i < 30
    mask[mask == 4] = 3
    mask[bridge] = 3
    hu = np.full(SHAPE, 300, np.int16)
    if shows_disc == "dark":
        hu[bridge] = 60
    found = find_bodies(mask, volume_of(hu))
    assert [bone.source for bone in found.bones] == [1, 2, 3, 3, 5]
    for place, top in enumerate(TOPS):
        own = found.bodies == place + 1
        assert dice(own, body_at(top)) > 0.85
    border = np.argwhere(found.bodies == 3)[:, 1].max() * STEP
    assert 74 + TALL - STEP <= border <= 106


def test_three_fused_without_neighbours_become_three():
    mask = np.zeros(SHAPE, np.uint8)
    for top in TOPS[:3]:
        mask[vertebra_at(top)] = 5
    k, j, i = axes()
    mask[(j >= TOPS[0]) & (j < TOPS[2]) & (abs(k) < 10) & (abs(i - 27) < 8)] = 5
    hu = np.where(sum(body_at(top) for top in TOPS[:3]) > 0, 250, 40).astype(np.int16)
    found = find_bodies(mask, volume_of(hu))
    assert len(found.bones) == 3
    centres = [float(bone.frame.centre[0]) for bone in found.bones]
    assert np.allclose(centres, np.array(TOPS[:3]) + TALL / 2, atol=4.0)


def test_one_number_on_two_vertebrae_apart_is_two_vertebrae():
    mask = spine_of(TOPS)
    mask[mask == 5] = 4
    found = find_bodies(mask, volume_of())
    assert [bone.source for bone in found.bones] == [1, 2, 3, 4, 4]


def test_the_top_vertebra_is_kept_though_the_border_cuts_half_of_it():
    tops = (-12.0, 20.0, 52.0, 84.0, 116.0)
    found = find_bodies(spine_of(tops), volume_of())
    assert len(found.bones) == 5
    assert [bone.is_cut for bone in found.bones] == [True, False, False, False, False]
    assert dice(found.bodies == 1, body_at(-12.0)) > 0.9


def test_an_arch_without_a_body_is_no_vertebra():
    mask = spine_of(TOPS)
    mask[body_at(TOPS[0]) & (mask == 1)] = 0
    found = find_bodies(mask, volume_of())
    assert [bone.source for bone in found.bones] == [2, 3, 4, 5]


def test_an_empty_mask_has_no_bodies():
    found = find_bodies(np.zeros(SHAPE, np.uint8), volume_of())
    assert found.bones == ()
    assert count_by_looks(found.bones, Looks({}), volume_of().grid).levels == ()


def test_a_mask_of_another_grid_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        find_bodies(np.zeros((4, 4, 4), np.uint8), volume_of())


def looks_of(levels, room=None, anchor=None):
    logits = {}
    for place, level in enumerate(levels):
        logits[place + 1] = np.zeros(len(CLASSES))
        if level is not None:
            logits[place + 1][CLASSES.index(level)] = 6.0
    return Looks(logits, {} if anchor is None else anchor, Room() if room is None else room)


@pytest.fixture(scope="module")
def bones():
    return find_bodies(spine_of(TOPS), volume_of()).bones


@pytest.mark.parametrize(
    "levels",
    [
        ("T12", "L1", "L2", "L3", "L4"),  # no L5 in view
        ("L2", "L3", "L4", "L5", "L6"),
        ("T11", "T12", "T13", "L1", "L2"),
        ("T9", "T10", "T11", "L1", "L2"),  # without T12
        ("T2", "T3", "T4", "T5", "T6"),
    ],
)
def test_counting_by_looks_survives_what_shifts_a_count_from_l5(bones, levels):
    assert count_by_looks(bones, looks_of(levels), volume_of().grid).levels == levels
    assert count_upwards(5).levels == ("L1", "L2", "L3", "L4", "L5")


def test_an_anchor_outweighs_faint_looks(bones):
    last = {"L5_sacrum": (0.9, bones[-1].frame.centre + 3.0)}
    looks = looks_of((None,) * 5, anchor=last)
    count = count_by_looks(bones, looks, volume_of().grid)
    assert count.levels == ("L1", "L2", "L3", "L4", "L5")


def test_where_the_volume_goes_on_below_the_last_body_it_is_the_last_lumbar_one():
    tops = (10.0, 42.0, 74.0)
    found = find_bodies(spine_of(tops), volume_of())
    count = count_by_looks(found.bones, Looks({}), volume_of().grid)
    assert count.levels == ("L3", "L4", "L5")
    assert count.counted_from is CountedFrom.L5_SACRUM


def test_parts_of_a_fused_vertebra_are_named_by_their_neighbours():
    mask = spine_of(TOPS)
    mask[mask == 4] = 3
    found = find_bodies(mask, volume_of())
    looks = looks_of(("T12", "L1", "L2", None, "L4"))
    assert count_by_looks(found.bones, looks, volume_of().grid).levels == (
        "T12",
        "L1",
        "L2",
        "L3",
        "L4",
    )


def test_counting_upwards_takes_the_lowest_for_l5_as_the_paper_did():
    assert count_upwards(7).levels == ("T11", "T12", "L1", "L2", "L3", "L4", "L5")
    assert count_upwards(7).counted_from is CountedFrom.ASSUMED
    assert count_upwards(24).levels[:2] == ("C1", "C2")
    with pytest.raises(ValueError, match="25 vertebrae"):
        count_upwards(25)
