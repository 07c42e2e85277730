"""Every tool in a real browser, on an oblique and uneven grid: exactly what it says, and undone.

What is wanted is computed here from each tool's definition and from where the pointer was.
"""

import itertools

import numpy as np
import pytest
from scipy import ndimage

from tests.browser.bench import Flags, Mask
from tests.browser.painted import CORNERS, FACES, holes_of, in_slice, put, reached, take

pytestmark = [pytest.mark.browser]
T12, L1, L2 = 1, 2, 3
PLANES = ("sagittal", "axial", "coronal")


@pytest.mark.parametrize("plane", PLANES)
def test_brush_and_eraser_follow_a_fast_hand(bench, plane) -> None:
    bench.level("L1")
    bench.look(22, 42, 8)
    bench.key("b")
    bench.brush(6)
    ends = {"sagittal": [(31, 40, 8), (31, 50, 8)], "axial": [(33, 42, 5), (31, 42, 12)]}
    ends["coronal"] = [(22, 48, 5), (22, 50, 14)]
    way = [bench.point(plane, *end) for end in ends[plane]]
    touched = bench.swept(plane, way, 3)
    assert (touched & (bench.server() == L2)).any() or plane == "axial"
    bench.does(lambda: bench.drag(*way), put(touched, L1))
    bench.page.keyboard.down("Control")
    bench.does(lambda: bench.drag(*way), take(touched, L1))
    bench.page.keyboard.up("Control")


def test_sphere_eraser_and_density_range(bench) -> None:
    bench.level("L1")
    bench.look(14, 36, 12)
    bench.key("b")
    bench.brush(8)
    bench.choose("Shape of the brush", "Sphere")
    spot = bench.point("sagittal", 13, 38, 12)
    ball = bench.swept("sagittal", [spot], 4, ball=True)
    bench.does(lambda: bench.click(spot), put(ball, L1))
    bench.key("t")
    bench.does(lambda: bench.click(spot), put(ball & (bench.hu >= 150), L1))
    bench.set("from", "30")
    bench.page.get_by_label("to", exact=True).fill("45")  # a click in the picture ends typing
    limited = ball & (bench.hu >= 30) & (bench.hu <= 45)
    bench.does(lambda: bench.click(spot), put(limited, L1))
    bench.page.get_by_role("button", name="Bone", exact=True).click()
    bench.key("t", "e")
    bench.does(lambda: bench.click(spot), take(ball, L1))
    bench.choose("Shape of the brush", "Circle")


@pytest.mark.parametrize("ball", [False, True])
def test_the_edge_following_brush_stops_at_edges(bench, ball) -> None:
    bench.level("L1")
    bench.look(14, 36, 12)
    bench.key("a")
    bench.brush(8)
    bench.choose("Shape of the brush", "Sphere" if ball else "Circle")
    structure = FACES if ball else in_slice("sagittal")
    for spot, tolerance in (
        (bench.point("sagittal", 10, 35, 12), 100),
        (bench.point("sagittal", 36, 46, 12), 12),
    ):
        bench.set("Tolerance", str(tolerance))
        place = bench.place("sagittal", spot)
        nine = bench.slice_at("sagittal", place)
        for axis in (0, 1):
            nine &= np.abs(bench.ijk[axis] - np.rint(place[axis])) <= 1
        middle = np.median(bench.hu[nine])
        spread = 3 * 1.4826 * np.median(np.abs(bench.hu[nine] - middle))
        alike = np.abs(bench.hu - middle) <= min(max(tolerance, spread), 2 * tolerance)
        near = bench.swept("sagittal", [spot], 4, ball=ball)
        free = np.isin(bench.server(), (0, L1))
        painted = reached(nine, near & alike & free, structure)
        assert painted.sum() < near.sum()
        bench.does(lambda spot=spot: bench.click(spot), put(painted, L1))
    bench.choose("Shape of the brush", "Circle")


@pytest.mark.parametrize("plane", PLANES)
def test_scissors_cut_along_what_is_drawn(bench, plane) -> None:
    bench.level("L1")
    bench.look(22, 38, 12)
    bench.key("c")
    centre = bench.point(plane, 22, 38, 12)
    lasso = [
        (centre[0] + x, centre[1] + y)
        for x, y in ((-47, -33), (52, -29), (21, 4), (44, 41), (-38, 26))
    ]
    inside = bench.within(plane, lasso)
    bench.does(lambda: bench.drag(*lasso), take(inside, L1))

    bench.choose("Shape", "Rectangle")
    bench.choose("What is done", "Keep inside")
    bench.choose("Slices", "This slice")
    (left, top), (right, bottom) = lasso[0], lasso[3]
    box = bench.within(plane, [(left, top), (right, top), (right, bottom), (left, bottom)])
    shown = bench.slice_at(plane, bench.place(plane, centre))
    bench.does(lambda: bench.drag(lasso[0], lasso[3]), take(~box & shown, L1))

    bench.choose("Shape", "Polygon")
    bench.choose("What is done", "Fill")
    bench.choose("Slices", "Some")
    bench.set("slices", "3")
    corners = [(x + 60, y + 30) for x, y in lasso]
    some = bench.slice_at(plane, bench.place(plane, centre), 1)

    def polygon() -> None:
        for corner in (*corners, corners[0]):
            bench.click(corner)

    bench.does(polygon, put(bench.within(plane, corners) & some, L1))
    bench.choose("Shape", "Lasso")
    bench.choose("What is done", "Erase")
    bench.choose("Slices", "All")


