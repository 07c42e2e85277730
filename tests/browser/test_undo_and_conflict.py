"""Taking back after a reload, two versions of one mask, and old masks: by real keys and mouse."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from annotation.bridge.runs import decode_runs
from tests.browser.bench import grid_of
from tests.browser.test_painting import dab, open_level, pane_point, server_mask
from tests.browser.walking import Person, wait_saved

pytestmark = [pytest.mark.browser]

SECOND_STUDENT = """
from annotation.models import Dataset, Membership, User
mei = User.objects.create_user("mei", password="a-long-password")
mei.first_name, mei.last_name = "Mei", "Tanaka"
mei.save()
dataset = Dataset.objects.get(slug="demo")
Membership.objects.create(user=mei, dataset=dataset, role="student")
"""


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.manage("shell", "--verbosity", "0", "-c", SECOND_STUDENT)
    with (house.var / "demo-accounts.txt").open("a") as accounts:
        accounts.write("mei a-long-password\n")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    make = "print(*(seeding.make_oblique_case().pk for _ in range(3)))"
    code = f"from tests.browser import seeding; {make}"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-3:]


@pytest.fixture
def case(cases) -> str:
    return cases.pop()


def shown_mask(person: Person, like: np.ndarray) -> np.ndarray:
    """Return the mask on screen, shape (k, j, i)."""
    labels = base64.b64decode(person.hook("labels"))
    return np.frombuffer(labels, np.uint8).reshape(like.shape)


def version_masks(person: Person, case: str) -> list[np.ndarray]:
    """Return the versions that stand beside the mask."""
    rows = person.api(f"/cases/{case}/revisions/")
    keys = [row["id"] for row in rows if row["track"] == "version"]
    base = f"{person.house.url}/api/cases/{case}/versions"
    return [decode_runs(person.page.request.get(f"{base}/{key}/").body()) for key in keys]


def paint_beside(person: Person, case: str, level: str, place: tuple[int, int, int]) -> None:
    """Dab once beside the middle of a level."""
    open_place = np.rint(grid_of(person, case).to_ijk(np.array(person.hook("focus"))))
    dab(person, "sagittal", grid_of(person, case).to_mm(open_place + np.array(place)))


def go_to(person: Person, level: str) -> None:
    person.page.keyboard.press("g")
    person.page.keyboard.type(level)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("level-in-hand")).to_have_text(level)
    person.hook("idle")


def step(person: Person, key: str, wanted: np.ndarray, case: str) -> None:
    """Press a key of undo or redo; screen and server hold exactly what is wanted."""
    person.page.keyboard.press(key)
    counts = {str(n): int((wanted == n).sum()) for n in np.unique(wanted[wanted > 0])}
    person.wait_for("JSON.stringify(window.app.labelCounts()) === JSON.stringify(given)", counts)
    wait_saved(person)
    assert np.array_equal(shown_mask(person, wanted), wanted)
    assert np.array_equal(server_mask(person, case), wanted)


def test_every_act_is_taken_back_after_a_reload_and_in_another_browser(
    running, browser, case
) -> None:
    student = Person(browser, running, "student")
    open_level(student, case, "refine", "L1")
    moments = [server_mask(student, case)]
    for place in ((9, 1, 0), (9, 5, 0), (9, -3, 0)):
        paint_beside(student, case, "L1", place)
        wait_saved(student)
        moments.append(server_mask(student, case))
    assert len({mask.tobytes() for mask in moments}) == 4
    step(student, "z", moments[2], case)

    student.open_case(case, "refine")
    expect(student.page.get_by_test_id("undo-hint")).to_contain_text("brush on L1")
    step(student, "y", moments[3], case)
    for moment in reversed(moments[:3]):
        step(student, "z", moment, case)
    expect(student.page.get_by_test_id("undo-hint")).to_have_count(0)
    student.leave()

    again = Person(browser, running, "student")
    open_level(again, case, "refine", "L2")
    for moment in moments[1:3]:
        step(again, "y", moment, case)
    step(again, "z", moments[1], case)
    again.page.keyboard.press("Enter")
    tile = again.page.locator("[data-level=L2]")
    expect(tile).to_have_attribute("data-mark", "done")
    again.open_case(case, "refine")
    expect(tile).to_have_attribute("data-mark", "done")
    go_to(again, "L2")
    paint_beside(again, case, "L2", (9, 1, 0))
    expect(tile).to_have_attribute("data-mark", "open")
    wait_saved(again)
    assert again.api(f"/cases/{case}/levels-done/") == {"numbers": []}
    again.leave()


def test_two_versions_are_merged_level_by_level_and_both_are_found_again(
    running, browser, case, pictures
) -> None:
    student = Person(browser, running, "student")
    open_level(student, case, "refine", "L1")
    before, page = server_mask(student, case), student.page
    page.route("**/strokes/", lambda route: route.abort())
    paint_beside(student, case, "L1", (9, 4, 0))
    go_to(student, "L2")
    paint_beside(student, case, "L2", (9, 1, 0))
    mine = shown_mask(student, before).copy()

    mei = Person(browser, running, "mei")
    mei.open_case(case, "refine")
    mei.page.get_by_role("button", name="Take over").click()
    expect(mei.page.locator(".ws-lease")).to_contain_text("Yours")
    go_to(mei, "L1")
    mei.page.keyboard.press("b")
    paint_beside(mei, case, "L1", (9, 1, 0))
    wait_saved(mei)
    theirs = server_mask(mei, case)
    mei.leave()

    page.unroute("**/strokes/")
    page.get_by_role("button", name="Take over").click(timeout=90_000)
    dialog = page.get_by_test_id("conflict")
    expect(dialog).to_be_visible(timeout=60_000)
    expect(dialog.get_by_text("Mei Tanaka made 1 act")).to_be_visible()
    cards = dialog.get_by_role("radio")
    expect(cards).to_have_count(3)
    expect(dialog.get_by_text("1 other level was changed by one of you only")).to_be_visible()
    later = dialog.locator("[data-side=theirs]")
    expect(later).to_have_attribute("aria-checked", "true")
    page.screenshot(path=pictures / "conflict.png")
    later.focus()
    page.keyboard.press("2")
    expect(dialog.locator("[data-side=mine]")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("3")
    expect(later).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    student.wait_for("window.app.ready === true && window.app.saved")

    merged = np.where(mine == 3, 3, theirs)
    wait_saved(student)
    assert np.array_equal(server_mask(student, case), merged)
    assert np.array_equal(shown_mask(student, before), merged)
    (kept,) = version_masks(student, case)
    assert np.array_equal(kept, mine)
    step(student, "z", theirs, case)
    page.keyboard.press("Shift+H")
    expect(page.get_by_text("A version beside the mask")).to_be_visible()
    page.screenshot(path=pictures / "history.png")
    student.problems = [text for text in student.problems if "net::ERR_FAILED" not in text]
    student.leave()  # what was aborted on purpose is no problem


def test_an_old_mask_is_looked_at_and_restored_as_one_act(running, browser, case, pictures) -> None:
    student = Person(browser, running, "student")
    open_level(student, case, "refine", "L1")
    start = server_mask(student, case)
    paint_beside(student, case, "L1", (9, 1, 0))
    go_to(student, "T12")
    paint_beside(student, case, "T12", (9, 1, 0))
    wait_saved(student)
    painted = server_mask(student, case)
    page = student.page
    page.keyboard.press("Shift+H")
    row = page.locator("li[data-kind=revision]").filter(has_text="The mask it began with")
    row.get_by_role("button", name="Look").click()
    expect(page.get_by_text("You look at an older mask")).to_be_visible()
    assert np.array_equal(shown_mask(student, start), start)
    student.hook("idle")
    page.screenshot(path=pictures / "past.png")
    x, y = pane_point(student, "sagittal", student.hook("focus"))
    page.mouse.click(x - 30, y)
    page.keyboard.press("z")
    assert np.array_equal(shown_mask(student, start), start)
    assert np.array_equal(server_mask(student, case), painted)

    page.get_by_role("button", name="Restore only T12").click()
    one = np.where(start == 1, 1, np.where(painted == 1, 0, painted))
    wait_saved(student)
    assert np.array_equal(shown_mask(student, one), one)
    assert np.array_equal(server_mask(student, case), one)
    step(student, "z", painted, case)
    row.get_by_role("button", name="Look").click()
    page.get_by_role("button", name="Restore all of it").click()
    wait_saved(student)
    assert np.array_equal(server_mask(student, case), start)
    step(student, "z", painted, case)
    student.leave()
