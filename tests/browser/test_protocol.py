"""A manager sets how readings are made; two readers are led through them."""

import pytest
from playwright.sync_api import expect

from tests.browser.walking import Person, read

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    make = "print(*(seeding.make_reading_case().pk for _ in range(2)))"
    code = f"from tests.browser import seeding; {make}"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-2:]


def make_arms(manager: Person) -> None:
    """Set two arms and a date by keyboard and mouse, and make the version."""
    page = manager.page
    page.get_by_role("button", name="New version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Days to read a case").fill("14")
    dialog.get_by_role("button", name="Add an arm").click()
    dialog.get_by_label("Name of the arm").first.fill("with")
    dialog.get_by_label("Name of the arm").last.fill("without")
    dialog.get_by_label("Readers per case").fill("9")
    dialog.get_by_role("button", name="Make version 1").click()
    expect(dialog.get_by_text("9 are wanted, and there are 2 readers").first).to_be_visible()
    dialog.get_by_label("Readers per case").fill("2")
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")


def test_a_version_is_made_cases_go_out_and_readers_follow_their_order(running, cases, browser):
    manager = Person(browser, running, "manager")
    manager.page.goto("/d/demo/worklist")
    manager.page.get_by_role("link", name="Protocol").click()
    make_arms(manager)
    expect(manager.page.get_by_role("heading", name="Protocol 1")).to_be_visible()
    expect(manager.page.get_by_text("50 % of the readings").first).to_be_visible()
    manager.page.get_by_role("button", name="Assign open cases").click()
    expect(manager.page.get_by_text("4 readings were assigned")).to_be_visible()
    arms = {}
    for name in ("reader1", "reader2"):
        reader = Person(browser, running, name)
        expect(reader.page.get_by_text("Due").first).to_be_visible()
        rows = reader.api("/datasets/demo/worklist/?scope=mine")["rows"]
        assert {row["case"] for row in rows} == set(cases)
        first = reader.api("/datasets/demo/next/")["next"]["case"]
        assert first == rows[0]["case"]
        arms[name] = [reader.api(f"/cases/{case}/")["proposal_hidden"] for case in cases]
        read(reader, first, level="L1", keys="1w")
        assert reader.problems == []
    assert [sorted(each) for each in arms.values()] == [[False, True], [False, True]]
    manager.page.reload()
    row = manager.page.get_by_role("row", name="Riley Reader")
    expect(row.get_by_role("cell").nth(2)).to_have_text("1")
    assert manager.problems == []
