"""A blind reading and a sitting in a real browser: points, keys, drafts, settlement."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import walking
from tests.browser.walking import Person

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    """Two cases to read and one to settle."""
    made = "(seeding.make_reading_case, seeding.make_reading_case, seeding.make_consensus_case)"
    code = f"from tests.browser import seeding; print(*(make().pk for make in {made}))"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-3:]


def _stored(reader: Person, case: str, number: int) -> dict:
    """Return a finding as the server has it, once no draft waits in the browser."""
    expect(reader.page.get_by_text("Draft saved")).to_be_visible()
    token = reader.page.evaluate("document.cookie.match(/csrftoken=([^;]+)/)[1]")
    answer = reader.page.request.post(
        f"{reader.house.url}/api/cases/{case}/reading/",
        headers={"X-CSRFToken": token, "Referer": reader.house.url},
    )
    return next(one for one in answer.json()["findings"] if one["number"] == number)


def test_a_moved_point_keeps_its_place_in_the_patient(running, cases, browser) -> None:
    case = cases[0]
    reader = Person(browser, running, "reader1")
    reader.open_case(case, "read")
    before = np.array(_stored(reader, case, 1)["six_points_mm"])
    handle = reader.page.locator("[data-point='11']").last
    handle.press("Shift+ArrowDown")
    after = np.array(_stored(reader, case, 1)["six_points_mm"])
    moved = after - before
    np.testing.assert_allclose(moved[1, 1], [0.0, 0.0, -1.0], atol=0.05)
    assert np.count_nonzero(np.abs(moved).max(axis=-1) > 1e-9) == 1
    reader.page.keyboard.press("z")
    expect(reader.page.get_by_text("Draft saved")).to_be_visible()
    walking.wait_until(
        lambda: np.array_equal(np.array(_stored(reader, case, 1)["six_points_mm"]), before), 10
    )
    reader.page.keyboard.press("y")
    walking.wait_until(
        lambda: np.array_equal(np.array(_stored(reader, case, 1)["six_points_mm"]), after), 10
    )
    reader.leave()


def test_keys_grade_fill_in_and_submit_for_good(running, cases, browser) -> None:
    case = cases[1]
    reader = Person(browser, running, "reader1")
    reader.open_case(case, "read")
    assert "Trained on simulated spines only" not in reader.page.inner_text("main")
    reader.page.keyboard.press("2")
    reader.page.keyboard.press("c")
    expect(reader.page.get_by_text("Trained on simulated spines only")).to_be_visible()
    finding = _stored(reader, case, 1)
    assert (finding["grade_reader"], finding["shape_reader"]) == (2, "crush")
    reader.page.keyboard.press("j")
    reader.page.keyboard.press("x")
    reader.page.get_by_role("menuitemcheckbox", name="Artefact").click()
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.get_by_text("Not yet graded: L1")).to_be_visible()
    reader.page.keyboard.press("Shift+Enter")
    expect(reader.page.get_by_text("3 of 3 graded")).to_be_visible()
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.get_by_text("Reading submitted")).to_be_visible()
    reader.page.keyboard.press("0")
    reader.open_case(case, "read")
    expect(reader.page.get_by_role("radio", name="2, moderate", checked=True).first).to_be_visible()
    expect(reader.page.get_by_role("radio", name="0, no fracture").first).to_be_disabled()
    assert reader.api(f"/cases/{case}/")["stage"] == "reading"
    reader.leave()


def test_a_sitting_settles_without_any_name(running, cases, browser) -> None:
    case = cases[2]
    reader = Person(browser, running, "reader2")
    reader.open_case(case, "consensus")
    expect(reader.page.get_by_role("heading", name="Is T11 fractured?")).to_be_visible()
    page = reader.page.content()
    assert not [name for name in ("Robin", "reader1") if name in page]
    reader.page.keyboard.press("e")
    reader.page.get_by_role("radio", name="1, mild").click()
    keep = reader.page.get_by_role("button", name="Keep this")
    expect(keep).to_be_disabled()
    reader.page.get_by_label("Remark").fill("the rim is whole")
    keep.click()
    expect(reader.page.get_by_role("heading", name="Which shape has L1?")).to_be_visible()
    reader.page.keyboard.press("2")
    expect(reader.page.get_by_text("All differences are settled")).to_be_visible()
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.get_by_text("You have signed")).to_be_visible()
    other = Person(browser, running, "reader1")
    other.open_case(case, "consensus")
    other.page.keyboard.press("Control+Enter")
    expect(other.page.get_by_text("The case is settled")).to_be_visible()
    assert reader.api(f"/cases/{case}/")["stage"] == "final"
    reader.leave()
    other.leave()
