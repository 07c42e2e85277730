"""Everything that can be asked of a phantom is there, exactly, and the same from the same seed."""

from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from annotation.domain.vertebrae import label_of
from inference.phantoms.features import Features, with_chance
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom, PhantomVertebra

COARSE = (3.0, 3.0, 3.0)
ASKED = {
    "plain": Features(),
    "variants": Features(variants=("L6", "no T12")),
    "cobb_deg": Features(cobb_deg=40.0),
    "osteophytes": Features(osteophytes=("L2",)),
    "schmorl": Features(schmorl=("L2",)),
    "scheuermann": Features(scheuermann=("L1", "L2")),
    "fused": Features(fused=("L2",)),
    "screws": Features(screws=("L2", "L3")),
    "cages": Features(cages=("L2",)),
    "cement": Features(cement=("L2",)),
    "contrast": Features(contrast="arterial"),
    "noise_hu": Features(noise_hu=40.0),
    "kernel": Features(kernel="sharp"),
    "slice_mm": Features(slice_mm=6.0),
}


def options(features: Features, spacing: tuple[float, float, float] = COARSE) -> PhantomOptions:
    return PhantomOptions(spacing, levels=("L1", "L3"), features=features)


@cache
def made(features: Features, spacing: tuple[float, float, float] = COARSE) -> Phantom:
    return make_phantom(8, options(features, spacing))


def by_level(phantom: Phantom) -> dict[str, PhantomVertebra]:
    return {one.level: one for one in phantom.vertebrae}


@pytest.fixture(scope="module")
def plain() -> Phantom:
    return made(Features())


def test_every_option_is_tested() -> None:
    assert set(ASKED) - {"plain"} == {one.name for one in fields(Features)}


@pytest.mark.parametrize("name", ASKED)
def test_the_same_seed_and_options_give_the_same_bytes(name: str, plain: Phantom) -> None:
    one, two = made(ASKED[name]), make_phantom(8, options(ASKED[name]))
    assert one.volume.hu.tobytes() == two.volume.hu.tobytes()
    assert one.mask.tobytes() == two.mask.tobytes()
    assert one.body_mask.tobytes() == two.body_mask.tobytes()
    is_plain = one.volume.hu.tobytes() == plain.volume.hu.tobytes()
    assert is_plain == (name == "plain")


def test_what_moves_no_bone_leaves_the_person_as_it_is(plain: Phantom) -> None:
    still = ("osteophytes", "schmorl", "screws", "cages", "cement", "contrast", "kernel")
    for name in still:
        phantom = made(ASKED[name])
        assert phantom.volume.grid.dims == plain.volume.grid.dims
        for one, other in zip(phantom.vertebrae, plain.vertebrae, strict=True):
            assert np.array_equal(one.six_points_mm, other.six_points_mm)


def test_phantoms_that_ask_for_nothing_are_those_the_weights_learnt_from() -> None:
    known = {3: (20.78, 0.87809), 9_000_003: (-285.22, 0.47381)}
    for seed, (mean_hu, g) in known.items():
        phantom = make_phantom(seed, PhantomOptions((4.0, 4.0, 4.0)))
        assert phantom.volume.hu.mean() == pytest.approx(mean_hu, abs=0.1)
        assert phantom.vertebrae[0].g == pytest.approx(g, abs=1e-5)


@pytest.mark.parametrize(
    ("variants", "present", "absent"),
    [
        ((), {"T12", "L5"}, {"T13", "L6"}),
        (("T13",), {"T12", "T13", "L5"}, {"L6"}),
        (("L6",), {"T12", "L5", "L6"}, {"T13"}),
        (("no T12",), {"T11", "L1", "L5"}, {"T12", "T13"}),
        (("no L5",), {"T12", "L4"}, {"L5"}),
    ],
)
def test_a_count_asked_for_is_there(
    variants: tuple[str, ...], present: set[str], absent: set[str]
) -> None:
    last = "L4" if "no L5" in variants else "L5"
    shown = PhantomOptions(
        (4.0, 4.0, 4.0), levels=("T10", last), features=Features(variants=variants)
    )
    phantom = make_phantom(4, shown)
    levels = {one.level for one in phantom.vertebrae}
    assert present <= levels
    assert not absent & levels
    assert {label_of(level) for level in levels} == set(np.unique(phantom.mask)) - {0}


