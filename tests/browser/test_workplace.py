"""The student's workplace by keys: levels, panes, surface, names of vertebrae, own keys."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.walking import SLOW_MS, Person, drag, pane_centre, wait_saved, wait_until

pytestmark = [pytest.mark.browser]
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLANES = ("sagittal", "axial", "coronal")


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    """As many cases as there are tests, each for one."""
    make = "print(*(seeding.make_oblique_case().pk for _ in range(4)))"
    code = f"from tests.browser import seeding; {make}"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-4:]


@pytest.fixture
def case(cases) -> str:
    return cases.pop()


@pytest.fixture(scope="module")
def student(running, browser):
    """One person in one browser, who finds again what was chosen before."""
    person = Person(browser, running, "student")
    yield person
    person.leave()


def press(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def in_hand(person: Person, level: str) -> None:
    expect(person.page.get_by_test_id("level-in-hand")).to_have_text(level)


def violations(person: Person) -> list[Any]:
    """Return what axe finds on the page as it stands.

    The key printed within a control is a hint and no part of its name, which axe cannot know.
    """
    person.page.evaluate(AXE.read_text())
    found = person.page.evaluate(
        """(tags) => axe.run({
            runOnly: { type: 'tag', values: tags },
            rules: { 'label-content-name-mismatch': { enabled: false } },
        })""",
        RULES,
    )
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]
    ]


def test_keys_go_from_level_to_level_and_all_panes_follow(student, case) -> None:
    page = student.page
    student.open_case(case, "refine")
    assert violations(student) == []
    press(student, "Shift+O")
    expect(page.get_by_role("button", name="From the head down")).to_be_visible()
    lock = page.get_by_role("button", name="Neighbours")
    for key, level in (
        ("1", "T12"),
        ("j", "L1"),
        ("j", "L2"),
        ("k", "L1"),
        ("3", "L2"),
        ("0", "L2"),
    ):
        press(student, "l")
        expect(lock).to_have_attribute("aria-pressed", "false")
        press(student, key)
        in_hand(student, level)
        expect(lock).to_have_attribute("aria-pressed", "true" if key != "0" else "false")
    press(student, "g")
    page.keyboard.type("l1")
    press(student, "Enter")
    in_hand(student, "L1")
    student.hook("idle")
    number = student.page.evaluate("app.voxelAt(app.focus()).number")
    assert number == 2
    for plane in PLANES:
        x, y = student.hook("worldToCanvas", plane, student.hook("focus"))
        middle = pane_centre(student, plane)
        box = page.locator(f"[data-plane={plane}]").bounding_box()
        assert box
        assert abs(box["x"] + x - middle[0]) < box["width"] / 3
        assert abs(box["y"] + y - middle[1]) < box["height"] / 3
    expect(page.get_by_text("0 of 3 levels")).to_be_visible()
    press(student, "Enter")
    in_hand(student, "L2")
    expect(page.get_by_text("1 of 3 levels")).to_be_visible()
    expect(page.locator('[data-level="L1"]')).to_have_attribute("data-mark", "done")
    press(student, "k", "Backspace")
    expect(page.get_by_text("0 of 3 levels")).to_be_visible()
    student.open_case(case, "refine")
    expect(page.get_by_role("button", name="From the head down")).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(page.get_by_text("The editor needs a larger screen")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_test_id("level-in-hand")).to_be_visible()


def shown(person: Person) -> Locator:
    return person.page.locator(".spine-place[data-shown=true]")


def coloured(person: Person, place: Locator, file: Path) -> int:
    """Return how many pixels of a pane have colour."""
    person.hook("idle")
    place.screenshot(path=file)
    rgb = np.asarray(Image.open(file).convert("RGB")).astype(int)
    return int((np.ptp(rgb, axis=-1) > 40).sum())


def test_one_three_or_four_panes_and_a_surface_that_can_be_clicked(student, case, tmp_path) -> None:
    page = student.page
    student.open_case(case, "refine")
    expect(shown(student)).to_have_count(3)
    before = student.hook("worldToCanvas", "sagittal", student.hook("focus"))
    assert not [one for one in page.workers if "surface" in one.url]
    press(student, "p")
    expect(shown(student)).to_have_count(4)
    surface = page.locator(".spine-surface")
    expect(surface).to_have_attribute("data-meshes", "3", timeout=SLOW_MS)
    expect(surface).to_have_attribute("data-building", "false", timeout=SLOW_MS)
    assert [one for one in page.workers if "surface" in one.url]
    assert coloured(student, surface, tmp_path / "surface.png") > 3000
    box = surface.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    press(student, "g")
    page.keyboard.type("T12")
    press(student, "Enter")
    in_hand(student, "T12")
    drag(student, (x, y), (x + 60, y + 5))
    in_hand(student, "T12")
    page.mouse.click(x, y)
    in_hand(student, "L1")

    press(student, "Shift+A")
    page.keyboard.type("L3")
    press(student, "Enter")
    in_hand(student, "L3")
    spot = pane_centre(student, "axial")
    drag(student, (spot[0] - 60, spot[1] - 90), (spot[0] - 40, spot[1] - 90))
    expect(surface).to_have_attribute("data-meshes", "4", timeout=SLOW_MS)

    press(student, "p")
    expect(shown(student)).to_have_count(1)
    expect(shown(student)).to_have_attribute("data-place", "axial")
    wait_until(lambda: not [one for one in page.workers if "surface" in one.url], 10)
    press(student, ".")
    expect(shown(student)).to_have_attribute("data-place", "coronal")
    assert coloured(student, shown(student), tmp_path / "one.png") > 3000
    press(student, "Shift+P")
    expect(shown(student)).to_have_count(4)
    student.open_case(case, "refine")
    expect(shown(student)).to_have_count(4)
    press(student, "p", "p")
    expect(shown(student)).to_have_count(3)
    student.hook("idle")
    assert student.hook("worldToCanvas", "sagittal", student.hook("focus")) is not None
    assert before is not None
    press(student, "w", "w")
    expect(page.get_by_text("Lung 1,500 /")).to_be_visible()


def names(person: Person) -> dict[int, str | None]:
    """Return the levels on screen by number."""
    codes = person.page.evaluate("app.levelCodes()")
    levels = [*(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 14))]
    levels += [*(f"L{n}" for n in range(1, 7)), "S1", "Co"]
    return {number: levels[code - 1] if code else None for number, code in codes}


def on_server(person: Person, case: str) -> dict[int, str | None]:
    wait_saved(person)
    return {row["number"]: row["level"] for row in person.api(f"/cases/{case}/")["vertebrae"]}


def test_names_of_vertebrae_change_by_keys_and_come_back_by_undo(student, case) -> None:
    page = student.page
    student.open_case(case, "refine")
    first = {1: "T12", 2: "L1", 3: "L2"}
    mask = student.hook("labelCounts")
    assert names(student) == first
    press(student, "2")
    in_hand(student, "L1")
    press(student, "u")
    expect(page.get_by_role("alert")).to_have_text(
        "L1 would become T12, which another vertebra is already."
    )
    assert names(student) == first

    def choose(key: str, level: str) -> None:
        press(student, key)
        page.keyboard.type(level)
        expect(page.get_by_role("dialog").get_by_role("button").last).to_be_enabled()
        press(student, "Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)

    acts = (
        (lambda: press(student, "d"), {1: "T12", 2: "L2", 3: "L3"}),
        (lambda: choose("Shift+I", "T13"), {1: "T12", 2: "T13", 3: "L1"}),
        (lambda: choose("Shift+S", "T12"), {1: "T13", 2: "T12", 3: "L1"}),
        (lambda: choose("Shift+L", "T10"), {1: "T13", 2: "T10", 3: "L1"}),
        (lambda: press(student, "Shift+X"), {1: "T13", 2: None, 3: "L1"}),
        (lambda: choose("Shift+A", "C3"), {1: "T13", 2: None, 3: "L1", 4: "C3"}),
    )
    stood = [first]
    for act, after in acts:
        act()
        assert names(student) == after
        assert on_server(student, case) == after
        stood.append(after)
    assert student.api(f"/cases/{case}/anomalies/")["has_T13"] is True
    for before in reversed(stood[:-1]):
        press(student, "z")
        assert {n: level for n, level in names(student).items() if level or n in before} == before
    left = on_server(student, case)
    assert {n: level for n, level in left.items() if level} == first
    press(student, "y", "y")
    assert {n: on_server(student, case)[n] for n in (1, 2, 3)} == stood[2]
    assert student.hook("labelCounts") == mask


def test_keys_can_be_changed_are_kept_and_never_meet(student, case) -> None:
    page = student.page
    student.open_case(case, "refine")
    eraser = page.get_by_role("toolbar").get_by_role("button", name="Eraser")
    brush = page.get_by_role("toolbar").get_by_role("button", name="Brush", exact=True)
    press(student, "?")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Search the keys").fill("eras")
    expect(sheet.get_by_text("Larger brush")).to_have_count(0)
    sheet.get_by_role("button", name="Change keys").click()
    change = sheet.get_by_role("button", name="Change the key for Eraser")
    assert violations(student) == []
    change.click()
    press(student, "b")
    expect(sheet.get_by_role("alert")).to_have_text("B is Brush. Give that another key first.")
    change.click()
    press(student, "F2")
    expect(change).to_have_text("F2")
    press(student, "Escape")
    expect(sheet).to_have_count(0)
    wait_until(lambda: student.api("/session/keys/")["keys"] == {"refining.eraser": ["F2"]}, 10)
    student.open_case(case, "refine")
    expect(eraser.locator("[data-key]")).to_have_attribute("data-key", "F2")
    press(student, "e")
    expect(brush).to_have_attribute("aria-pressed", "true")
    press(student, "F2")
    expect(eraser).to_have_attribute("aria-pressed", "true")

    press(student, "Control+/")
    sheet.get_by_role("button", name="Change keys").click()
    sheet.get_by_role("switch", name="Single letters and signs act").press("Space")
    wait_until(lambda: student.api("/session/keys/")["letters"] is False, 10)
    press(student, "Escape")
    expect(sheet).to_have_count(0)
    press(student, "b", "?")
    expect(sheet).to_have_count(0)
    expect(eraser).to_have_attribute("aria-pressed", "true")
    press(student, "Control+/")
    sheet.get_by_role("button", name="Change keys").click()
    sheet.get_by_role("button", name="All usual keys").click()
    wait_until(lambda: student.api("/session/keys/") == {"keys": {}, "letters": True}, 10)
    press(student, "Escape")
    expect(sheet).to_have_count(0)
    press(student, "b")
    expect(brush).to_have_attribute("aria-pressed", "true")
