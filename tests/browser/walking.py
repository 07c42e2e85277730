"""The steps of a case's way in the browser, each as the person who takes it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House

ROOT = Path(__file__).resolve().parents[2]
SLOW_MS = 180_000
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
"""How Chromium is started, the same for tests, pictures and measurements."""


def open_page(browser: Browser, house: House, *, width: int = 1440, height: int = 900) -> Page:
    """Open a page of its own session; errors and foreign requests are collected on it."""
    context = browser.new_context(
        base_url=house.url, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    return context.new_page()


class Person:
    """Someone signed in with a browser of their own."""

    def __init__(self, browser: Browser, house: House, username: str) -> None:
        self.house = house
        self.page: Page = open_page(browser, house)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", self._refuse_foreign)
        passwords = dict(
            line.split() for line in (house.var / "demo-accounts.txt").read_text().splitlines()
        )
        self.page.goto("/signin")
        self.page.get_by_label("User name").fill(username)
        self.page.locator("input[type=password]").fill(passwords[username])
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/d/demo/*")

    def _note(self, message: Any) -> None:
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            self.problems.append(message.text)

    def _refuse_foreign(self, request: Any) -> None:
        own = (self.house.url, self.house.url.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(own):
            self.problems.append(f"foreign request: {request.url}")

    def api(self, path: str) -> Any:
        """Read the API as this person."""
        answer = self.page.request.get(f"{self.house.url}/api{path}")
        assert answer.ok, (path, answer.status, answer.text())
        return answer.json()

    def open_case(self, case: str, work: str) -> None:
        """Open a case at a place of work and wait for its pictures."""
        self.page.goto(f"/c/{case}/{work}?test")
        self.wait_for("window.app?.ready === true")

    def wait_for(self, expression: str, given: Any = None, seconds: float = 180) -> None:
        """Wait until an expression of the page is true (the page's own policy forbids eval)."""
        wait_until(lambda: self.page.evaluate(f"(given) => ({expression})", given), seconds)

    def hook(self, call: str, *arguments: Any) -> Any:
        """Call a hook of `window.app`."""
        return self.page.evaluate(f"(given) => window.app.{call}(...given)", list(arguments))

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong on any page."""
        assert self.problems == []
        self.page.context.close()


def wait_until(check: Callable[[], Any], seconds: float = 300) -> Any:
    """Return the first true answer of a check."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := check():
            return answer
        time.sleep(0.25)
    raise AssertionError(f"not within {seconds} seconds")


def import_image(manager: Person, file: Path) -> str:
    """Import a file in the browser and return its case."""
    manager.page.goto("/d/demo/import")
    manager.page.locator("input[data-choose=files]").set_input_files(file)
    expect(manager.page.get_by_role("cell", name="Accepted")).to_be_visible(timeout=SLOW_MS)

    def finding() -> Any:
        imports = manager.api("/datasets/demo/imports/")
        return imports[0]["state"] == "done" and imports[0]["findings"][0]

    found = wait_until(finding)
    assert found["accepted"], found
    return str(found["case"])


def wait_for_stage(person: Person, case: str, stage: str, seconds: float = 300) -> Any:
    """Wait until a case has come to a stage."""

    def there() -> Any:
        detail = person.api(f"/cases/{case}/")
        return detail["stage"] == stage and detail

    return wait_until(there, seconds)


def pane_centre(person: Person, plane: str) -> tuple[float, float]:
    """Return where the middle of a pane lies on the page."""
    box = person.page.locator(f"[data-plane={plane}]").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(person: Person, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the left button in eight steps."""
    person.page.mouse.move(*start)
    person.page.mouse.down()
    person.page.mouse.move(*end, steps=8)
    person.page.mouse.up()


def wait_saved(person: Person) -> None:
    """Wait until every stroke is on the server."""
    person.wait_for("window.app.saved && window.app.waiting === 0")


def paint_on(person: Person, level: str, plane: str = "sagittal") -> tuple[dict[str, int], ...]:
    """Fly to a level, paint from its front into it; return voxel counts before and after."""
    person.page.keyboard.press("g")
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("Level").fill(level)
    person.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    person.page.keyboard.press("b")
    person.hook("idle")
    before = person.hook("labelCounts")
    x, y = pane_centre(person, plane)
    start = (x - 165, y - 15)
    drag(person, start, (x - 40, y - 15))
    person.hook("idle")
    person.wait_for("JSON.stringify(window.app.labelCounts()) !== JSON.stringify(given)", before)
    return before, person.hook("labelCounts")


def refine(student: Person, case: str, level: str) -> dict[str, int]:
    """Paint, undo, redo and hand in; return the voxel counts handed in."""
    student.open_case(case, "refine")
    before, after = paint_on(student, level)
    assert after != before
    same = "JSON.stringify(window.app.labelCounts()) === JSON.stringify(given)"
    student.page.keyboard.press("z")
    student.wait_for(same, before)
    student.page.keyboard.press("y")
    student.wait_for(same, after)
    wait_saved(student)
    student.page.keyboard.press("Control+Enter")
    wait_for_stage(student, case, "checking", 60)
    return after


def check(reader: Person, case: str) -> None:
    """See what was changed and approve."""
    reader.open_case(case, "check")
    expect(reader.page.get_by_text("1 level was changed")).to_be_visible(timeout=SLOW_MS)
    reader.page.keyboard.press("Control+Enter")
    wait_for_stage(reader, case, "reading", 60)


def read(reader: Person, case: str, *, level: str, keys: str) -> None:
    """Look at every level, grade one with keys, the others normal, and submit."""
    reader.open_case(case, "read")
    confirm = reader.page.get_by_role("button", name="Confirm")
    if confirm.is_visible():
        confirm.click()
    levels = [
        one["level"] for one in reader.page.evaluate("window.app.findings.map((f) => ({...f}))")
    ]
    for _ in levels:
        reader.page.keyboard.press("j")
        reader.page.wait_for_timeout(100)
    reader.page.get_by_text(level, exact=True).first.click()
    for key in keys:
        reader.page.keyboard.press(key)
    reader.page.keyboard.press("Shift+Enter")
    expect(reader.page.get_by_text("set to 0.")).to_be_visible(timeout=SLOW_MS)
    expect(reader.page.get_by_text("Draft saved")).to_be_visible(timeout=SLOW_MS)
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.get_by_text("Reading submitted")).to_be_visible(timeout=SLOW_MS)


def settle(reader: Person, other: Person, case: str) -> int:
    """Take reader A where the readings differ, sign as both; return how many differed."""
    reader.open_case(case, "consensus")
    settled = 0
    while reader.api(f"/cases/{case}/consensus/")["open"]:
        left = reader.api(f"/cases/{case}/consensus/")["open"]
        reader.page.keyboard.press("1")
        wait_until(lambda left=left: reader.api(f"/cases/{case}/consensus/")["open"] < left, 30)
        settled += 1
    for one in (reader, other):
        one.open_case(case, "consensus")
        expect(one.page.get_by_text("All differences are settled")).to_be_visible()
        one.page.keyboard.press("Control+Enter")
        expect(
            one.page.get_by_text("You have signed").or_(one.page.get_by_text("The case is settled"))
        ).to_be_visible()
    wait_for_stage(reader, case, "final")
    return settled


def train(manager: Person) -> Any:
    """Start a round in the browser and wait for its verdict."""
    manager.page.goto("/d/demo/rounds")
    manager.page.get_by_role("button", name="Freeze and train").first.click()
    dialog = manager.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Freeze and train").click()

    def finished() -> Any:
        rounds = manager.api("/datasets/demo/rounds/")
        return bool(rounds) and rounds[0]["state"] in ("done", "failed") and rounds[0]

    done = wait_until(finished, 900)
    assert done["state"] == "done", done
    expect(manager.page.get_by_text("not worse").first).to_be_visible(timeout=SLOW_MS)
    return done


def release(manager: Person, version: str, folder: Path) -> Path:
    """Build a release in the browser, wait for its proof, and download it."""
    manager.page.goto("/d/demo/releases")
    manager.page.get_by_role("button", name="Build a release").first.click()
    dialog = manager.page.get_by_role("dialog")
    dialog.get_by_label("Version").fill(version)
    dialog.get_by_role("button", name="Freeze and build").click()
    button = manager.page.get_by_role("link", name="Download").or_(
        manager.page.get_by_role("button", name="Download")
    )
    expect(button.first).to_be_enabled(timeout=SLOW_MS)
    with manager.page.expect_download() as waiting:
        button.first.click()
    file = folder / "release.zip"
    waiting.value.save_as(file)
    return file
