"""Rail, wheel, escape, touch and pen: every way a hand takes a tool, and what it must not do."""

import numpy as np
import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.bench import Point
from tests.browser.fingers import touch
from tests.browser.painted import put, take

pytestmark = [pytest.mark.browser]
L1 = 2


RAIL = {
    "Brush": "B",
    "Eraser": "E",
    "Edge-following brush": "A",
    "Scissors": "C",
    "Flood fill": "\u21e7F",
    "Pick a level": "Q",
    "Islands": "X",
    "Holes": "H",
    "Smooth": "O",
    "Split": "S",
}
FURTHER = {"Merge": "M", "Absorb": "ShiftM", "Grow or shrink": "}"}
ONCE = {
    "Fill the slices between": "I",
    "Model's mask for this level": "R",
    "Undo": "Z",
    "Redo": "Y",
}


def test_the_rail_takes_every_tool_in_hand(bench) -> None:
    rail = bench.page.get_by_role("toolbar")
    tool = bench.page.locator(".ws-options")
    for name, key in RAIL.items():
        button = rail.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button.locator("[data-key]")).to_have_attribute("data-key", key)
        expect(tool).to_contain_text(name)
    for name, key in ONCE.items():
        printed = rail.get_by_role("button", name=name, exact=True).locator("[data-key]")
        expect(printed).to_have_attribute("data-key", key)
    for name, key in FURTHER.items():
        rail.get_by_role("button", name="More tools").click()
        item = bench.page.get_by_role("menuitem", name=name)
        expect(item).to_contain_text(key)
        item.click()
        expect(tool).to_contain_text(name)
    rail.get_by_role("button", name="Scissors").hover()
    expect(bench.page.get_by_role("tooltip")).to_have_text("Scissors (C)")
    box = rail.bounding_box()
    assert box["y"] + box["height"] <= 900
    assert bench.page.evaluate(
        "(({scrollHeight, clientHeight}) => scrollHeight <= clientHeight)"
        "(document.querySelector('[role=toolbar]'))"
    )


def test_wheel_and_buttons_look_around(bench) -> None:
    bench.level("L1")
    bench.look(22, 38, 12)
    bench.key("b")
    before = bench.settled()
    spot = bench.point("sagittal", 24, 36, 12)
    bench.page.mouse.move(*spot)
    k = bench.grid.to_ijk(np.array(bench.person.hook("focus")))[2]
    for delta, step in ((120, 1), (-120, 0), (30, 0), (30, 1), (-100, 0)):
        bench.page.mouse.wheel(0, delta)
        bench.person.hook("idle")
        now = bench.grid.to_ijk(np.array(bench.person.hook("focus")))[2]
        assert round(now - k) == step
    place = bench.place("sagittal", spot)
    aside = (spot[0] + 50, spot[1])
    width = bench.place("sagittal", aside)[0] - place[0]
    bench.page.keyboard.down("Control")
    bench.page.mouse.wheel(0, -300)
    bench.page.keyboard.up("Control")
    bench.person.hook("idle")
    assert bench.place("sagittal", spot) == pytest.approx(place, abs=1e-6)
    assert bench.place("sagittal", aside)[0] - place[0] < 0.8 * width
    bench.drag(spot, (spot[0] + 30, spot[1] - 20), button="middle")
    moved = bench.place("sagittal", (spot[0] + 30, spot[1] - 20))
    assert moved == pytest.approx(place, abs=1e-6)
    bench.drag(spot, (spot[0] + 10, spot[1] + 5), button="right")
    expect(bench.page.get_by_text("Window 1,090 / 280")).to_be_visible()
    bench.key("w")
    bench.look(22, 48, 12)
    bench.page.mouse.move(*bench.point("sagittal", 22, 58, 12))
    bench.key("q")
    expect(bench.page.get_by_test_id("level-in-hand")).to_have_text("L2")
    assert np.array_equal(bench.settled(), before)


def test_escape_drops_what_is_half_done(bench) -> None:
    bench.level("L1")
    bench.look(22, 38, 12)
    before = bench.settled()
    start, end = bench.point("sagittal", 26, 36, 12), bench.point("sagittal", 33, 40, 12)
    for tool in ("b", "e", "a", "c", "s"):
        bench.key(tool)
        bench.page.mouse.move(*start)
        bench.page.mouse.down()
        bench.page.mouse.move(*end, steps=4)
        bench.key("Escape")
        bench.page.mouse.move(end[0] + 20, end[1])
        bench.page.mouse.up()
        assert bench.page.locator(".spine-outline").count() == 0
    assert np.array_equal(bench.settled(), before)


def pen(client: CDPSession, button: str, start: Point, end: Point) -> None:
    for kind, point in (("Pressed", start), ("Moved", end), ("Released", end)):
        event = {"type": f"mouse{kind}", "x": point[0], "y": point[1], "button": button}
        more = {"buttons": 1 if button == "left" else 2, "clickCount": 1, "pointerType": "pen"}
        client.send("Input.dispatchMouseEvent", {**event, **more})


def test_one_finger_and_the_pen_paint(bench) -> None:
    bench.level("L1")
    bench.look(22, 38, 12)
    bench.key("b")
    bench.brush(6)
    client = bench.page.context.new_cdp_session(bench.page)
    way = [bench.point("sagittal", 33, 34, 12), bench.point("sagittal", 34, 41, 12)]
    touched = bench.swept("sagittal", way, 3)

    def finger() -> None:
        touch(client, "touchStart", way[0])
        touch(client, "touchMove", way[1])
        touch(client, "touchEnd")

    bench.does(finger, put(touched, L1))
    bench.does(lambda: pen(client, "left", *way), put(touched, L1))
    inner = [bench.point("sagittal", 26, 34, 12), bench.point("sagittal", 26, 41, 12)]
    barrel = take(bench.swept("sagittal", inner, 3), L1)
    bench.does(lambda: pen(client, "right", *inner), barrel)


def test_two_fingers_look_around_and_paint_nothing(bench) -> None:
    bench.level("L1")
    bench.look(22, 38, 12)
    bench.key("b")
    client = bench.page.context.new_cdp_session(bench.page)
    before = bench.settled()
    a, b = bench.point("sagittal", 22, 36, 12), bench.point("sagittal", 30, 36, 12)

    def fingers(da: Point, db: Point) -> None:
        touch(client, "touchStart", a)
        touch(client, "touchStart", a, b)
        for n in range(1, 5):
            moved = ((p[0] + n * d[0], p[1] + n * d[1]) for p, d in ((a, da), (b, db)))
            touch(client, "touchMove", *moved)
        touch(client, "touchEnd")
        bench.person.hook("idle")
        assert np.array_equal(bench.settled(), before)

    apart = bench.place("sagittal", b)[0] - bench.place("sagittal", a)[0]
    fingers((-10, 0), (10, 0))
    assert bench.place("sagittal", b)[0] - bench.place("sagittal", a)[0] < 0.9 * apart
    place, focus = bench.place("sagittal", a), np.array(bench.person.hook("focus"))
    fingers((10, 0), (10, 0))
    assert bench.place("sagittal", (a[0] + 40, a[1])) == pytest.approx(place, abs=0.05)
    assert np.allclose(bench.person.hook("focus"), focus)
    fingers((0, 10), (0, 10))
    slices = bench.grid.to_ijk(np.array(bench.person.hook("focus"))) - bench.grid.to_ijk(focus)
    assert round(slices[2]) == 2
