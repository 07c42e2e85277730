"""The straightened picture is written as the browser reads it (the same golden file)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotation.bridge.packing import inflate
from annotation.domain.proposal import StraightenedPicture
from annotation.preannotation.straight import NAME, encode_straight

GOLDEN = Path(__file__).parents[1] / "golden" / "strip.json"


@pytest.fixture
def golden() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(GOLDEN.read_text())
    return content


def test_bytes_are_those_of_the_golden_file(golden: dict[str, Any]) -> None:
    picture = StraightenedPicture(
        hu=np.array(golden["hu"], dtype=np.int16),
        step_mm=golden["step_mm"],
        curve_mm=np.array(golden["curve_mm"]),
        normal_v=np.array(golden["normal_v"]),
        normal_u=np.array(golden["normal_u"]),
        v_origin=golden["v_origin"],
    )
    assert golden["format"] == NAME
    assert inflate(encode_straight(picture), at_most=10_000).hex() == golden["plain_hex"]


def test_places_of_the_golden_file_lie_on_the_curve(golden: dict[str, Any]) -> None:
    curve, across = np.array(golden["curve_mm"]), np.array(golden["normal_v"])
    rows = np.arange(len(curve))
    for place in golden["places"]:
        origin = [np.interp(place["row"], rows, curve[:, axis]) for axis in range(3)]
        normal = [np.interp(place["row"], rows, across[:, axis]) for axis in range(3)]
        offset = (place["column"] - golden["v_origin"]) * golden["step_mm"]
        np.testing.assert_allclose(np.add(origin, np.multiply(normal, offset)), place["mm"])
