"""Discordant cases go from reading to final by keyboard alone: their findings, and their masks."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.walking import Person, wait_until

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def case(running) -> str:
    accounts = running.var / "demo-accounts.txt"
    code = f"from tests.browser import seeding; print(seeding.make_study_case('{accounts}').pk)"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-1]


def press(person: Person, *keys: str) -> None:
    """Press keys one after the other, each once the page has bound what it shows."""
    for key in keys:
        person.page.evaluate("new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)))")
        person.page.keyboard.press(key)


def saved(person: Person) -> None:
    expect(person.page.get_by_text("Draft saved")).to_be_visible()


def finding(person: Person, number: int) -> dict:
    """Return a finding as the page has it."""
    expression = f"{{...window.app.findings.find((one) => one.number === {number})}}"
    found: dict = person.page.evaluate(expression)
    return found


def choose(person: Person, key: str, down: int) -> None:
    """Open a menu by its key, go down in it and take what is there."""
    press(person, key)
    person.wait_for("document.activeElement.closest('[role=menu]') !== null", seconds=10)
    press(person, *["ArrowDown"] * down, "Enter")


def see_all(person: Person) -> None:
    """Look at every level and come back to the first."""
    for key, number in zip("jjkk", (2, 3, 2, 1), strict=True):
        press(person, key)
        person.page.locator(f"[data-number='{number}'][aria-current='true']").wait_for()


def test_a_reader_says_all_the_form_asks_and_amends_it(
    running, case, browser, pictures: Path
) -> None:
    first = Person(browser, running, "reader1")
    first.open_case(case, "read")
    see_all(first)
    press(first, "2", "w")
    choose(first, "o", 2)
    first.wait_for("window.app.findings[0].ao_class === 'A1'", seconds=10)
    press(first, "[")
    expect(first.page.get_by_text("Press the key again on the slice you mean")).to_be_visible()
    first.wait_for("window.app.slice !== null", seconds=20)
    start = first.page.evaluate("window.app.slice")
    press(first, "[", "ArrowDown", "ArrowDown", "]")
    expect(first.page.locator("[data-slices]")).to_have_text(f"fracture on {start} to {start + 2}")
    press(first, *["ArrowDown"] * 9, "]")
    expect(first.page.get_by_text("does not cross T11")).to_be_visible()
    choose(first, "h", 2)
    expect(first.page.get_by_text("Levels: from the first rib")).to_be_visible()
    press(first, "Escape", *["ArrowUp"] * 3)
    press(first, "Shift+Enter")
    expect(first.page.get_by_text("set to 0.")).to_be_visible()
    saved(first)
    first.page.screenshot(path=pictures / "reading-form.png")
    press(first, "Control+Enter")
    expect(first.page.get_by_text("Reading submitted")).to_be_visible()
    _amend(first, pictures)
    first.leave()


def _amend(first: Person, pictures: Path) -> None:
    press(first, "Shift+A")
    dialog = first.page.get_by_role("dialog")
    expect(dialog.get_by_label("Why")).to_be_focused()
    first.page.keyboard.type("T11 is moderate, and a crush")
    press(first, "Control+Enter")
    expect(first.page.get_by_text("Amends: T11 is moderate")).to_be_visible()
    press(first, "c")
    expect(first.page.get_by_role("button", name="2 contradictions")).to_be_visible()
    saved(first)
    first.page.screenshot(path=pictures / "reading-amended.png")
    press(first, "Control+Enter")
    expect(first.page.get_by_text("Reading submitted")).to_be_visible()


def test_another_reads_without_knowing_and_the_case_closes(running, case, browser) -> None:
    second = Person(browser, running, "reader2")
    second.open_case(case, "read")
    assert "moderate, and a crush" not in second.page.content()
    see_all(second)
    press(second, "0", "j", "j", "1", "w", "e", "Shift+ArrowDown", "Shift+ArrowDown")
    saved(second)
    press(second, "Shift+Enter")
    expect(second.page.get_by_text("3 of 3 graded")).to_be_visible()
    saved(second)
    press(second, "Control+Enter")
    expect(second.page.get_by_text("Reading submitted")).to_be_visible()
    wait_until(lambda: second.api(f"/cases/{case}/")["stage"] == "consensus", 30)
    second.leave()


def test_they_differ_and_a_third_reader_decides(running, case, browser, pictures: Path) -> None:
    first = Person(browser, running, "reader1")
    first.open_case(case, "consensus")
    expect(first.page.get_by_text("You hold the pen")).to_be_visible()
    second = Person(browser, running, "reader2")
    second.open_case(case, "consensus")
    expect(second.page.get_by_text("holds the pen")).to_be_visible()
    expect(first.page.locator("[data-people='2']")).to_be_visible()
    expect(first.page.get_by_role("heading", name="Is T11 fractured?")).to_be_visible()
    first.page.screenshot(path=pictures / "consensus-open.png")
    press(second, "1")
    assert second.api(f"/cases/{case}/consensus/")["open"] == 2

    press(first, "d")
    expect(first.page.get_by_text("Put off")).to_be_visible()
    expect(second.page.get_by_text("Put off")).to_be_visible()
    first.page.screenshot(path=pictures / "consensus-deferred.png")
    press(first, "e")
    expect(first.page.get_by_text("Your own points for")).to_be_visible()
    press(first, "2", "e", "Shift+ArrowDown")
    expect(first.page.locator("[data-live-heights]")).to_be_visible()
    first.page.screenshot(path=pictures / "consensus-edit.png")
    press(first, "r")
    first.page.keyboard.type("the rim is whole")
    press(first, "Control+Enter")
    wait_until(lambda: first.api(f"/cases/{case}/consensus/")["open"] == 1, 20)

    press(first, "h")
    expect(second.page.get_by_text("You hold the pen")).to_be_visible()
    press(second, "r")
    second.page.keyboard.type("Is this the rim or the floor?")
    press(second, "Escape", "t")
    expect(second.page.get_by_text("who decides this one")).to_be_visible()
    expect(first.page.get_by_text("The rest waits for a third reader")).to_be_visible()
    second.page.screenshot(path=pictures / "consensus-asked.png")
    for one in (first, second):
        one.page.goto("/d/demo/worklist")
        one.leave()

    third = Person(browser, running, "reader3")
    row = third.api("/datasets/demo/worklist/")["rows"][0]
    assert (row["case"], row["look_at"]) == (case, "You are asked to decide")
    third.open_case(case, "consensus")
    expect(third.page.get_by_text("Is this the rim or the floor?")).to_be_visible()
    expect(third.page.get_by_text("The pen is free")).to_be_visible()
    press(third, "2")
    expect(third.page.get_by_text("third reader: reading B taken").first).to_be_visible()
    press(third, "Control+Enter")
    expect(third.page.get_by_text("The case is settled")).to_be_visible()
    expect(third.page.get_by_text("Signed by Ronja Third")).to_be_visible()
    names = third.page.locator("thead").inner_text()
    assert "Reader A" not in names
    third.page.screenshot(path=pictures / "consensus-closed.png")
    assert third.api(f"/cases/{case}/")["stage"] == "final"
    third.leave()


@pytest.fixture(scope="module")
def painted(running) -> str:
    code = "from tests.browser import seeding; print(seeding.make_masks_case().pk)"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-1]


def test_a_reader_paints_a_mask_of_their_own(running, painted, browser, pictures: Path) -> None:
    second = Person(browser, running, "reader2")
    main = second.page.request.get(f"{running.url}/api/cases/{painted}/mask/").body()
    second.open_case(painted, "read")
    press(second, "t")
    expect(second.page.get_by_text("Your own mask, blind")).to_be_visible()
    second.wait_for("window.app?.ready === true && window.app.labelCounts !== undefined")
    before = second.hook("labelCounts")
    press(second, "2", "{")
    second.wait_for("window.app.labelCounts()[2] < given[2] && window.app.saved", before, 30)
    second.page.screenshot(path=pictures / "own-mask.png")
    assert second.page.request.get(f"{running.url}/api/cases/{painted}/mask/").body() == main
    press(second, "Control+Enter")
    expect(second.page.get_by_text("Blind reading, 2 readers")).to_be_visible()
    see_all(second)
    press(second, "Shift+Enter")
    expect(second.page.get_by_text("3 of 3 graded")).to_be_visible()
    saved(second)
    press(second, "Control+Enter")
    wait_until(lambda: second.api(f"/cases/{painted}/")["stage"] == "consensus", 30)
    second.leave()


def test_their_masks_are_fused_and_taken_back(running, painted, browser, pictures: Path) -> None:
    first = Person(browser, running, "reader1")
    first.open_case(painted, "consensus")
    expect(first.page.get_by_role("heading", name="Which voxels are T12?")).to_be_visible()
    (entry,) = first.api(f"/cases/{painted}/consensus/")["disagreements"]
    expect(
        first.page.get_by_text(f"Masks: Dice {entry['masks']['dice']:.2f}").first
    ).to_be_visible()
    for outline in ("a", "b"):
        first.page.locator(f"[data-outline='{outline}'][d^='M']").wait_for(state="attached")
    first.page.screenshot(path=pictures / "consensus-masks.png")
    press(first, "3")
    expect(first.page.get_by_text("masks fused by majority").first).to_be_visible()
    press(first, "o")
    expect(first.page.get_by_role("heading", name="Which voxels are T12?")).to_be_visible()
    first.leave()
