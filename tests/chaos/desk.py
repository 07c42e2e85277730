"""One person at a browser of their own, working on one case with mouse and keys."""

import base64
import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Error, Locator, Page

from tests.chaos.books import Row
from tests.chaos.ledger import Ledger
from tests.chaos.messages import Message, Wrong, read_message
from tests.chaos.wire import Wire

SIZE = {"width": 1040, "height": 600}
EMPTY = "/an-empty-page"
STROKES = ("b", "e", "a")
ACTS = {"b": 6, "e": 3, "a": 2, "z": 2, "y": 1, "}": 1, "{": 1, "o": 1, "u": 1, "d": 1, "j": 1}
"""Keys and how often they are pressed: brush, eraser, adaptive brush, undo, redo, grow, shrink,
smooth, all levels up or down from here, next level."""
OFFERS = ("Work here", "Take over")
PATIENCE_S = 120.0
JOURNAL = """() => new Promise((done, fail) => {
  const asked = indexedDB.open('lamina')
  asked.onerror = () => fail(String(asked.error))
  asked.onsuccess = () => {
    const db = asked.result
    const names = [...db.objectStoreNames]
    if (names.length === 0) { db.close(); return done([]) }
    const found = []
    const reading = db.transaction(names)
    for (const name of names)
      reading.objectStore(name).getAll().onsuccess = (event) => {
        for (const entry of event.target.result)
          if (entry.bytes) found.push(btoa(String.fromCharCode(...entry.bytes)))
      }
    reading.oncomplete = () => { db.close(); done(found) }
  }
})"""
_tabs: Iterator[int] = iter(range(1, 1_000_000))