def test_a_scoliosis_has_the_angle_asked_for() -> None:
    shown = PhantomOptions(
        (4.0, 4.0, 4.0), levels=("T1", "L5"), features=Features(variants=(), cobb_deg=37.0)
    )
    sections = [one.section for one in make_phantom(2, shown).vertebrae if one.level[0] != "C"]
    leans = [-np.degrees(np.arcsin(one.body.rotation[2, 0])) for one in sections if one]
    assert len(leans) == 17
    assert np.ptp(leans) == pytest.approx(37.0, abs=1e-6)


def test_scheuermann_wedges_by_more_than_five_degrees_without_fracture() -> None:
    levels = by_level(made(ASKED["scheuermann"]))
    for name in ("L1", "L2"):
        one = levels[name]
        assert one.section is not None
        front, _, back = one.heights_mm
        assert np.degrees(np.arctan2(back - front, one.section.body.depth)) >= 5
        assert one.g == pytest.approx(one.heights_mm.min() / one.heights_mm.max())
        assert {"scheuermann", "schmorl"} <= one.signs
        assert not one.section.body.is_fractured
    assert "scheuermann" not in levels["L3"].signs


def test_a_block_is_one_bone_of_two_vertebrae() -> None:
    phantom, apart = made(ASKED["fused"], (2.0, 2.0, 2.0)), made(Features(), (2.0, 2.0, 2.0))
    assert faces(phantom, "L2", "L3") > 100
    assert faces(apart, "L2", "L3") == 0
    levels = by_level(phantom)
    assert all("fused" in levels[name].signs for name in ("L2", "L3"))
    assert "fused" not in levels["L1"].signs


def faces(phantom: Phantom, upper: str, lower: str) -> int:
    above, below = phantom.body_mask[:, :-1], phantom.body_mask[:, 1:]
    return int(((above == label_of(upper)) & (below == label_of(lower))).sum())


def test_a_node_of_schmorl_is_a_hole_in_the_body_and_spurs_add_bone(plain: Phantom) -> None:
    body = label_of("L2")
    full = int((plain.body_mask == body).sum())
    assert int((made(ASKED["schmorl"]).body_mask == body).sum()) < full
    assert int((made(ASKED["osteophytes"]).body_mask == body).sum()) > full
    assert "schmorl" in by_level(made(ASKED["schmorl"]))["L2"].signs
    assert "osteophytes" in by_level(made(ASKED["osteophytes"]))["L2"].signs


@pytest.mark.parametrize(
    ("name", "where"),
    [("screws", {"L2", "L3"}), ("cages", {"L2", "L3"}), ("cement", {"L2"})],
)
def test_foreign_material_is_bright_is_told_and_is_no_bone(
    name: str, where: set[str], plain: Phantom
) -> None:
    phantom = made(ASKED[name])
    told = {one.level for one in phantom.vertebrae if name in one.material}
    assert told == where == {one.level for one in phantom.vertebrae if one.has_foreign}
    gone = (plain.mask > 0) & (phantom.mask == 0)
    assert gone.any()
    risen = phantom.volume.hu[gone].astype(int) - plain.volume.hu[gone]
    assert np.median(risen) > 300
    assert (phantom.mask[phantom.mask > 0] == plain.mask[phantom.mask > 0]).all()


def test_metal_throws_streaks_and_cement_does_not(plain: Phantom) -> None:
    def changed(name: str) -> int:
        differs = made(ASKED[name]).volume.hu.astype(int) - plain.volume.hu
        return int((np.abs(differs) > 30).sum())

    assert changed("screws") > 5 * changed("cement")
    assert changed("cages") > 5 * changed("cement")


