"""Published readings of experts are read, or refused with the place."""

import json

import pytest

from annotation.domain.genant import heights_mm
from annotation.imaging.expert_readings import ReadingsRefused, read_expert_readings

SEGMENTS = [
    [[100, 50, 10], [100, 50, 30]],
    [[110, 50, 12], [112, 50, 30]],
    [[120, 52, 11], [120, 50, 31]],
]
SPACINGS = {"s1": (0.7, 0.7, 1.0)}


def content(**changes: object) -> bytes:
    vertebra = {"type": "Th8", "segments": SEGMENTS, **changes}
    return json.dumps({"s1": {"expert1": [vertebra], "expert2": [vertebra]}}).encode()


def test_heights_are_millimetres_along_each_axis():
    first, second = read_expert_readings(content(), SPACINGS)
    assert (first.study, first.expert, second.expert) == ("s1", "expert1", "expert2")
    assert first.level == "T8"
    assert heights_mm(first.points_mm) == pytest.approx([20.0, 18.054362, 20.048940], abs=5e-7)


@pytest.mark.parametrize(
    ("given", "spacings", "says"),
    [
        (b"not json", SPACINGS, "no JSON"),
        (b"[]", SPACINGS, "no object of studies"),
        (b'{"s1": {"e": 3}}', SPACINGS, "study s1, expert e holds no list"),
        (content(), {}, "s1 has no spacing"),
        (content(), {"s1": (0.7, 0.0, 1.0)}, "s1 has no spacing"),
        (content(type="X9"), SPACINGS, "expert expert1, vertebra 1: X9 is no level"),
        (content(segments=SEGMENTS[:2]), SPACINGS, "3 x 2 x 3"),
        (content(segments=[[b, a] for a, b in SEGMENTS]), SPACINGS, "does not lie above"),
        (content(segments=SEGMENTS[::-1]), SPACINGS, "from front to back"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(given, spacings, says):
    with pytest.raises(ReadingsRefused, match=says):
        read_expert_readings(given, spacings)


def test_a_level_stands_once_per_expert():
    vertebra = {"type": "L1", "segments": SEGMENTS}
    twice = json.dumps({"s1": {"e": [vertebra, vertebra]}}).encode()
    with pytest.raises(ReadingsRefused, match="L1 stands twice"):
        read_expert_readings(twice, SPACINGS)