def until(check: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
    """Return the first true answer of a check."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := check():
            return answer
        time.sleep(0.05)
    raise Wrong(f"not within {seconds:.0f} s: {what}")


class Tab:
    """One opened page of a case."""

    def __init__(self, page: Page, ledger: Ledger, who: str) -> None:
        self.page, self.ledger, self.who = page, ledger, who
        self.number = next(_tabs)
        self._told = 0

    def ask(self, expression: str, *given: Any) -> Any:
        return self.page.evaluate(f"(given) => {expression}", list(given))

    def wait_for(self, expression: str, seconds: float = PATIENCE_S) -> None:
        until(lambda: self.ask(expression), f"{expression} in tab {self.number}", seconds)

    def collect(self) -> None:
        """Write down every act the page made since the last time."""
        told = self.ask("window.app?.made?.(...given) ?? []", self._told)
        self._told += len(told)
        self.ledger.note_made(self.number, [_message(one) for one in told], self.who)

    def being_written(self) -> set[str]:
        """Return the acts that the browser has not yet said to have in its journal."""
        return set(self.ask("window.app?.beingWritten?.() ?? []"))

    def labels(self) -> np.ndarray:
        return np.frombuffer(base64.b64decode(self.ask("window.app.labels()")), np.uint8)

    def levels(self) -> dict[int, int]:
        return {int(number): code for number, code in self.ask("window.app.levelCodes()")}

    @property
    def kind(self) -> str:
        """Return the state of saving as the page shows it."""
        shown = self.page.locator("[data-testid=save-state]")
        return str(shown.get_attribute("data-kind")) if shown.count() else "none"

    @property
    def may_paint(self) -> bool:
        return bool(self.ask("window.app?.mayPaint === true"))


def _message(told: dict[str, Any]) -> Message:
    runs = tuple(tuple(run) for run in told["runs"])
    levels = tuple(tuple(change) for change in told["levels"])
    return Message(told["id"], told["sequence"], told["tool"], told["number"], runs, levels)


class Desk:
    """A person, their browser context, and their wire to the server."""

    def __init__(self, browser: Browser, wire: Wire, username: str, password: str) -> None:
        self.browser, self.wire = browser, wire
        self.username, self.password = username, password
        self.context = browser.new_context(
            base_url=wire.url, viewport=SIZE, device_scale_factor=0.5, reduced_motion="reduce"
        )
        self.context.set_default_timeout(90_000)
        self.case = ""
        self.ledger: Ledger | None = None
        self.tab: Tab | None = None
        self._spot = ("sagittal", 0.5, 0.5)
        page = self.context.new_page()
        page.goto("/signin")
        self._sign_in(page)
        page.close()

    def _sign_in(self, page: Page) -> None:
        page.get_by_label("User name").fill(self.username)
        page.locator("input[type=password]").fill(self.password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/d/demo/*")

    # --- pages

    def open(self) -> Tab:
        """Open the case in a new tab and wait until its mask is there."""
        self.sign_in()
        self.tab = Tab(self.context.new_page(), self._ledger, self.username)
        self.tab.page.goto(f"/c/{self.case}/refine?test")
        self.tab.wait_for("window.app?.ready === true")
        until(lambda: self.at.may_paint or self.offers(), "the case is lent, or offered")
        return self.tab

    def offers(self) -> list[Locator]:
        """Return the buttons by which the page at work offers the case."""
        named = [self.at.page.get_by_role("button", name=name, exact=True) for name in OFFERS]
        return [button.first for button in named if button.count()]

    def open_second(self) -> tuple[Tab, Tab]:
        """Open the case once more beside the tab at work; return both, the new one idle."""
        first, second = self.at, Tab(self.context.new_page(), self._ledger, self.username)
        second.page.goto(f"/c/{self.case}/refine?test")
        second.page.get_by_role("button", name="Work here").wait_for()
        return first, second

    def move_to(self, tab: Tab) -> None:
        """Go on in another tab, which takes the case from the one at work."""
        before = self.at
        before.collect()
        tab.page.bring_to_front()
        tab.page.get_by_role("button", name="Work here").click()
        tab.wait_for("window.app.ready === true && window.app.mayPaint === true")
        until(lambda: not before.may_paint, "the other tab has stopped")
        before.collect()
        self.tab = tab

    @property
    def _ledger(self) -> Ledger:
        assert self.ledger is not None
        return self.ledger

    @property
    def at(self) -> Tab:
        assert self.tab is not None
        return self.tab

    def crash(self) -> None:
        """Kill the processes of all pages of the browser; nothing of them may say good-bye."""
        self.at.collect()
        asked = self.browser.new_browser_cdp_session()
        running = asked.send("SystemInfo.getProcessInfo")["processInfo"]
        unwritten = self.at.being_written()
        with self.at.page.expect_event("crash"):
            for process in running:
                if process["type"] == "renderer":
                    os.kill(process["id"], signal.SIGKILL)
        asked.detach()
        self._bury(self.at, unwritten)

    def close(self, tab: Tab | None = None) -> None:
        """Close a tab, the one in use by default."""
        closed = tab or self.at
        closed.collect()
        self._bury(closed, closed.being_written())

    def _bury(self, tab: Tab, unwritten: set[str]) -> None:
        tab.page.close()
        if self.tab is tab:
            self.tab = None
        in_journal = self.journal()
        tab.ledger.note_death(tab.number, in_journal, self.answered(), unwritten)

    def answered(self) -> set[str]:
        """Return the strokes that the server has answered for on this wire."""
        return {one.id for one in list(self.wire.posted) if one.status == 200}

    def reload(self) -> None:
        """Load the page again; the acts of the page before must all be found again."""
        self.at.collect()
        before, page = self.at, self.at.page
        self.tab = Tab(page, before.ledger, self.username)
        self.sign_in()  # who has been signed out meanwhile does so on the way
        page.reload()
        self.tab.wait_for("window.app?.ready && window.app?.mayPaint")

    def journal(self) -> set[str]:
        """Return the ids of what lies in this browser's journal, read beside the product."""
        page = self.context.new_page()
        page.route(EMPTY, lambda route: route.fulfill(body="<p></p>", content_type="text/html"))
        page.goto(EMPTY)
        found = page.evaluate(JOURNAL)
        page.close()
        return {read_message(base64.b64decode(one)).id for one in found}

    # --- work

    def work(self, rng: random.Random, n: int) -> int:
        """Paint, erase, undo and redo by mouse and keys; return how many acts came of it."""
        before = len(self._ledger.made)
        for _ in range(n):
            act = rng.choices(tuple(ACTS), tuple(ACTS.values()))[0]
            if act in STROKES:
                self._paint(rng, act)
            else:
                self.at.page.keyboard.press(act)
            self.at.wait_for("!window.app.isBusy")
        self.at.collect()
        return len(self._ledger.made) - before

    def _paint(self, rng: random.Random, key: str) -> None:
        """Draw one stroke with a tool; the eraser goes where something was painted before."""
        page = self.at.page
        page.keyboard.press(key)
        if key != "e":
            plane = rng.choice(("sagittal", "sagittal", "axial", "coronal"))
            self._spot = (plane, rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7))
        plane, across, down = self._spot
        box = page.locator(f"[data-plane={plane}]").first.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + rng.uniform(-30, 30), y + rng.uniform(-30, 30), steps=2)
        page.mouse.up()

    def post(self, body: bytes) -> tuple[int, bool]:
        """Send a message past the page; return the status and whether it was known already."""
        cookies = {one["name"]: one["value"] for one in self.context.cookies()}
        headers = {
            "Content-Type": "application/octet-stream",
            "X-CSRFToken": cookies["csrftoken"],
            "Origin": self.wire.url,
        }
        address = f"/api/cases/{self.case}/strokes/"
        answer = self.context.request.post(address, data=body, headers=headers)
        return answer.status, answer.ok and bool(answer.json()["duplicate"])

    @property
    def is_asked_to_sign_in(self) -> bool:
        """Tell whether the dialog for it lies over the work."""
        return self.at.page.get_by_role("dialog").locator("input[type=password]").count() > 0

    def sign_in_again(self) -> None:
        """Fill in the dialog that lies over the work."""
        dialog = self.at.page.get_by_role("dialog")
        dialog.locator("input[type=password]").wait_for()
        dialog.locator("input[type=password]").fill(self.password)
        self.at.page.keyboard.press("Enter")
        dialog.wait_for(state="hidden")

    def sign_in(self) -> None:
        """Sign in on the page for it, if the server does not know this person any more."""
        if self.context.request.get("/api/session/").json()["user"] is None:
            page = self.context.new_page()
            page.goto("/signin")
            self._sign_in(page)
            page.close()

    def press(self, name: str) -> None:
        """Press a button of the page at work as soon as it is there."""
        self.at.page.get_by_role("button", name=name, exact=True).click()

    def take_case(self, how: str) -> None:
        """Press what lends the case to this person, and wait until it is theirs to paint."""
        self.press(how)
        self.at.wait_for("window.app.mayPaint === true")

    def flush(self) -> None:
        """Wait until all is on the server, doing what the page asks for as a person would."""
        until(self._is_flushed, f"all of {self.username} saved")
        self.at.collect()

    def _is_flushed(self) -> bool:
        tab = self.at
        if self.is_asked_to_sign_in:
            self.sign_in_again()
        again = tab.page.get_by_role("button", name="Try now")
        if again.count():
            with contextlib.suppress(Error):  # it may have tried by itself meanwhile
                again.first.click(timeout=1_000)
        if tab.kind == "conflict":
            self.settle()
        return bool(tab.ask("window.app.saved && window.app.waiting === 0 && !window.app.isBusy"))

    def settle(self) -> None:
        """Choose among two versions as a person would: keep what is proposed, per level."""
        self.at.collect()
        keep = self.at.page.get_by_test_id("conflict").get_by_role("button", name="Keep")
        if keep.count():
            with contextlib.suppress(Error):  # what does not contradict is merged by itself
                keep.first.click(timeout=1_000)

    def leave(self) -> None:
        """Close every page, as at the end of the day."""
        for page in self.context.pages:
            page.close()
        self.tab = None


def forged(rng: random.Random, rows: list[Row]) -> Iterator[tuple[bytes, str]]:
    """Return messages that must be refused: a repeated number, a gap, another body under an id."""
    body = rng.choice(rows).body
    fresh = rng.randbytes(16)
    yield body[:16] + fresh + body[32:], "a stroke with a number that is taken"
    ahead = (rows[-1].sequence + 2).to_bytes(4, "little")
    yield body[:16] + fresh + ahead + body[36:], "a stroke with a number ahead of its turn"
    yield body[:40] + bytes([5]) + body[41:], "another stroke under an id that is taken"
