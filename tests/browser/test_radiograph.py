"""A radiograph in a real browser: imported, painted, measured in detector millimetres or none."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from annotation.bridge.runs import decode_runs
from tests.browser.walking import Person, drag, wait_for_stage, wait_saved, wait_until
from tests.films import TOPS, film_file, picture

pytestmark = [pytest.mark.browser]
UNITS = {"imager": (0.5, "mm"), "unknown": (1.0, "px")}
"""Length of a pixel in the frame of each film, and what the brush is measured in."""
MM = re.compile(r"\bmm\b|millimetre")


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    house.start("worker")
    return house


@pytest.fixture(scope="module")
def films(running, browser, tmp_path_factory) -> dict[str, str]:
    """Import two films in the browser: one with a detector's spacing, one without any."""
    folder = tmp_path_factory.mktemp("films")
    said = {"PatientID": "B", "StudyInstanceUID": "1.2.4", "SeriesInstanceUID": "1.2.5"}
    wide = np.pad(picture(), ((0, 620), (0, 440)), mode="edge")  # as large as real ones
    silent = film_file(pixels=wide, SOPInstanceUID="1.2.3", ImagerPixelSpacing=None, **said)
    files = {"imager": film_file(), "unknown": silent}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manager = Person(browser, running, "manager")
    manager.page.goto("/d/demo/import")
    chosen = [folder / name for name in files]
    manager.page.locator("input[data-choose=files]").set_input_files(chosen)

    def done():
        imports = manager.api("/datasets/demo/imports/")
        return bool(imports) and imports[0]["state"] == "done" and imports[0]

    findings = wait_until(done, 60)["findings"]
    cells = manager.page.get_by_role("cell", name=re.compile("a radiograph", re.IGNORECASE))
    expect(cells).to_have_count(2)
    expect(manager.page.get_by_text("spacing unknown").first).to_be_visible()
    manager.leave()
    by_spacing = {bool(one["spacing_mm"]): one["case"] for one in findings}
    return {"imager": by_spacing[True], "unknown": by_spacing[False]}


def everything_on(person: Person) -> str:
    """Return all text of the page, of its pictures and of its titles."""
    return str(
        person.page.evaluate(
            """[document.body.textContent, ...[...document.querySelectorAll('[title]')]
               .map((one) => one.title), ...[...document.querySelectorAll('[aria-label]')]
               .map((one) => one.ariaLabel)].join(' ')"""
        )
    )


def on_page(person: Person, column: float, row: float, step: float) -> tuple[float, float]:
    """Return where a pixel of the film lies on the page."""
    x, y = person.hook("worldToCanvas", "sagittal", [0, column * step, -row * step])
    box = person.page.locator("[data-plane=sagittal]").bounding_box()
    assert box
    return box["x"] + x, box["y"] + y


def server_mask(person: Person, case: str) -> np.ndarray:
    answer = person.page.request.get(f"{person.house.url}/api/cases/{case}/mask/?track=main")
    assert answer.ok
    return decode_runs(answer.body())


def add_and_paint(student: Person, level: str, top: int, step: float) -> None:
    if level == "T12":
        student.page.get_by_role("button", name="Add a level").click()
    else:
        student.page.keyboard.press("Shift+A")
    student.page.keyboard.type(level)
    dialog = student.page.get_by_role("dialog")
    expect(dialog.get_by_role("button").last).to_be_enabled()
    student.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(student.page.get_by_test_id("level-in-hand")).to_have_text(level)
    student.hook("idle")
    start, end = (on_page(student, column, top + 18, step) for column in (70, 90))
    drag(student, start, end)
    wait_saved(student)


@pytest.fixture(scope="module")
def student(running, browser):
    person = Person(browser, running, "student")
    yield person
    person.leave()


@pytest.mark.parametrize("name", UNITS)
def test_levels_are_added_and_painted_on_the_one_picture(student, films, pictures, name) -> None:
    case, (step, unit) = films[name], UNITS[name]
    student.open_case(case, "refine")
    expect(student.page.get_by_text("No model has read this radiograph")).to_be_visible()
    expect(student.page.locator("[data-place=axial]")).not_to_be_visible()
    expect(student.page.locator("[data-place=coronal]")).not_to_be_visible()
    expect(student.page.get_by_test_id("brush-size")).to_contain_text(unit)
    student.hook("idle")
    for number, level in enumerate(("T12", "L1")):
        add_and_paint(student, level, TOPS[number], step)
    mask = server_mask(student, case)
    assert mask.shape == {"imager": (1, 240, 160), "unknown": (1, 860, 600)}[name]
    counts = {str(n): int((mask == n).sum()) for n in (1, 2)}
    assert min(counts.values()) > 80
    assert student.hook("labelCounts") == counts
    assert mask[0, TOPS[0] + 18, 80] == 1
    student.page.screenshot(path=pictures / f"radiograph-refine-{name}.png")
    text = everything_on(student)
    if name == "unknown":
        assert not MM.search(text), MM.findall(text)
        assert "ratios only" in text
    else:
        assert "imager 0.500 mm: detector millimetres, magnified by an unknown factor" in text
    student.page.keyboard.press("Control+Enter")
    wait_for_stage(student, case, "checking", 60)


