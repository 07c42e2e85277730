import numpy as np
import pytest
import torch

from inference.learning.detecting import View, targets_of
from inference.nets.detector import CLASSES, Maps
from inference.phases.butterfly import butterfly_iou
from inference.phases.detect import decode
from inference.phases.straighten import WIDTH


def body(s, v=0.0, height=22.0, depth=30.0, middle=0.85):
    heights = np.array([height, height * middle, height])
    columns = v + np.array([-depth / 2, 0.0, depth / 2])
    points = np.zeros((3, 2, 2))
    points[:, 0, 0], points[:, 1, 0] = s - heights / 2, s + heights / 2
    points[..., 1] = columns[:, None]
    return points


def row_of_bodies(n=9):
    return np.stack([body(30.0 + 31.3 * index, 2.0 * np.sin(index)) for index in range(n)])


def view_of(points, levels, partial=None, anchors=None):
    return View(
        picture=np.zeros((3, 320, WIDTH), dtype=np.int16),
        points=points,
        g=np.full(len(points), 0.85),
        level=np.array([CLASSES.index(level) for level in levels]),
        partial=np.zeros(len(points), bool) if partial is None else partial,
        anchors=np.zeros((3, 3)) if anchors is None else anchors,
    )


def logit(chance):
    return torch.logit(chance.float().clamp(1e-6, 1 - 1e-6))


def perfect_maps(view):
    targets = targets_of(view)
    level = torch.nn.functional.one_hot(targets.level.clamp(min=0), len(CLASSES))
    classes = level.permute(2, 0, 1).float() * 20
    return Maps(
        logit(targets.objectness)[None],
        targets.offsets[None],
        classes[None],
        logit(targets.heat)[None],
        logit(targets.anchors)[None],
    )


def test_perfect_maps_decode_to_the_truth():
    points = row_of_bodies()
    levels = ["T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1"]
    found = decode(perfect_maps(view_of(points, levels))).found
    assert len(found) == len(points)
    for one, truth, level in zip(found, points, levels, strict=True):
        assert np.abs(one.points - truth).max() < 0.25
        assert CLASSES[int(one.level_logits.argmax())] == level


def test_a_partial_body_is_neither_asked_for_nor_counted_against():
    points = row_of_bodies(3)
    partial = np.array([True, False, False])
    targets = targets_of(view_of(points, ["T1", "T2", "T3"], partial))
    row = int(points[0].mean(axis=(0, 1))[0] / 2)
    column = (44 + int(points[0].mean(axis=(0, 1))[1])) // 2
    assert targets.objectness[row, column] == 0
    assert targets.counted[row, column] == 0
    assert len(decode(perfect_maps(view_of(points, ["T1", "T2", "T3"], partial))).found) == 2


def test_anchors_are_found_where_they_are():
    anchors = np.zeros((3, 3))
    anchors[2] = (1.0, 200.0, -4.0)
    found = decode(perfect_maps(view_of(row_of_bodies(2), ["L4", "L5"], anchors=anchors))).anchors
    assert found["L5_sacrum"].score > 0.9
    assert np.linalg.norm(found["L5_sacrum"].place - (200.0, -4.0)) < 2.0
    assert found["C2"].score < 0.01


def test_an_empty_picture_holds_nothing():
    view = view_of(np.zeros((0, 3, 2, 2)), [])
    assert decode(perfect_maps(view)).found == ()


def test_butterfly_iou_of_the_worked_example():
    # hexagon (0,0),(15,2),(30,0),(30,20),(15,18),(0,20) as (position, end, (s, v))
    first = np.array([[[0, 0], [20, 0]], [[2, 15], [18, 15]], [[0, 30], [20, 30]]], float)
    second = first + np.array([1.0, 2.0])
    assert butterfly_iou(first, second) == pytest.approx(0.777875, abs=1e-6)
    assert butterfly_iou(first, first) == pytest.approx(1.0)
    assert butterfly_iou(first, second) == pytest.approx(butterfly_iou(second, first))


def test_butterfly_iou_ignores_the_scale_of_an_axis_and_is_zero_apart():
    first, second = body(40.0), body(46.0, 3.0, middle=0.6)
    stretch = np.array([2.5, 0.7])
    plain = butterfly_iou(first, second)
    assert butterfly_iou(first * stretch, second * stretch) == pytest.approx(plain)
    assert 0 < plain < 1
    assert butterfly_iou(first, body(120.0)) == 0.0
