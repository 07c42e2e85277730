"""Touches a page as fingers do."""

import numpy as np
from playwright.sync_api import CDPSession

from tests.browser.bench import Point
from tests.browser.walking import Person


def touch(client: CDPSession, kind: str, *points: Point) -> None:
    """Say that fingers are at these points of the page now; none are at the end."""
    given = [{"x": x, "y": y, "id": place} for place, (x, y) in enumerate(points)]
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})


class Finger:
    """Touches a page as a finger does."""

    def __init__(self, person: Person) -> None:
        self.page = person.page
        self.session = person.page.context.new_cdp_session(person.page)

    def drag(self, start: Point, end: Point) -> None:
        touch(self.session, "touchStart", start)
        for share in np.linspace(0, 1, 7):
            spot = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            touch(self.session, "touchMove", spot)
        touch(self.session, "touchEnd")

    def pinch(self, centre: Point, before: float, after: float) -> None:
        for kind, apart in (("touchStart", before), ("touchMove", (before + after) / 2)):
            touch(self.session, kind, *_pair(centre, apart))
        touch(self.session, "touchMove", *_pair(centre, after))
        touch(self.session, "touchEnd")


def _pair(centre: Point, apart: float) -> list[Point]:
    return [(centre[0] - apart / 2, centre[1]), (centre[0] + apart / 2, centre[1])]