def test_fill_reaches_as_far_as_it_may(bench) -> None:
    bench.level("L1")
    bench.look(21, 37, 10)
    bench.key("Shift+F")
    spot = bench.point("sagittal", 21, 37, 10)
    seed = np.zeros(bench.hu.shape, bool)
    seed[10, 37, 21] = True
    empty = bench.server() == 0
    bench.does(lambda: bench.click(spot), put(reached(seed, empty, in_slice("sagittal")), L1))
    bench.choose("Where", "Volume")
    cavity = reached(seed, empty, FACES)
    assert cavity.sum() == 18
    bench.does(lambda: bench.click(spot), put(cavity, L1))

    beside = bench.point("sagittal", 34, 37, 10)
    seed[10, 37, 34] = True
    size = reached(seed, empty, FACES).sum() - cavity.sum()
    bench.refuses(lambda: bench.click(beside), f"it would change {size:,} voxels")
    bench.refuses(lambda: bench.click(bench.point("sagittal", 21, 56, 10)), "neighbours are locked")

    bench.choose("Bounded by", "Density")
    bench.choose("Where", "Slice")
    bench.look(12, 37, 10)
    bone = bench.point("sagittal", 8, 35, 10)
    seed[:] = False
    seed[10, 35, 8] = True
    dense = (bench.hu >= 150) & (empty | (bench.server() == L1))
    bench.does(lambda: bench.click(bone), put(reached(seed, dense, in_slice("sagittal")), L1))
    bench.choose("Bounded by", "Levels")


def test_islands_are_removed_or_given_away(bench) -> None:
    bench.level("L1")
    pieces, _ = ndimage.label(bench.server() == L1, structure=CORNERS)
    main = np.bincount(pieces[pieces > 0]).argmax()
    islands = (pieces > 0) & (pieces != main)
    bench.does(lambda: bench.key("x"), take(islands, L1))

    bench.look(30, 40, 10)
    bench.page.get_by_role("button", name="Islands", exact=True).click()
    bench.choose("Which islands", "Under the cursor")
    island = bench.point("sagittal", 41, 37, 10)
    bench.does(lambda: bench.click(island), take(pieces == pieces[10, 37, 41], L1))
    bench.page.mouse.move(*island)
    bench.does(lambda: bench.key("x"), take(pieces == pieces[10, 37, 41], L1))
    bench.refuses(lambda: bench.click(bench.point("sagittal", 24, 34, 10)), "not an island")

    bench.choose("Which islands", "To the neighbour")
    given = pieces == pieces[8, 50, 21]
    apply = bench.page.get_by_role("button", name="Apply")
    bench.does(apply.click, lambda mask: np.where(given, L2, mask).astype(np.uint8))
    bench.choose("Which islands", "Keep the largest")


def test_a_piece_of_another_level_is_absorbed_once_it_is_free(bench) -> None:
    bench.level("L2")
    bench.look(22, 48, 9)
    spot = bench.point("sagittal", 21, 50, 9)
    bench.page.mouse.move(*spot)
    bench.refuses(lambda: bench.key("Shift+M"), "neighbours are locked")
    bench.key("l")
    pieces, _ = ndimage.label(bench.server() == L1, structure=CORNERS)
    piece = pieces == pieces[9, 50, 21]
    bench.does(
        lambda: bench.key("Shift+M"), lambda mask: np.where(piece, L2, mask).astype(np.uint8)
    )
    bench.key("l")


def test_holes_are_filled_all_round_or_slice_by_slice(bench) -> None:
    bench.level("L1")
    bench.look(21, 37, 10)
    level = bench.server() == L1
    closed, in_slices = holes_of(level, None), holes_of(level, "sagittal")
    assert closed.sum() == 18
    assert in_slices.sum() == 34
    bench.does(lambda: bench.key("h"), put(closed, L1))
    bench.page.get_by_role("button", name="Holes", exact=True).click()
    bench.choose("Holes", "In each slice")
    bench.click(bench.point("sagittal", 21, 37, 10))
    apply = bench.page.get_by_role("button", name="Apply")
    bench.does(apply.click, put(in_slices, L1))
    bench.set("up to", "2")
    small = in_slices & ~closed
    bench.does(apply.click, put(small, L1))
    bench.set("up to", "60")
    bench.choose("Holes", "Closed all round")


