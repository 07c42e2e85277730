"""Trouble beside the network: a full disk, a full browser, a lost graphics card, other tabs."""

import re
import resource
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.test_painting import cases, counts, open_level, running, server_mask
from tests.browser.walking import Person, pane_centre, wait_saved, wait_until

__all__ = ["cases", "running"]
pytestmark = [pytest.mark.browser]
ADD = "from tests.browser import seeding; seeding.add_student('student2', '{}')"
KEEP_CONTEXTS = """
const make = HTMLCanvasElement.prototype.getContext
window.contexts = []
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  const made = make.call(this, kind, ...rest)
  if (made && kind.startsWith('webgl')) window.contexts.push(made)
  return made
}
"""
NO_ROOM = """
const put = IDBObjectStore.prototype.put
IDBObjectStore.prototype.put = function (...given) {
  if (this.name === 'acts') throw new DOMException('No room.', 'QuotaExceededError')
  return put.apply(this, given)
}
"""


@pytest.fixture
def case(cases) -> str:
    return cases.pop()


@pytest.fixture
def student(running, browser):
    return Person(browser, running, "student")


def paint_beside(person: Person, step: int = 0) -> None:
    """Make one stroke near the middle of the sagittal pane."""
    x, y = pane_centre(person, "sagittal")
    person.page.mouse.move(x - 60, y - 40 + 12 * step)
    person.page.mouse.down()
    person.page.mouse.move(x - 30, y - 40 + 12 * step, steps=3)
    person.page.mouse.up()


@contextmanager
def full_disk(house):
    """Let no file of the web server grow, as on a disk that is full."""
    pid = house.programs["web"].pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_strokes_wait_while_the_servers_disk_is_full(student, case, running, pictures) -> None:
    open_level(student, case, "refine", "L1")
    paint_beside(student)
    wait_saved(student)
    before = counts(server_mask(student, case))
    with full_disk(running):
        for step in range(1, 4):
            paint_beside(student, step)
        banner = student.page.get_by_text("Nothing can be saved since")
        expect(banner).to_be_visible()
        expect(student.page.get_by_test_id("save-state")).to_contain_text("strokes waiting")
        expect(student.page.get_by_role("button", name="Submit")).to_be_disabled()
        student.page.screenshot(path=pictures / "refine-server-full.png")
        painted = student.hook("labelCounts")
    assert counts(server_mask(student, case)) == before
    student.page.get_by_role("button", name="Try now").click()
    wait_saved(student)
    assert counts(server_mask(student, case)) == painted
    expect(banner).to_be_hidden()
    student.problems[:] = [one for one in student.problems if "status of 5" not in one]
    student.leave()


def test_a_browser_without_room_says_so_and_loses_nothing(student, case, running, pictures) -> None:
    student.page.add_init_script(NO_ROOM)
    open_level(student, case, "refine", "L1")
    student.page.context.set_offline(True)
    paint_beside(student)
    paint_beside(student, 1)
    expect(student.page.get_by_text("No connection since")).to_be_visible()
    expect(student.page.get_by_text("This browser has no room to keep strokes")).to_be_visible()
    student.page.screenshot(path=pictures / "refine-browser-full.png")
    asked = []
    student.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    student.page.close(run_before_unload=True)
    student.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    student.page.context.set_offline(False)
    wait_saved(student)
    expect(student.page.get_by_text("This browser has no room to keep strokes")).to_be_hidden()
    assert counts(server_mask(student, case)) == student.hook("labelCounts")
    student.page.context.close()


