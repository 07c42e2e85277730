"""Rows whose count is hard are named rightly: from made-up looks, and from phantoms.

On phantoms the row is their truth (six points, view, anchors in sight), and looks are blurred: each
vertebra resembles its neighbours, one with metal in it resembles nothing. What the networks make of
such spines is shown in docs/decoding.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotation.domain.proposal import CountedFrom
from benchmarks import decoding
from inference.nets.detector import ANCHORS, CLASSES
from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom, PhantomVertebra
from inference.phases.count import count_upwards
from inference.phases.detect import Anchor, Detection, Detections
from inference.phases.label import Room, name_levels

USUAL = tuple(level for level in CLASSES if level not in ("T13", "L6"))
NOWHERE = Anchor(0.02, np.zeros(2))


def row(first: str, last: str, *, extra: str | None = None, absent: str | None = None) -> list[str]:
    levels = [level for level in CLASSES if level in (*USUAL, extra) and level != absent]
    return levels[levels.index(first) : levels.index(last) + 1]


def blurred(level: str, sure: float = 3.0) -> np.ndarray:
    """Looks of a vertebra that resembles its neighbours half as much as itself, as logits."""
    logits = np.zeros(len(CLASSES))
    place = CLASSES.index(level)
    logits[max(place - 1, 0) : place + 2] = sure / 2
    logits[place] = sure
    return logits


def outline(s: float, height: float, depth: float = 30.0) -> np.ndarray:
    points = np.zeros((3, 2, 2))
    points[:, 0, 0], points[:, 1, 0] = s - height / 2, s + height / 2
    points[..., 1] = np.array([-depth / 2, 0.0, depth / 2])[:, None]
    return points


def stacked(levels: list[str], heights: dict[str, float], nothing: tuple[str, ...] = ()) -> tuple:
    """Return detections one over the other, 8 mm apart; `nothing` names those without looks."""
    found, s = [], 40.0
    for level in levels:
        height = heights.get(level, 24.0)
        looks = np.zeros(len(CLASSES)) if level in nothing else blurred(level)
        found.append(Detection(outline(s + height / 2, height), 0.9, looks))
        s += height + 8.0
    return tuple(found)


def sacrum_under(found: tuple) -> dict[str, Anchor]:
    return dict.fromkeys(ANCHORS, NOWHERE) | {"L5_sacrum": Anchor(0.9, found[-1].centre)}


@pytest.mark.parametrize(
    ("levels", "heights", "nothing"),
    [
        (row("T7", "L6", extra="L6"), {}, ()),
        (row("T6", "L5", extra="T13"), {}, ()),
        (row("T6", "L5", absent="T12"), {}, ()),
        (row("T9", "L5"), {}, ("L3", "L4", "L5")),
        (row("T9", "L5"), {"L1": 8.0}, ()),
        (row("T9", "L5"), {"T12": 7.0, "L1": 7.0}, ("T12", "L1")),
    ],
    ids=["l6", "t13", "no-t12", "screws", "crush", "two-crushed"],
)
def test_hard_rows_above_a_sacrum_are_named_rightly(
    levels: list[str], heights: dict[str, float], nothing: tuple[str, ...]
) -> None:
    found = stacked(levels, heights, nothing)
    count = name_levels(Detections(found, sacrum_under(found)), room=Room(caudal_mm=70.0))
    assert list(count.levels) == levels
    assert count.counted_from is CountedFrom.L5_SACRUM


def test_a_row_that_ends_above_l5_is_named_by_looks_and_says_so() -> None:
    levels = row("T5", "L3")
    count = name_levels(Detections(stacked(levels, {}), dict.fromkeys(ANCHORS, NOWHERE)))
    assert list(count.levels) == levels
    assert count.counted_from is CountedFrom.ASSUMED


def test_an_odd_look_makes_a_variant_only_where_the_row_is_anchored() -> None:
    """Thirteen vertebrae of which the upper ones look one level lower than the lower ones do."""
    looks = row("T2", "T12")[:8] + row("T9", "L1")
    found = stacked(looks, {})
    alone = name_levels(Detections(found, dict.fromkeys(ANCHORS, NOWHERE)))
    assert not {"T13", "L6"} & set(alone.levels)


def test_a_crushed_vertebra_that_was_not_found_is_missed_in_the_count() -> None:
    levels = row("T9", "L5")
    found = list(stacked(levels, {"L1": 10.0}))
    del found[levels.index("L1")]
    count = name_levels(Detections(tuple(found), sacrum_under(tuple(found))))
    assert "L1" not in count.levels
    assert list(count.levels) == [level for level in levels if level != "L1"]


def test_neither_the_top_nor_the_bottom_vertebra_is_lost() -> None:
    for levels in (row("C2", "T3"), row("L3", "L6", extra="L6"), row("T12", "L2", extra="T13")):
        found = stacked(levels, {}, nothing=(levels[0],))
        assert len(name_levels(Detections(found, sacrum_under(found))).levels) == len(levels)


SPINES = {
    "l6": (("T8", "L6"), Features(variants=("L6",)), None),
    "t13": (("T6", "L5"), Features(variants=("T13",)), None),
    "no-t12": (("T6", "L5"), Features(variants=("no T12",)), None),
    "cut": (("T6", "L3"), Features(variants=()), None),
    "screws": (("T9", "L5"), Features(variants=(), screws=("L3", "L4", "L5")), None),
    "crush": (("T8", "L5"), Features(variants=()), ("L1", "crush", 0.3)),
}


@pytest.mark.parametrize("name", SPINES)
@pytest.mark.parametrize("seed", [1, 2])
def test_hard_spines_of_phantoms_are_named_rightly(name: str, seed: int) -> None:
    levels, features, fracture = SPINES[name]
    below = 8.0 if name == "cut" else 80.0
    phantom = make_phantom(
        seed,
        PhantomOptions(
            (5.0, 5.0, 5.0), "spine", levels, fracture, features, beyond_mm=(8.0, below)
        ),
    )
    whole = [one for one in phantom.vertebrae if not one.is_partial]
    detections, room = seen(phantom, whole)
    count = name_levels(detections, room=room)
    assert list(count.levels) == [one.level for one in whole]
    is_counted = count.counted_from is CountedFrom.L5_SACRUM
    assert is_counted == ("L5_sacrum" in phantom.shows) == (name != "cut")
    if name in ("l6", "cut"):
        assert list(count_upwards(len(whole)).levels) != [one.level for one in whole]


def seen(phantom: Phantom, whole: list[PhantomVertebra]) -> tuple[Detections, Room]:
    """Return a phantom's whole vertebrae as a perfect detector with blurred looks sees them."""
    grid = phantom.volume.grid
    centres = np.array([one.centroid_mm for one in whole])
    steps = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    along = 40.0 + np.concatenate([[0.0], np.cumsum(steps)])
    found = tuple(
        Detection(
            outline(s, float(one.heights_mm.max())),
            0.9,
            np.zeros(len(CLASSES)) if one.has_foreign else blurred(one.level),
        )
        for one, s in zip(whole, along, strict=True)
    )
    anchors = dict.fromkeys(ANCHORS, NOWHERE)
    if "L5_sacrum" in phantom.shows:
        anchors["L5_sacrum"] = Anchor(0.9, found[-1].centre)
    ends = grid.to_ijk(np.array([whole[0].six_points_mm[1, 0], whole[-1].six_points_mm[1, 1]]))
    step = grid.spacing_mm[1]
    room = Room(float(ends[0, 1]) * step, float(grid.dims[1] - 1 - ends[1, 1]) * step, frozenset())
    return Detections(found, anchors), room


def test_the_kept_pictures_show_every_hard_spine() -> None:
    page = (decoding.FOLDER / "README.md").read_text(encoding="utf-8")
    assert {case.name for case in decoding.CASES} == set(SPINES)
    for case in decoding.CASES:
        assert f"| {case.title} |" in page
        assert f"]({case.name}.png)" in page
        with Image.open(Path(decoding.FOLDER) / f"{case.name}.png") as picture:
            assert picture.width == 128 * decoding.SCALE + 130
            assert picture.height > 150 * decoding.SCALE


def test_the_page_says_which_names_are_wrong() -> None:
    truth, given = ("T12", "L1", None), ("T12", "T13", "L1")
    assert decoding.n_right(truth, given) == 1
    assert decoding.wrong_names(truth, given) == ["L1 was called T13", "nothing was called L1"]
