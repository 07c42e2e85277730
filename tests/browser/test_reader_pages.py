"""What a study says of its readers: agreement, the test before real cases, a missing signature."""

import csv
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.walking import Person, read, wait_for_stage

pytestmark = [pytest.mark.browser]

PUBLISHED = Path(__file__).parents[1] / "data" / "published_readings"
FIRST = [[0, 1, 2], [0, 0, 3], [1, 2, 0], [0, 0, 1]]
SECOND = [[0, 1, 1], [0, 0, 3], [2, 2, 0], [0, 0, 1]]
AT_CONSENSUS = ([3, 0, 2], [0, 0, 2])
"""Grades of the two in the case that is not signed yet; all its readings are in."""
MAKE = {
    "graded": f"make_graded({FIRST}, {SECOND})",
    "unsigned": "make_unsigned_case()",
    "known": "make_known_case()",
}


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> dict[str, str]:
    made = ", ".join(f"seeding.{call}.pk" for call in MAKE.values())
    code = f"from tests.browser import seeding; print({made})"
    printed = running.manage("shell", "--verbosity", "0", "-c", code).split()
    return dict(zip(MAKE, printed[-len(MAKE) :], strict=True))


@pytest.fixture(scope="module")
def manager(running, cases, browser):
    person = Person(browser, running, "manager")
    yield person
    person.leave()


def kappa(confusion: np.ndarray, power: int) -> float:
    """Return Cohen's kappa of counts; weights grow with the distance to a power, 0 for none."""
    i, j = np.indices(confusion.shape)
    weights = (i != j) * np.abs(i - j) ** power
    shares = confusion / confusion.sum()
    chance = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(1 - (weights * shares).sum() / (weights * chance).sum())


def test_the_manager_sees_how_far_two_readers_agree(manager, pictures: Path) -> None:
    page = manager.page
    page.get_by_role("link", name="Agreement").click()
    expect(page.get_by_role("heading", name="3 of 15 grades differ")).to_be_visible()
    confusion = np.zeros((4, 4), int)
    pairs = zip([*FIRST, AT_CONSENSUS[0]], [*SECOND, AT_CONSENSUS[1]], strict=True)
    for first, second in pairs:
        np.add.at(confusion, (first, second), 1)
    shown = page.get_by_role("table", name="Grades of reader").locator("td span").all_inner_texts()
    counts = np.array(shown, int).reshape(4, 4)
    assert (counts == confusion).all() or (counts == confusion.T).all()
    row = page.get_by_role("row", name="All levels").first.get_by_role("cell")
    expected = ["15", "80.0 %", f"{kappa(confusion, 0):.2f}", f"{kappa(confusion, 2):.2f}"]
    assert row.all_inner_texts()[:4] == expected
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8") as file:
        of_all = [one for one in csv.DictReader(file) if one["arm"] == "all"]
    whole = ("all", "grade", "kappa quadratic")
    found = [one for one in of_all if (one["group"], one["of"], one["statistic"]) == whole]
    assert [float(one["value"]) for one in found] == [pytest.approx(kappa(confusion, 2))]
    page.screenshot(path=pictures / "agreement-pair.png")
    page.get_by_text("Model shown", exact=True).click()
    expect(page.get_by_role("heading", name="1 of 3 grades differ")).to_be_visible()
    page.get_by_text("Model hidden", exact=True).click()
    expect(page.get_by_role("heading", name="2 of 12 grades differ")).to_be_visible()


def test_published_readings_become_a_report_of_their_own(manager) -> None:
    page = manager.page
    page.goto("/d/demo/agreement")
    page.get_by_role("button", name="Published readings").click()
    dialog = page.get_by_role("dialog")
    for label in ("readings", "spacings"):
        with page.expect_file_chooser() as chooser:
            dialog.get_by_label(label.capitalize()).first.click()
        chooser.value.set_files(PUBLISHED / f"{label}.json")
    dialog.get_by_label("Name of the report").fill("Experts")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Needed")).to_be_visible()
    dialog.get_by_label("Where they were published").fill("A journal, 2024")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Agreement, Experts")).to_be_visible()
    expect(page.get_by_text("Published readings: A journal, 2024")).to_be_visible()


def test_real_cases_wait_until_the_test_is_passed(running, manager, browser, pictures: Path):
    page = manager.page
    page.get_by_role("link", name="Qualification").click()
    page.get_by_role("combobox", name="Data set with the known truth").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("Students have to pass").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept. Whoever has passed before has passed.")).to_be_visible()
    everybody = page.get_by_role("row", name="reader").all_inner_texts()
    assert ["not begun" in one for one in everybody] == [True, True]

    reader = Person(browser, running, "reader1")
    expect(reader.page.get_by_text("The test comes first")).to_be_visible()
    reader.page.get_by_role("link", name="Agreement").click()
    expect(reader.page.get_by_text("You are ")).to_be_visible()
    expect(reader.page.get_by_role("button", name="Published readings")).to_have_count(0)
    reader.page.goto("/d/demo/qualification")
    reader.page.get_by_role("button", name="Begin the test").click()
    reader.page.get_by_role("link", name="Go on: 0 of 1 cases handed in").click()
    reader.page.wait_for_url("**/d/demo-test-*/worklist")
    house = reader.page.url.split("/")[4]
    case = reader.api(f"/datasets/{house}/worklist/")["next"]["case"]
    read(reader, case, level="T11", keys="2w")
    reader.page.goto("/d/demo/qualification")
    expect(reader.page.get_by_text("Passed. Real cases are open to you.")).to_be_visible()
    words = "3 graded vertebrae: kappa 1.000, same grade 100.0 %, 0 without your grade."
    expect(reader.page.get_by_text(words)).to_be_visible()
    reader.page.screenshot(path=pictures / "qualification.png")
    reader.leave()


def test_a_manager_signs_for_a_reader_who_has_left(manager, cases, pictures: Path) -> None:
    case, page = cases["unsigned"], manager.page
    page.goto(f"/c/{case}/consensus")
    missing = page.get_by_role("row", name="has not signed")
    sign = missing.get_by_role("button", name="Sign in their place")
    expect(sign).to_be_disabled()
    assert "Is T11 fractured?" not in page.inner_text("body")
    page.get_by_label("Why you sign in place of the reader").click()
    page.keyboard.type("has left the clinic")
    sign.click()
    wait_for_stage(manager, case, "final", 30)
    expect(page.get_by_role("row", name="in place of")).to_be_visible()
    page.screenshot(path=pictures / "signatures.png")