def approve(reader: Person, case: str) -> None:
    """Approve a mask as the check screen does."""
    token = reader.page.evaluate("document.cookie.match(/csrftoken=([^;]+)/)[1]")
    answer = reader.page.request.post(
        f"{reader.house.url}/api/cases/{case}/moves/",
        headers={"X-CSRFToken": token, "Referer": reader.house.url},
        data={"move": "approve_mask"},
    )
    assert answer.ok, answer.text()


def finding_of(reader: Person, number: int) -> dict:
    """Return a finding as the page has it, once no draft waits in the browser."""
    expect(reader.page.get_by_text("Draft saved")).to_be_visible()
    found = reader.page.evaluate("window.app.findings.map((one) => ({...one}))")
    return next(one for one in found if one["number"] == number)


class Film:
    """Where the pixels of a film lie on the page of a reading, from two points of it."""

    def __init__(self, reader: Person, points: np.ndarray, step: float) -> None:
        places = []
        for name in ("00", "21"):  # anterior upper, posterior lower
            box = reader.page.locator(f"[data-point='{name}']").last.bounding_box()
            assert box
            places.append([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
        self.step = step
        flat = np.array([points[0, 0], points[2, 1]])[:, 1:] * [1, -1]  # to the right, down
        self.scale = (np.array(places[1]) - places[0]) / (flat[1] - flat[0])
        self.origin = np.array(places[0]) - flat[0] * self.scale

    def at(self, column: float, row: float) -> tuple[float, float]:
        x, y = self.origin + np.array([column, row]) * self.step * self.scale
        return float(x), float(y)


def place(reader: Person, button: str, lines: list[tuple]) -> None:
    """Place six points by one drag along each end plate."""
    reader.page.get_by_role("button", name=button).click()
    for name, line in zip(("upper", "lower"), lines, strict=True):
        expect(reader.page.locator(f"[data-placing={name}]")).to_be_visible()
        drag(reader, *line)
    expect(reader.page.locator("[data-placing]")).to_have_count(0)


@pytest.fixture(scope="module")
def reader(running, browser):
    person = Person(browser, running, "reader1")
    yield person
    person.leave()


@pytest.mark.parametrize("name", UNITS)
def test_six_points_from_scratch_give_the_right_heights(reader, films, pictures, name) -> None:
    case, (step, _) = films[name], UNITS[name]
    approve(reader, case)
    reader.open_case(case, "read")
    reader.page.keyboard.press("j")
    pane = reader.page.locator("[aria-label*=L1]").filter(has=reader.page.locator("canvas")).last
    box = pane.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    rough = [((x - 60, y - 50), (x + 60, y - 50)), ((x - 60, y + 50), (x + 60, y + 50))]
    place(reader, "Place six points", rough)
    film = Film(reader, np.array(finding_of(reader, 2)["six_points_mm"]), step)
    top = TOPS[1]
    lines = [
        (film.at(60, top + 12), film.at(99, top)),
        (film.at(60, top + 36), film.at(99, top + 36)),
    ]
    place(reader, "Place anew", lines)
    finding = finding_of(reader, 2)
    points = np.array(finding["six_points_mm"])
    heights = np.linalg.norm(points[:, 1] - points[:, 0], axis=-1)
    assert finding["heights_mm"] == pytest.approx(heights.tolist())
    assert heights[[0, 2]] == pytest.approx([24 * step, 36 * step], abs=0.6 * step)
    assert np.abs(points[..., 0]).max() < 1e-9
    assert finding["g"] == pytest.approx(heights.min() / heights.max())
    text = everything_on(reader)
    reader.page.screenshot(path=pictures / f"radiograph-read-{name}.png")
    if name == "imager":
        assert "Detector mm" in text
        assert f"{heights[0]:.1f}" in text
        assert "imager 0.500 mm: detector millimetres, magnified by an unknown factor" in text
    else:
        assert not MM.search(text), MM.findall(text)
        shares = [f"{100 * height / heights.max():.0f}" for height in heights]
        assert f"{'  '.join(shares)} %" in text
        assert "ratios only" in text