def test_a_level_is_smoothed_grown_and_shrunk(bench) -> None:
    bench.level("L1")
    mask = bench.server()
    level = mask == L1
    spacing_kji = bench.grid.spacing_mm[::-1]
    outer = ndimage.distance_transform_edt(~level, sampling=spacing_kji)
    inner = ndimage.distance_transform_edt(level, sampling=spacing_kji)
    bench.page.get_by_role("button", name="Smooth", exact=True).click()
    bench.set("Strength", "1.5")
    sigma = [1.5 / size for size in spacing_kji]
    reach = [int(np.ceil(3 * one)) for one in sigma]
    blurred = ndimage.gaussian_filter(level.astype(float), sigma, mode="nearest", radius=reach)
    assert np.abs(blurred - 0.5).min() > 1e-5

    def smoothed(mask: Mask) -> Mask:
        return put(blurred > 0.5, L1)(take(blurred < 0.5, L1)(mask))

    bench.does(lambda: bench.key("o"), smoothed)
    bench.says("L1 smoothing")
    bench.key("}")
    bench.says("L1 growing")
    bench.key("z")
    bench.does(lambda: bench.key("}"), put(outer <= 1, L1))
    bench.does(lambda: bench.key("{"), take(inner <= 1, L1))


def test_slices_between_painted_ones_are_filled(bench) -> None:
    bench.level("T12")
    bench.look(21, 18, 8)
    bench.click(bench.point("sagittal", 40, 18, 8))
    bench.key("z")
    mask = bench.settled()
    level = mask == T12

    def signed(slice_: Flags) -> np.ndarray:
        spacing = bench.grid.spacing_mm[1::-1]
        inside = ndimage.distance_transform_edt(slice_, sampling=spacing)
        return inside - ndimage.distance_transform_edt(~slice_, sampling=spacing)

    painted = np.flatnonzero(level.any(axis=(1, 2)))
    filled = np.zeros_like(level)
    for first, last in itertools.pairwise(painted):
        for k in range(first + 1, last):
            share = (k - first) / (last - first)
            filled[k] = (1 - share) * signed(level[first]) + share * signed(level[last]) > 1e-6
    assert set(np.flatnonzero(filled.any(axis=(1, 2)))) == {9, 10, 13}
    bench.does(lambda: bench.key("i"), put(filled, T12))
    bench.level("L2")
    bench.refuses(lambda: bench.key("i"), "no gap between painted slices in the sagittal plane")


def test_a_fused_body_is_split_and_a_level_merged(bench) -> None:
    bench.level("L2")
    bench.look(22, 64, 12)
    bench.key("s")
    line = [bench.point("coronal", 22, 62, 3), bench.point("coronal", 22, 66, 21)]
    (ak, aj), (bk, bj) = (
        [bench.place("coronal", point)[axis] for axis in (2, 1)] for point in line
    )
    _, j, k = bench.ijk
    below = j > aj + (k - ak) * (bj - aj) / (bk - ak)

    bench.refuses(lambda: bench.drag(*line), "no neighbour on that side")
    bench.choose("goes to", "new level")
    seen: dict[int, str] = {}

    def split() -> None:
        bench.drag(*line)
        bench.settled()
        seen.update(bench.levels())

    bench.does(split, lambda mask: np.where(below & (mask == L2), 4, mask).astype(np.uint8))
    assert seen == {T12: "T12", L1: "L1", L2: "L2", 4: "L3"}
    bench.choose("Part", "Above")
    bench.choose("goes to", "L1")
    bench.does(
        lambda: bench.drag(*line),
        lambda mask: np.where(~below & (mask == L2), L1, mask).astype(np.uint8),
    )
    bench.level("L1")
    bench.key("m")

    def merge() -> None:
        bench.click(bench.point("sagittal", 22, 60, 12))
        bench.settled()
        seen.clear()
        seen.update(bench.levels())

    bench.does(merge, lambda mask: np.where(mask == L1, L2, mask).astype(np.uint8))
    assert seen == {T12: "T12", L2: "L2"}
    assert bench.levels() == {T12: "T12", L1: "L1", L2: "L2"}


def test_a_level_is_cleared_and_taken_from_the_model(bench) -> None:
    bench.level("L1")
    start = bench.settled()
    bench.does(lambda: bench.key("Delete"), take(start == L1, L1))
    bench.look(22, 38, 12)
    bench.key("b")
    bench.brush(8)
    way = [bench.point("sagittal", 33, 34, 12), bench.point("sagittal", 33, 40, 12)]
    bench.drag(*way)
    painted = bench.settled()
    assert (painted != start).any()
    bench.does(lambda: bench.key("r"), lambda _: start)
    bench.key("z")
    bench.settled()
    bench.refuses(lambda: bench.key("r"), "L1 is as it began")
