import numpy as np

from inference.nets.detector import CLASSES
from inference.phases.detect import Detection, Detections
from inference.phases.follow import followed, longer
from inference.phases.straighten import make_curve, to_local

EXTEND = 40.0


def seen(s, objectness=0.95, height=22.0):
    points = np.zeros((3, 2, 2))
    points[:, 0, 0], points[:, 1, 0] = s - height / 2, s + height / 2
    points[..., 1] = np.array([-15.0, 0.0, 15.0])[:, None]
    return Detection(points, objectness, np.zeros(len(CLASSES)))


def row(*places, **kwargs):
    return Detections(tuple(seen(place, **kwargs) for place in places), {})


def centres(detections):
    return [float(one.centre[0]) for one in detections.found]


def test_a_sure_neighbour_beyond_the_limits_is_believed():
    assert centres(followed(row(20, 50, 80, 110), 40, 120)) == [20, 50, 80, 110]


def test_an_unsure_one_is_not():
    unsure = Detections((seen(20, 0.6), seen(50), seen(80)), {})
    assert centres(followed(unsure, 40, 90)) == [50, 80]


def test_one_that_does_not_follow_on_its_neighbour_is_not():
    assert centres(followed(row(70, 100, 170), 60, 110)) == [70, 100]


def test_nothing_within_the_limits_is_nothing_at_all():
    assert followed(row(10, 200), 60, 120).found == ()


def test_the_curve_is_led_through_what_was_found_above_and_below():
    knots = np.stack([np.arange(0.0, 101, 4), np.full(26, 30.0), np.full(26, 50.0)], axis=1)
    curve = make_curve(knots, EXTEND)
    found = row(EXTEND - 15, EXTEND + 50, EXTEND + 118)
    further = longer(knots, curve, found, EXTEND)
    assert np.all(np.diff(further[:, 0]) > 0)
    again = make_curve(further, EXTEND)
    top = to_local(again, further[0])
    assert abs(top[0] - EXTEND) < 1e-6
    assert len(again) > len(curve) + 30


def test_a_row_within_the_limits_leaves_the_curve_as_it_is():
    knots = np.stack([np.arange(0.0, 101, 4), np.full(26, 30.0), np.full(26, 50.0)], axis=1)
    curve = make_curve(knots, EXTEND)
    assert longer(knots, curve, row(EXTEND + 15, EXTEND + 80), EXTEND) is None
