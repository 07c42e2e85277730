"""What runs: a house of its own, two people at their desks, one case after the other."""

import numpy as np
from playwright.sync_api import Browser

from tests.browser.house import House
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.ledger import Ledger
from tests.chaos.messages import Wrong, level_codes, read_mask
from tests.chaos.wire import Wire

MAKE = (
    "from tests.browser import seeding; seeding.add_student('student2', {place!r});"
    "print(*(seeding.make_oblique_case().pk for _ in range({n})))"
)


class Town:
    """A running application and the people who work in it."""

    def __init__(self, house: House, browser: Browser, n_cases: int) -> None:
        self.house = house
        house.manage("demo_data", "--without-images")
        accounts = house.var / "demo-accounts.txt"
        code = MAKE.format(place=str(accounts), n=n_cases)
        self.cases = house.manage("shell", "--verbosity", "0", "-c", code).split()[-n_cases:]
        house.start("web")
        house.start("worker")
        self.books = Books(house.environment["DATABASE_URL"], house.var)
        passwords = dict(line.split() for line in accounts.read_text().splitlines())
        self.sam, self.alex = (
            Desk(browser, Wire(house.port), name, passwords[name])
            for name in ("student", "student2")
        )
        self._judge = browser.new_context(base_url=house.url)
        self._sign_in_judge(passwords["manager"])
        self.past: list[dict[str, int]] = []
        self._take_case()

    def _sign_in_judge(self, password: str) -> None:
        """Let the harness ask the server with a session of its own, which no round ends."""
        asked = self._judge.request
        asked.get("/api/session/")
        cookies = {one["name"]: one["value"] for one in self._judge.cookies()}
        headers = {"X-CSRFToken": cookies["csrftoken"], "Origin": self.house.url}
        who = {"username": "manager", "password": password}
        assert asked.post("/api/session/", data=who, headers=headers).ok

    def end_sessions(self) -> None:
        """Sign everyone but the harness out on the server."""
        cookies = {one["name"]: one["value"] for one in self._judge.cookies()}
        self.books.end_sessions(but=cookies["sessionid"])

    @property
    def desks(self) -> tuple[Desk, Desk]:
        return self.sam, self.alex

    def next_case(self) -> None:
        """Put another case on both desks; what the last one held is counted."""
        self.past.append(self.ledger.tally(self.books.strokes(self.case)))
        for desk in self.desks:
            desk.leave()
        self._take_case()

    def _take_case(self) -> None:
        self.case = self.cases.pop()
        started = self.ask(f"/api/cases/{self.case}/mask/?track=main&revision=start").body()
        self.ledger = Ledger(read_mask(started).copy(), self.levels())
        for desk in self.desks:
            desk.case, desk.ledger = self.case, self.ledger
            desk.wire.posted.clear()
        self.sam.open()

    def ask(self, path: str):
        """Ask the server past every wire."""
        answer = self._judge.request.get(path)
        if not answer.ok:
            raise Wrong(f"{path} was answered with {answer.status}: {answer.text()[:200]}")
        return answer

    def levels(self) -> dict[int, int]:
        """Return the codes of the levels as the server has them now."""
        return level_codes(self.ask(f"/api/cases/{self.case}/").json()["vertebrae"])

    def versions(self) -> list[np.ndarray]:
        """Return the masks that lost a race and are kept beside the main one."""
        listed = self.ask(f"/api/cases/{self.case}/revisions/").json()
        keys = [one["id"] for one in listed if one["track"] == "version"]
        return [
            read_mask(self.ask(f"/api/cases/{self.case}/versions/{key}/").body()) for key in keys
        ]

    def read_wires(self) -> None:
        """Write down what the server has answered for."""
        for desk in self.desks:
            self.ledger.acknowledged |= desk.answered()

    def audit(self) -> None:
        """Compare ledger, database, server and every open page, once all is flushed.

        Raises:
            Wrong: if they differ anywhere.
        """
        self.read_wires()
        rows = self.books.strokes(self.case)
        self.ledger.find_versions(rows, self.versions())
        expected = self.ledger.audit(rows)
        self._compare(
            "the server", expected, read_mask(self.ask(f"/api/cases/{self.case}/mask/").body())
        )
        self._compare_levels("the server", self.levels())
        for desk in self.desks:
            if desk.tab is not None and desk.tab.may_paint:
                self._compare(f"the page of {desk.username}", expected, desk.tab.labels())
                self._compare_levels(f"the page of {desk.username}", desk.tab.levels())

    def _compare(self, who: str, expected: np.ndarray, found: np.ndarray) -> None:
        if found.shape != expected.shape or (found != expected).any():
            n = int((found != expected).sum()) if found.shape == expected.shape else -1
            raise Wrong(f"the mask of {who} differs from the replay in {n} voxels")

    def _compare_levels(self, who: str, found: dict[int, int]) -> None:
        given = {number: code for number, code in found.items() if code}
        expected = {number: code for number, code in self.ledger.levels_now.items() if code}
        if given != expected:
            raise Wrong(f"the levels of {who} are {given}, and by the replay {expected}")

    def tallies(self) -> dict[str, int]:
        """Return how many acts of all cases had which fate."""
        every = [*self.past, self.ledger.tally(self.books.strokes(self.case))]
        return {name: sum(one[name] for one in every) for name in every[0]}

    def stop(self) -> None:
        for desk in self.desks:
            desk.leave()
            desk.wire.stop()
            desk.context.close()
        self._judge.close()
