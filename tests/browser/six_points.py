"""A reader at a vertebra: where its points are, on the page and on the server, and its figures."""

import re

import numpy as np
from playwright.sync_api import expect

from tests.browser import walking
from tests.browser.walking import Person

N = 17
T7 = 7


def findings(person: Person, case: str) -> list[dict]:
    """Return the findings as the server has them, once no draft waits in the browser."""
    expect(person.page.get_by_text("Draft saved")).to_be_visible()
    token = person.page.evaluate("document.cookie.match(/csrftoken=([^;]+)/)[1]")
    answer = person.page.request.post(
        f"{person.house.url}/api/cases/{case}/reading/",
        headers={"X-CSRFToken": token, "Referer": person.house.url},
    )
    return answer.json()["findings"]


def stored(person: Person, case: str, number: int = T7) -> dict:
    return next(one for one in findings(person, case) if one["number"] == number)


def points(person: Person, case: str, number: int = T7) -> np.ndarray:
    return np.array(stored(person, case, number)["six_points_mm"])


def large(person: Person):
    return person.page.locator("section[aria-label^='T7 on']")


def handle(person: Person, name: str, number: int = T7) -> tuple[float, float]:
    """Return where a point of a vertebra lies on the page."""
    mark = large(person).locator(f"[data-set='{number}'] [data-point='{name}'] circle").first
    box = mark.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixels_per_mm(person: Person) -> float:
    bar = large(person).get_by_text(re.compile(r"^\d+ mm$"))
    box = bar.bounding_box()
    assert box
    return box["width"] / float(bar.inner_text().split()[0])


def drag_point(person: Person, name: str, by_px: tuple[float, float], *, free: bool = True) -> None:
    """Drag a point; free holds Alt, so that it does not snap."""
    x, y = handle(person, name)
    if free:
        person.page.keyboard.down("Alt")
    walking.drag(person, (x, y), (x + by_px[0], y + by_px[1]))
    if free:
        person.page.keyboard.up("Alt")


def undo_all(person: Person, case: str, start: np.ndarray) -> None:
    """Press undo until the points are those they were, to the last bit."""
    for _ in range(12):
        if np.array_equal(points(person, case), start):
            return
        person.page.keyboard.press("z")
    raise AssertionError("undo does not lead back")


def heights_of(body: np.ndarray) -> np.ndarray:
    return np.linalg.norm(body[:, 1] - body[:, 0], axis=1)


def angle(upper: np.ndarray, lower: np.ndarray) -> float:
    """Return the angle between two plates in (posterior, inferior), in degrees."""
    u, w = ((body[2, end] - body[0, end])[1:] * [1, -1] for body, end in ((upper, 0), (lower, 1)))
    return float(np.degrees(np.arctan2(u[0] * w[1] - u[1] * w[0], u @ w)))


def shown(person: Person, measure: str) -> str:
    return person.page.locator(f"[data-measure={measure}] b").inner_text().replace("\u2212", "-")


def check_numbers(person: Person, case: str) -> None:
    """Compare each figure on screen with one made from the world points alone."""
    rows = {one["number"]: np.array(one["six_points_mm"]) for one in findings(person, case)}
    h = heights_of(rows[T7])
    beside = np.mean([heights_of(rows[T7 - 1]), heights_of(rows[T7 + 1])], axis=0)
    texts = (
        large(person)
        .locator("text")
        .evaluate_all("all => all.map((one) => one.lastChild.textContent)")
    )
    assert [text for text in texts if "." in text] == [f"{value:.1f}" for value in h]
    table = person.page.locator("tr[data-segment] td").all_inner_texts()
    changes = [f"{100 * (a / b - 1):.0f} %" for a, b in zip(h, beside, strict=True)]
    expected = [
        text
        for a, b, change in zip(h, beside, changes, strict=True)
        for text in (f"{a:.1f}", f"{b:.1f}", change.replace("-0 %", "0 %"))
    ]
    assert [text.replace("\u2212", "-") for text in table] == expected
    assert person.page.get_by_text(f"{h.min() / h.max():.2f}", exact=True).count() >= 1
    assert shown(person, "own") == " · ".join(f"{100 * (1 - v / h.max()):.0f}" for v in h) + " %"
    assert shown(person, "wedge") == f"{angle(rows[T7], rows[T7]):.1f}°"
    assert shown(person, "ratio") == f"{h[0] / h[2]:.2f}"
    loss = f"{100 * (1 - h[0] / beside[0]):.0f} %".replace("-0 %", "0 %")
    assert shown(person, "compression") == loss
    assert shown(person, "cobb") == f"{angle(rows[1], rows[N]):.1f}°"
    assert shown(person, "adjusted") == "off"


def walking_centre(person: Person) -> tuple[float, float]:
    box = large(person).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
