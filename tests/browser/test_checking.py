"""A case between student and reader: gate, changes, the way back with a pin, an override."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.walking import Person, drag, wait_for_stage, wait_saved, wait_until

pytestmark = [pytest.mark.browser]
BEHIND_MM = np.array([0.0, 24.0, 0.0])
"""From the middle of a level to soft tissue behind it."""


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def case(running) -> str:
    code = "from tests.browser import seeding; print(seeding.make_oblique_case().pk)"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-1]


def place_of(person: Person, mm) -> tuple[float, float]:
    x, y = person.hook("worldToCanvas", "sagittal", [float(one) for one in mm])
    box = person.page.locator("[data-plane=sagittal]").first.bounding_box()
    assert box
    return box["x"] + x, box["y"] + y


def open_level(person: Person, case: str, work: str, level: str) -> np.ndarray:
    """Open a case at a level; return its middle."""
    person.open_case(case, work)
    person.page.keyboard.press("g")
    person.page.keyboard.type(level)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("level-in-hand")).to_have_text(level)
    person.hook("idle")
    return np.array(person.hook("focus"))


def stroke(person: Person, key: str, mm: np.ndarray) -> dict[str, int]:
    """Draw a short stroke with the tool of a key; return the voxel counts."""
    person.page.keyboard.press(key)
    start = place_of(person, mm)
    drag(person, start, (start[0] + 20, start[1]))
    wait_saved(person)
    return dict(person.hook("labelCounts"))


def near(person: Person, mm: np.ndarray, reach: float) -> bool:
    return float(np.linalg.norm(np.array(person.hook("focus")) - mm)) <= reach


def hand_in(student: Person, case: str, pictures: Path) -> tuple[dict[str, int], ...]:
    """Erase and spill, be stopped, take the spill back; return the counts before and after."""
    middle = open_level(student, case, "refine", "L1")
    before = student.hook("labelCounts")
    erased = stroke(student, "e", middle)
    assert erased["2"] < before["2"]
    stroke(student, "b", middle + BEHIND_MM)
    student.page.keyboard.press("Control+Enter")
    panel = student.page.get_by_role("complementary", name="1 problem stops submitting")
    expect(panel).to_contain_text("L1 is in two pieces")
    assert panel.get_by_role("button", name="Accept as it is").count() == 0
    assert not near(student, middle + BEHIND_MM, 12)
    student.page.screenshot(path=pictures / "checking-problems.png")
    panel.get_by_role("button", name="Go there").click()
    wait_until(lambda: near(student, middle + BEHIND_MM, 12), 20)
    student.page.keyboard.press("z")
    wait_saved(student)
    assert student.hook("labelCounts") == erased
    expect(
        student.page.get_by_role("complementary", name="Nothing stops submitting")
    ).to_be_visible()
    student.page.keyboard.press("Control+Enter")
    wait_for_stage(student, case, "checking", 60)
    student.leave()
    return before, erased


def give_back(reader: Person, case: str, counted, pictures: Path) -> np.ndarray:
    """See the change, flip, accept, return with a pin by keys; return where the pin stands."""
    before, erased = counted
    reader.open_case(case, "check")
    row = reader.page.get_by_test_id("change-L1")
    expect(row).to_contain_text(f"\N{MINUS SIGN}{before['2'] - erased['2']}")
    expect(reader.page.locator("[data-testid^=change-]")).to_have_count(1)
    row.click()
    reader.hook("idle")
    glow = reader.page.locator("[data-plane=sagittal] .spine-glow path[data-side=removed]")
    assert (glow.first.get_attribute("d") or "").count("M") > 0
    shown = reader.page.get_by_test_id("shown")
    reader.page.keyboard.down("x")
    expect(shown).to_have_attribute("data-shown", "model")
    assert reader.hook("labelCounts") == before
    reader.page.keyboard.up("x")
    expect(shown).to_have_attribute("data-shown", "mine")
    assert reader.hook("labelCounts") == erased
    for mask, counts in (("model", before), ("student", erased), ("mine", erased)):
        reader.page.keyboard.press("Shift+C")
        expect(shown).to_have_attribute("data-shown", mask)
        assert reader.hook("labelCounts") == counts
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_text("Every changed level is accepted.")).to_be_visible()
    reader.page.screenshot(path=pictures / "checking-changes.png")
    spot = np.array(reader.hook("focus"))
    reader.page.mouse.move(700, 5)
    reader.page.keyboard.press("r")
    expect(reader.page.get_by_role("radio", name="A part is missing")).to_be_visible()
    reader.page.keyboard.press("2")
    expect(reader.page.get_by_label("What to do")).to_be_focused()
    reader.page.keyboard.type("Fill the hole.")
    reader.page.screenshot(path=pictures / "checking-return.png")
    reader.page.keyboard.press("Control+Enter")
    wait_for_stage(reader, case, "refining", 60)
    (pin,) = reader.api(f"/cases/{case}/pins/")
    assert (pin["text"], pin["number"]) == ("Fill the hole.", 2)
    assert np.linalg.norm(np.array(pin["at_mm"]) - spot) < 1
    reader.leave()
    return spot


def answer(student: Person, case: str, spot: np.ndarray, pictures: Path) -> None:
    """Find the case first and open at the pin, ask beside it, resolve it, hand in again."""
    assert student.api("/datasets/demo/worklist/")["rows"][0]["case"] == case
    student.open_case(case, "refine")
    expect(student.page.get_by_text("Returned: A part is missing, 1 pin")).to_be_visible()
    pins = student.page.get_by_role("region", name="Pins")
    expect(pins).to_contain_text("Fill the hole.")
    wait_until(lambda: near(student, spot, 1), 20)
    x, y = place_of(student, spot)
    student.page.mouse.move(x, y)
    student.page.keyboard.press("f")
    student.page.get_by_label("What to say here").fill("Is this the basivertebral vein?")
    student.page.get_by_label("It is a question").check()
    student.page.get_by_role("button", name="Drop the pin").click()
    expect(pins).to_contain_text("Is this the basivertebral vein?")
    student.page.screenshot(path=pictures / "checking-returned.png")
    pins.get_by_role("button", name="Resolve").first.click()
    expect(pins).to_contain_text("Resolved by")
    student.page.keyboard.press("Control+Enter")
    wait_for_stage(student, case, "checking", 60)
    student.leave()


def accept(reader: Person, case: str, pictures: Path) -> None:
    """Paint what the gate objects to, and accept it with a reason."""
    middle = open_level(reader, case, "check", "L1")
    stroke(reader, "b", middle + BEHIND_MM)
    reader.page.keyboard.press("Control+Enter")
    panel = reader.page.get_by_role("complementary", name="1 problem stops approving")
    panel.get_by_role("button", name="Accept as it is").click()
    panel.get_by_label("Why it is right as it is").fill("A free fragment, seen on three slices.")
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_text("A free fragment, seen on three slices.")).to_be_visible()
    reader.page.screenshot(path=pictures / "checking-override.png")
    reader.page.keyboard.press("Control+Enter")
    wait_for_stage(reader, case, "reading", 60)
    assert reader.api(f"/cases/{case}/pins/") == []
    reader.leave()


def test_a_case_goes_back_with_a_pin_and_on_with_an_override(
    running, browser, case, pictures
) -> None:
    counts = hand_in(Person(browser, running, "student"), case, pictures)
    spot = give_back(Person(browser, running, "reader1"), case, counts, pictures)
    answer(Person(browser, running, "student"), case, spot, pictures)
    accept(Person(browser, running, "reader1"), case, pictures)
