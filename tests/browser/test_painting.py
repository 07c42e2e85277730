"""Painting in a real browser against the real server, on an oblique and uneven grid."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from annotation.bridge.runs import decode_runs
from tests.browser.bench import grid_of
from tests.browser.walking import Person, drag, wait_saved

pytestmark = [pytest.mark.browser]
PLANES = ("sagittal", "axial", "coronal")
BESIDE = {
    "sagittal": np.array([9, 1, 0]),
    "axial": np.array([9, 0, 2]),
    "coronal": np.array([0, 8, 1]),
}
"""Voxels (i, j, k) from the middle of a level to an unpainted place in the same slice."""


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    """As many cases as there are tests, each for one."""
    make = "print(*(seeding.make_oblique_case().pk for _ in range(7)))"
    code = f"from tests.browser import seeding; {make}"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-7:]


@pytest.fixture
def case(cases) -> str:
    return cases.pop()


@pytest.fixture
def student(running, browser):
    return Person(browser, running, "student")


def server_mask(person: Person, case: str) -> np.ndarray:
    """Return the mask as the server has it now, shape (k, j, i)."""
    answer = person.page.request.get(f"{person.house.url}/api/cases/{case}/mask/?track=main")
    assert answer.ok
    return decode_runs(answer.body())


def counts(mask: np.ndarray) -> dict[str, int]:
    """Return voxels by vertebra number, as the browser's hook does."""
    numbers, sizes = np.unique(mask[mask > 0], return_counts=True)
    return {str(n): int(size) for n, size in zip(numbers, sizes, strict=True)}


def pane_point(person: Person, plane: str, mm: list[float]) -> tuple[float, float]:
    """Return where a point of the patient lies on the page."""
    x, y = person.hook("worldToCanvas", plane, mm)
    box = person.page.locator(f"[data-plane={plane}]").bounding_box()
    assert box
    return box["x"] + x, box["y"] + y


def open_level(person: Person, case: str, work: str, level: str) -> None:
    person.open_case(case, work)
    person.page.keyboard.press("g")
    person.page.keyboard.type(level)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("level-in-hand")).to_have_text(level)
    person.hook("idle")


def dab(person: Person, plane: str, mm: np.ndarray) -> None:
    point = pane_point(person, plane, mm.tolist())
    drag(person, point, (point[0] + 1, point[1]))


def test_three_planes_show_bone_and_colour_where_they_say(student, case, tmp_path) -> None:
    open_level(student, case, "refine", "L1")
    for plane in PLANES:
        pane = student.page.locator(f"[data-plane={plane}]")
        pane.screenshot(path=tmp_path / f"{plane}.png")
        rgb = np.asarray(Image.open(tmp_path / f"{plane}.png").convert("RGB")).astype(int)
        assert (rgb.max(axis=-1) > 20).mean() > 0.15, plane
        assert (np.ptp(rgb, axis=-1) > 60).sum() > 500, plane
        for pixel in ([40, 60], [211, 133]):
            ours = student.hook("canvasToWorld", plane, pixel)
            assert student.hook("pictureToWorld", plane, pixel) == pytest.approx(ours, abs=1e-3)
    student.leave()


@pytest.mark.parametrize("plane", PLANES)
def test_the_voxel_under_the_cursor_is_painted_on_the_server(student, case, plane) -> None:
    open_level(student, case, "refine", "L1")
    grid, before = grid_of(student, case), server_mask(student, case)
    focus = grid.to_ijk(np.array(student.hook("focus")))
    voxel = np.rint(focus).astype(int) + BESIDE[plane]
    assert before[tuple(voxel[::-1])] == 0
    for _ in range(12):
        student.page.keyboard.press("[")
    expect(student.page.get_by_test_id("brush-size")).to_have_text("1 mm")
    dab(student, plane, grid.to_mm(voxel.astype(float)))
    wait_saved(student)
    after = server_mask(student, case)
    assert after[tuple(voxel[::-1])] == 2
    assert 1 <= (after != before).sum() <= 6
    assert counts(after) == student.hook("labelCounts")
    student.page.keyboard.press("z")
    wait_saved(student)
    assert np.array_equal(server_mask(student, case), before)
    assert student.hook("labelCounts") == counts(before)
    student.leave()


def test_strokes_outlive_a_lost_connection_and_a_killed_server(student, case, running) -> None:
    open_level(student, case, "refine", "L2")
    grid = grid_of(student, case)
    focus = np.rint(grid.to_ijk(np.array(student.hook("focus"))))
    places = [grid.to_mm(focus + np.array([9 + step, 2 * step - 3, 0])) for step in range(4)]
    dab(student, "sagittal", places[0])
    wait_saved(student)
    acknowledged = counts(server_mask(student, case))
    running.kill("web")
    for place in places[1:]:
        dab(student, "sagittal", place)
    expect(student.page.get_by_test_id("save-state")).to_contain_text("strokes waiting")
    expect(student.page.get_by_text("Keep working")).to_be_visible()
    painted = student.hook("labelCounts")
    running.start("web")
    wait_saved(student)
    stored = counts(server_mask(student, case))
    assert stored == painted
    assert all(stored[number] >= size for number, size in acknowledged.items())
    student.open_case(case, "refine")
    assert student.hook("labelCounts") == painted


def test_the_reader_sees_what_was_changed_and_the_mask_before(
    student, case, running, browser
) -> None:
    open_level(student, case, "refine", "L1")
    start = pane_point(student, "sagittal", student.hook("focus"))
    before = student.hook("labelCounts")
    student.page.keyboard.press("e")
    drag(student, start, (start[0] + 25, start[1]))
    wait_saved(student)
    erased = student.hook("labelCounts")
    student.page.keyboard.press("Control+Enter")
    expect(student.page.get_by_test_id("handed-over")).to_contain_text("for checking")
    student.leave()

    reader = Person(browser, running, "reader1")
    reader.open_case(case, "check")
    expect(reader.page.get_by_text("1 level was changed")).to_be_visible()
    row = reader.page.get_by_test_id("change-L1")
    expect(row).to_contain_text(f"\N{MINUS SIGN}{before['2'] - erased['2']}")
    reader.page.keyboard.down("x")
    reader.hook("idle")
    assert reader.hook("labelCounts") == before
    reader.page.keyboard.up("x")
    reader.hook("idle")
    assert reader.hook("labelCounts") == erased
    reader.page.keyboard.press("r")
    reader.page.get_by_role("radio", name="A part is missing").click()
    reader.page.get_by_label("What to do").fill("Fill the hole in L1.")
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Return to the student").click()
    expect(reader.page.get_by_test_id("handed-over")).to_contain_text("back with the student")
    assert reader.api(f"/cases/{case}/")["returned"]["note"] == "Fill the hole in L1."
    reader.leave()


def test_keys_move_along_the_levels(student, case) -> None:
    student.open_case(case, "refine")
    in_hand = student.page.get_by_test_id("level-in-hand")
    seen = []
    for _ in range(3):
        seen.append(in_hand.inner_text())
        student.page.keyboard.press("j")
    assert seen == ["T12", "L1", "L2"]
    heights = [student.page.locator(f"[data-level={one}]").bounding_box() for one in seen]
    assert all(a["y"] < b["y"] for a, b in pairwise(heights))
    student.page.keyboard.press("Enter")
    expect(student.page.get_by_text("1 of 3 levels")).to_be_visible()
    student.page.keyboard.press("?")
    expect(student.page.get_by_role("dialog")).to_contain_text("Paint within a density range")
    student.leave()
