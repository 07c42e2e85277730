"""A page with a case on it, tools in hand, and what they ought to do, by their definitions."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import expect

from annotation.bridge.runs import decode_runs
from annotation.domain.geometry import Grid
from tests.browser.walking import Person

Mask = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Point = tuple[float, float]

SLOWEST_SECONDS = 180
ACROSS = {"sagittal": 2, "axial": 1, "coronal": 0}
"""Voxel axis (i, j, k) across the slices of a plane."""


def grid_of(person: Person, case: str) -> Grid:
    """Return the grid that the page was given."""
    volume = person.api(f"/cases/{case}/")["volume"]
    meta = person.page.request.get(f"{person.house.url}/v/{volume}/meta.json").json()
    affine = np.eye(4)
    unit = np.array(meta["direction"]).reshape(3, 3).T
    affine[:3, :3] = unit * np.array(meta["spacing_mm"])
    affine[:3, 3] = meta["origin_mm"]
    return Grid(tuple(meta["dims"]), affine)


@dataclass
class Bench:
    """One open case; masks have the shape (k, j, i), places are fractional (i, j, k)."""

    person: Person
    case: str
    grid: Grid
    hu: NDArray[np.int16]

    def __post_init__(self) -> None:
        k, j, i = np.indices(self.hu.shape)
        self.ijk = (i, j, k)

    @property
    def page(self):
        return self.person.page

    # --- looking

    def look(self, *ijk: float) -> None:
        """Bring a place into the middle of all panes."""
        self.person.hook("flyTo", self.grid.to_mm(np.array(ijk, float)).tolist())
        self.person.hook("idle")

    def point(self, plane: str, *ijk: float) -> Point:
        """Return the whole pixel of the page nearest to a place."""
        x, y = self.person.hook("worldToCanvas", plane, self.grid.to_mm(np.array(ijk)).tolist())
        box = self.page.locator(f"[data-plane={plane}]").bounding_box()
        return round(box["x"] + x), round(box["y"] + y)

    def place(self, plane: str, point: Point) -> NDArray[np.float64]:
        """Return the place under a pixel of the page."""
        box = self.page.locator(f"[data-plane={plane}]").bounding_box()
        pixel = [point[0] - box["x"], point[1] - box["y"]]
        return self.grid.to_ijk(np.array(self.person.hook("canvasToWorld", plane, pixel)))

    def says(self, text: str) -> None:
        expect(self.page.get_by_test_id("notice")).to_contain_text(text)

    # --- acting

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def level(self, name: str) -> None:
        """Take a level in hand by its name."""
        self.key("g")
        self.page.keyboard.type(name)
        self.key("Enter")
        expect(self.page.get_by_test_id("level-in-hand")).to_have_text(name)

    def choose(self, group: str, option: str) -> None:
        choice = self.page.get_by_role("radiogroup", name=group, exact=True)
        choice.get_by_text(option, exact=True).click()

    def set(self, label: str, value: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Enter")

    def brush(self, diameter_mm: int) -> None:
        """Set the size of the brush, which is an even number of millimetres."""
        shown = self.page.get_by_test_id("brush-size")
        while (now := float(shown.inner_text().removesuffix(" mm"))) != diameter_mm:
            self.key("[" if now > diameter_mm else "]")

    def drag(self, *points: Point, button: str = "left") -> None:
        """Go from point to point in one jump each."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down(button=button)
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up(button=button)

    def click(self, point: Point) -> None:
        self.page.mouse.move(*point)
        self.page.mouse.down()
        self.page.mouse.up()

    # --- judging

    def server(self) -> Mask:
        answer = self.page.request.get(
            f"{self.person.house.url}/api/cases/{self.case}/mask/?track=main"
        )
        assert answer.ok
        return decode_runs(answer.body())

    def levels(self) -> dict[int, str]:
        """Return the levels by number; a number whose level was taken away has none."""
        rows = self.person.api(f"/cases/{self.case}/")["vertebrae"]
        return {row["number"]: row["level"] for row in rows if row["level"]}

    def settled(self) -> Mask:
        """Wait until nothing is at work and all is saved; the two masks must be one."""
        still = "!window.app.busy && window.app.saved && window.app.waiting === 0"
        deadline = time.monotonic() + SLOWEST_SECONDS
        while (runs := self.page.evaluate(f"{still} ? window.app.labelRuns() : null")) is None:
            assert time.monotonic() < deadline, "a tool is still at work or a stroke is not saved"
            time.sleep(0.03)
        values, lengths = np.array(runs).reshape(-1, 2).T
        server = self.server()
        assert np.array_equal(server.ravel(), np.repeat(values, lengths))
        return server

    def does(self, act: Callable[[], object], wanted: Callable[[Mask], Mask]) -> None:
        """Check that an act changes exactly what is wanted, on the server too, and is undone."""
        before = self.settled()
        act()
        after = self.settled()
        expected = wanted(before.copy())
        wrong = np.argwhere(after != expected)
        assert wrong.size == 0, f"{len(wrong)} voxels (k, j, i) are not as wanted: {wrong[:8]}"
        assert (after != before).any(), "nothing was to be done"
        self.key("z")
        assert np.array_equal(self.settled(), before)

    def refuses(self, act: Callable[[], object], text: str) -> None:
        """Check that an act changes nothing and says why."""
        before = self.settled()
        act()
        self.says(text)
        assert np.array_equal(self.settled(), before)

    # --- definitions

    def apart_mm(self, places: Sequence[NDArray[np.float64]], axes: Sequence[int]) -> NDArray:
        """Return the distance of each voxel centre from a way, along some voxel axes."""
        spacing = self.grid.spacing_mm
        here = np.stack([self.ijk[axis] * spacing[axis] for axis in axes], axis=-1)
        stops = [np.array([place[axis] * spacing[axis] for axis in axes]) for place in places]
        best = np.full(self.hu.shape, np.inf)
        for a, b in zip(stops[:-1] or stops, stops[1:] or stops, strict=True):
            way = b - a
            length2 = float(way @ way) or 1.0
            share = np.clip(((here - a) @ way) / length2, 0, 1)[..., None]
            best = np.minimum(best, np.linalg.norm(here - a - share * way, axis=-1))
        return best

    def swept(self, plane: str, points: Sequence[Point], radius_mm: float, *, ball=False) -> Flags:
        """Return the voxels that a brush touches on a way through pixels of the page."""
        places = [self.place(plane, point) for point in points]
        across = ACROSS[plane]
        axes = [axis for axis in range(3) if ball or axis != across]
        near = self.apart_mm(places, axes) <= radius_mm
        return near if ball else near & self.slice_at(plane, places[-1])

    def slice_at(self, plane: str, place: NDArray[np.float64], around: int = 0) -> Flags:
        across = ACROSS[plane]
        return np.abs(self.ijk[across] - np.rint(place[across])) <= around

    def within(self, plane: str, points: Sequence[Point]) -> Flags:
        """Return the voxels in all slices that an outline winds around, by the angles it spans."""
        x, y = (axis for axis in range(3) if axis != ACROSS[plane])
        corners = [self.place(plane, point) for point in points]
        angles = [
            np.arctan2(corner[y] - self.ijk[y], corner[x] - self.ijk[x]) for corner in corners
        ]
        steps = [
            (b - a + np.pi) % (2 * np.pi) - np.pi
            for a, b in zip(angles, angles[1:] + angles[:1], strict=True)
        ]
        return np.rint(np.sum(steps, axis=0) / (2 * np.pi)) % 2 != 0