def test_contrast_brightens_vessels_and_no_bone(plain: Phantom) -> None:
    none, late, early = (
        made(Features(contrast=phase, noise_hu=0.0)).volume.hu.astype(int)
        for phase in ("none", "portal venous", "arterial")
    )
    vessel = (early - none) > 200
    assert vessel.sum() > 50
    assert (none[vessel] < late[vessel]).all()
    assert (late[vessel] < early[vessel]).all()
    bone = plain.mask == label_of("L2")
    assert np.abs(early - none)[bone].mean() < 5


def test_noise_kernel_and_slices_are_as_asked() -> None:
    fine = (4.0, 2.0, 4.0)

    def taken(**asked: float | str) -> np.ndarray:
        wish = {"noise_hu": 0.0, "kernel": "standard", "slice_mm": 2.0} | asked
        return made(Features(**wish), fine).volume.hu.astype(float)

    still = taken()
    tissue = (still > -300) & (still < 1500)
    assert (taken(noise_hu=30.0) - still)[tissue].std() == pytest.approx(30.0, rel=0.1)

    def edges(hu: np.ndarray, axis: int) -> float:
        return float(np.abs(np.diff(hu, axis=axis)).mean())

    assert edges(taken(kernel="soft"), 1) < edges(still, 1) < edges(taken(kernel="sharp"), 1)
    thick = taken(slice_mm=6.0)
    assert edges(thick, 1) < 0.75 * edges(still, 1)
    assert edges(thick, 2) > 0.8 * edges(still, 2)


def test_chance_adds_what_the_weights_do_not_know_only_where_asked() -> None:
    drawn = [with_chance(seed, Features()) for seed in range(400)]
    for name in ("cobb_deg", "scheuermann", "fused", "cages"):
        times = sum(getattr(one, name) not in (None, ()) for one in drawn)
        assert 5 <= times <= 60, name
    kept = Features(cobb_deg=3.0, cages=("L4",))
    assert all(with_chance(seed, kept).cobb_deg == 3.0 for seed in range(60))
    seed = next(seed for seed, one in enumerate(drawn) if one.fused)
    wide = PhantomOptions((4.0, 4.0, 4.0), levels=("C2", "L4"), rich=True)
    assert any("fused" in one.signs for one in make_phantom(seed, wide).vertebrae)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"variants": ("T14",)}, "a variant is one of"),
        ({"variants": ("T13", "no T12")}, "T13 needs T12"),
        ({"contrast": "late"}, "contrast is one of"),
        ({"kernel": "bone"}, "a kernel is one of"),
        ({"cobb_deg": 90.0}, "Cobb angle"),
        ({"noise_hu": -1.0}, "noise goes from"),
        ({"scheuermann": ("C4",)}, "no such change is drawn at C4"),
        ({"screws": ("C1",)}, "no such change is drawn at C1"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Features(**asked)  # type: ignore[arg-type]  # wrong on purpose


def test_a_scan_goes_on_as_far_as_asked() -> None:
    short, long = (
        make_phantom(8, PhantomOptions((4.0, 4.0, 4.0), levels=("L3", "L5"), beyond_mm=beyond))
        for beyond in ((10.0, 4.0), (10.0, 84.0))
    )
    assert long.volume.grid.dims[1] - short.volume.grid.dims[1] == 20
    assert "L5_sacrum" in long.shows
    assert "L5_sacrum" not in short.shows
    with pytest.raises(ValueError, match="none are given"):
        make_phantom(8, PhantomOptions(beyond_mm=(10.0, 10.0)))


def test_what_this_phantom_cannot_show_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"slices of 1.0 mm cannot be shown in voxels 3.0 mm"):
        made(Features(slice_mm=1.0))
    with pytest.raises(ValueError, match="all of the levels"):
        made(Features(variants=(), screws=("L6",)))
    broken = PhantomOptions(COARSE, fracture=("L1", "wedge", 0.7), features=ASKED["scheuermann"])
    with pytest.raises(ValueError, match="both fractured"):
        make_phantom(1, broken)
