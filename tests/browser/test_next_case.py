"""From case to case by one key, and the active time on the way, in a real browser."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.walking import Person, pane_centre, wait_until

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def running(house):
    house.manage("demo_data", "--without-images")
    house.start("web")
    return house


@pytest.fixture(scope="module")
def cases(running) -> list[str]:
    make = "print(*(seeding.make_oblique_case().pk for _ in range(3)))"
    code = f"from tests.browser import seeding; {make}"
    return running.manage("shell", "--verbosity", "0", "-c", code).split()[-3:]


@pytest.fixture
def student(running, cases, browser):
    return Person(browser, running, "student")


class Network:
    """What the page asked for, and what of it came out of the browser's own cache."""

    def __init__(self, person: Person) -> None:
        self.page = person.page
        self.asked: list[str] = []
        self.cached: list[str] = []
        session = person.page.context.new_cdp_session(person.page)
        session.on("Network.responseReceived", self._note)
        session.send("Network.enable")

    def _note(self, event) -> None:
        response = event["response"]
        place = self.cached if response.get("fromDiskCache") else self.asked
        place.append(response["url"])

    def has(self, *parts: str, cached: bool = False) -> bool:
        """Tell whether an address with all these parts was answered."""
        self.page.wait_for_timeout(20)  # events come in while the page is asked something
        return any(
            all(part in url for part in parts) for url in (self.cached if cached else self.asked)
        )


def code_of(person: Person, case: str) -> str:
    return person.api(f"/cases/{case}/")["code"]


def be_at(person: Person, case: str) -> None:
    """Wait until a case is open and its mask is there."""
    expect(person.page.get_by_role("heading", level=1)).to_have_text(code_of(person, case))
    person.wait_for("window.app.ready === true")


def own_seconds(person: Person, case: str) -> float:
    return float(person.api(f"/cases/{case}/activity/?stage=refining")["seconds"])


def test_active_time_is_shown_kept_and_survives_a_lost_connection_and_a_reload(
    student, cases
) -> None:
    case = cases[0]
    student.open_case(case, "refine")
    x, y = pane_centre(student, "axial")

    def be_busy(steps: int) -> None:
        for step in range(steps):
            student.page.mouse.move(x + step % 7, y)
            student.page.wait_for_timeout(100)

    be_busy(25)
    student.page.evaluate("() => window.app.bringActivity()")
    counted = student.hook("activeSeconds")
    assert counted > 2
    assert own_seconds(student, case) == pytest.approx(counted, abs=0.01)
    student.page.context.set_offline(True)
    be_busy(15)
    more = student.hook("activeSeconds")
    assert more > counted + 1
    with student.page.expect_event("requestfailed"):
        student.page.evaluate("() => window.app.bringActivity().catch(() => null)")
    assert own_seconds(student, case) < more
    student.page.context.set_offline(False)
    student.open_case(case, "refine")
    wait_until(lambda: own_seconds(student, case) >= more - 0.01, 60)
    bar = student.page.get_by_test_id("active-time")
    expect(bar).to_contain_text("active")
    shown = [int(part) for part in bar.locator("strong").inner_text().split(":")]
    assert 60 * shown[0] + shown[1] >= int(more)
    student.problems = [one for one in student.problems if "ERR_INTERNET_DISCONNECTED" not in one]
    student.leave()


def test_a_volume_too_large_for_the_device_is_asked_about_and_drawn_at_half(
    student, cases, tmp_path
) -> None:
    student.page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'deviceMemory', {get: () => 0.0001})"
    )
    student.page.goto(f"/c/{cases[0]}/refine?test")
    question = student.page.get_by_role("alertdialog")
    expect(question).to_contain_text("too large for this device")
    question.get_by_role("button", name="Picture at half resolution").click()
    student.wait_for("window.app?.ready === true")
    expect(student.page.locator(".spine-viewer")).to_have_attribute("data-drawn", "true")
    student.hook("idle")
    for plane in ("sagittal", "axial", "coronal"):
        pane = student.page.locator(f"[data-plane={plane}]").first
        pane.screenshot(path=tmp_path / f"{plane}.png")
        rgb = np.asarray(Image.open(tmp_path / f"{plane}.png").convert("RGB"))
        assert (rgb.max(axis=-1) > 20).mean() > 0.1, plane
    student.leave()


def test_n_goes_from_case_to_case_until_all_are_caught_up(student, cases) -> None:
    first, second, third = cases
    network = Network(student)
    student.page.goto("/d/demo/worklist?test")
    expect(student.page.get_by_role("heading", name="Your week")).to_be_visible()
    student.page.keyboard.press("n")
    be_at(student, first)

    volume = student.api(f"/cases/{second}/")["volume"]
    wait_until(lambda: network.has(f"/cases/{second}/mask/"), 60)
    wait_until(lambda: network.has(volume, "/s/"), 60)
    assert network.has(volume, "preview.gz")
    assert not network.has(f"/v/{volume}/", cached=True)
    student.page.keyboard.press("n")
    expect(student.page.get_by_text("is free for others again")).to_be_visible()
    be_at(student, second)
    assert network.has(volume, "meta.json", cached=True)
    assert network.has(volume, "preview.gz", cached=True)
    marks = student.page.evaluate("({...window.app.marks})")
    assert marks["nextAsked"] < marks["opened"] < marks["firstPicture"]

    student.page.keyboard.press("Control+Enter")
    over = student.page.get_by_test_id("handed-over")
    expect(over).to_contain_text("is handed over for checking")
    expect(over).to_contain_text(code_of(student, first))
    student.page.keyboard.press("n")
    be_at(student, first)
    student.page.keyboard.press("Control+Enter")
    expect(over).to_contain_text(code_of(student, third))
    over.get_by_role("button", name="Open next case").click()
    be_at(student, third)
    student.page.keyboard.press("n")
    expect(student.page.get_by_text("No other case is free for you now.")).to_be_visible()
    be_at(student, third)
    student.page.keyboard.press("Control+Enter")
    expect(over).to_contain_text("All caught up")
    over.get_by_role("link", name="To the worklist").click()
    expect(student.page.get_by_text("All caught up")).to_be_visible()
    student.leave()