def test_a_lost_graphics_card_is_made_good_in_place(student, case) -> None:
    student.page.add_init_script(KEEP_CONTEXTS)
    open_level(student, case, "refine", "L1")
    paint_beside(student)
    made = student.page.evaluate("window.contexts.length")
    x, y = pane_centre(student, "sagittal")
    student.page.mouse.move(x - 60, y + 30)
    student.page.mouse.down()
    student.page.mouse.move(x - 30, y + 30, steps=3)
    student.page.evaluate(
        "window.contexts.forEach((gl) => gl.getExtension('WEBGL_lose_context')?.loseContext())"
    )
    student.wait_for(f"window.contexts.length > {made}")
    student.page.mouse.up()
    student.wait_for("document.querySelector('.spine-viewer').dataset.drawn === 'true'")
    student.hook("idle")
    paint_beside(student, 2)
    wait_saved(student)
    assert counts(server_mask(student, case)) == student.hook("labelCounts")
    pixels = student.hook("canvasToWorld", "sagittal", [40, 60])
    assert student.hook("pictureToWorld", "sagittal", [40, 60]) == pytest.approx(pixels, abs=1e-3)
    assert [one for one in student.problems if "CONTEXT_LOST" not in one] == []


def test_a_second_tab_follows_and_works_here_when_asked(student, case, pictures) -> None:
    open_level(student, case, "refine", "L1")
    other = student.page.context.new_page()
    other.goto(f"/c/{case}/refine?test")
    expect(other.get_by_text("You are working on this case in another tab")).to_be_visible()
    paint_beside(student)
    wait_saved(student)
    painted = student.hook("labelCounts")
    wait_until(lambda: other.evaluate("window.app.labelCounts()") == painted, 30)
    other.screenshot(path=pictures / "refine-second-tab.png")
    other.get_by_role("button", name="Work here").click()
    first = student.page
    expect(first.get_by_text("You are working on this case in another tab")).to_be_visible()
    paint_beside(student, 3)
    assert student.hook("labelCounts") == painted
    student.page = other
    student.wait_for("window.app.ready && window.app.mayPaint")
    paint_beside(student, 5)
    wait_saved(student)
    assert counts(server_mask(student, case)) == student.hook("labelCounts") != painted
    student.leave()


def test_another_person_watches_asks_and_is_handed_the_case(
    student, case, running, browser, pictures
) -> None:
    running.manage("shell", "-c", ADD.format(running.var / "demo-accounts.txt"))
    alex = Person(browser, running, "student2")
    open_level(student, case, "refine", "L1")
    alex.page.goto(f"/c/{case}/refine?test")
    expect(alex.page.get_by_text(re.compile(r"Sam Student is working here until"))).to_be_visible()
    paint_beside(student)
    wait_saved(student)
    painted = student.hook("labelCounts")
    wait_until(lambda: alex.hook("labelCounts") == painted, 30)
    alex.page.screenshot(path=pictures / "refine-read-only.png")
    alex.page.get_by_role("button", name="Ask").click()
    expect(student.page.get_by_text("Alex Student asks to work here")).to_be_visible()
    student.page.screenshot(path=pictures / "refine-asked.png")
    student.page.get_by_role("button", name="Hand over").click()
    alex.wait_for("window.app.ready && window.app.mayPaint")
    expect(student.page.get_by_text("Alex Student took over this case")).to_be_visible()
    student.page.screenshot(path=pictures / "refine-taken-over.png")
    alex.leave()
    student.leave()


def test_signed_out_work_goes_on_and_is_sent_after_signing_in(
    student, case, running, pictures
) -> None:
    open_level(student, case, "refine", "L1")
    running.manage(
        "shell",
        "-c",
        "from django.contrib.sessions.models import Session as S;S.objects.all().delete()",
    )
    paint_beside(student, 1)
    dialog = student.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep working").click()
    paint_beside(student, 2)
    paint_beside(student, 3)
    student.wait_for("window.app.waiting >= 2")
    expect(student.page.get_by_text("You were signed out.")).to_be_visible()
    student.page.screenshot(path=pictures / "refine-signed-out-working.png")
    painted = student.hook("labelCounts")
    student.page.get_by_role("button", name="Sign in").click()
    passwords = dict(
        line.split() for line in (running.var / "demo-accounts.txt").read_text().splitlines()
    )
    expect(dialog.get_by_text("in this browser and are sent as soon as")).to_be_visible()
    student.page.screenshot(path=pictures / "refine-signed-out.png")
    dialog.locator("input[type=password]").fill(passwords["student"])
    student.page.keyboard.press("Enter")
    wait_saved(student)
    assert counts(server_mask(student, case)) == painted
    student.leave()
