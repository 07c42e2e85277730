import numpy as np
import pytest

from annotation.domain.proposal import CountedFrom
from inference.nets.detector import ANCHORS, CLASSES
from inference.phases.detect import Anchor, Detection, Detections
from inference.phases.label import Room, name_levels


def body(s, height=22.0, depth=30.0):
    points = np.zeros((3, 2, 2))
    points[:, 0, 0], points[:, 1, 0] = s - height / 2, s + height / 2
    points[..., 1] = np.array([-depth / 2, 0.0, depth / 2])[:, None]
    return points


def seen(levels, pitch=30.0, strength=6.0):
    found = []
    for index, level in enumerate(levels):
        logits = np.zeros(len(CLASSES))
        if level is not None:
            logits[CLASSES.index(level)] = strength
        found.append(Detection(body(40.0 + pitch * index), 0.9, logits))
    return tuple(found)


def anchors(**places):
    nowhere = Anchor(0.02, np.zeros(2))
    return {name: places.get(name, nowhere) for name in ANCHORS}


def test_one_wrong_vertebra_is_corrected_by_its_neighbours():
    count = name_levels(Detections(seen(["T10", "T11", "T8", "L1", "L2"]), anchors()))
    assert count.levels == ("T10", "T11", "T12", "L1", "L2")
    assert count.counted_from is CountedFrom.ASSUMED


@pytest.mark.parametrize(
    "levels",
    [
        ("T11", "T12", "T13", "L1", "L2"),
        ("L3", "L4", "L5", "L6"),
        ("T9", "T10", "T11", "L1", "L2"),
        ("C2", "C3", "C4", "C5"),
    ],
)
def test_variants_are_named_where_the_evidence_is_clear(levels):
    assert name_levels(Detections(seen(levels), anchors())).levels == levels


def test_a_row_does_not_begin_at_a_variant_on_weak_evidence():
    found = seen([None, "L1", "L2", "L3", "L4", "L5"])
    assert name_levels(Detections(found, anchors())).levels[0] == "T12"


def test_where_the_volume_goes_on_below_the_row_it_ends_above_the_sacrum():
    found = seen(["T12", "L1", "L2", "L3"], strength=1.0)
    count = name_levels(Detections(found, anchors()), room=Room(caudal_mm=120.0))
    assert count.levels == ("L2", "L3", "L4", "L5")
    assert count.counted_from is CountedFrom.L5_SACRUM


def test_one_vertebra_that_is_sure_and_wrong_moves_nothing():
    found = seen(["L1", "T6", "L3", "L4"], strength=30.0)
    assert name_levels(Detections(found, anchors())).levels == ("L1", "L2", "L3", "L4")


def test_weak_evidence_for_a_variant_does_not_suffice():
    found = seen(["T11", "T12", "T13", "L2", "L3"], strength=2.0)
    assert "T13" not in name_levels(Detections(found, anchors())).levels


def test_a_visible_sacrum_pulls_the_last_vertebra_to_l5():
    found = seen(["T11", "T12", "L1", "L2", "L3"], strength=0.5)
    place = Anchor(0.95, found[-1].centre)
    count = name_levels(Detections(found, anchors(L5_sacrum=place)), room=Room(caudal_mm=50.0))
    assert count.levels == ("L1", "L2", "L3", "L4", "L5")
    assert count.counted_from is CountedFrom.L5_SACRUM


def test_a_sacrum_seen_in_part_pulls_the_count_but_does_not_prove_it():
    found = seen(["T11", "T12", "L1", "L2", "L3"], strength=0.5)
    place = Anchor(0.95, found[-1].centre)
    count = name_levels(Detections(found, anchors(L5_sacrum=place)), room=Room(caudal_mm=12.0))
    assert count.levels[-1] == "L5"
    assert count.counted_from is CountedFrom.ASSUMED


def test_nothing_is_counted_from_a_vertebra_that_the_border_cuts():
    found = seen(["T1", "T2", "T3"])
    place = {"T1_rib": Anchor(0.9, found[0].centre)}
    whole = name_levels(Detections(found, anchors(**place)))
    cut = name_levels(Detections(found, anchors(**place)), room=Room(cut=frozenset({0})))
    assert whole.counted_from is CountedFrom.T1_RIB
    assert cut.counted_from is CountedFrom.ASSUMED
    assert cut.levels == whole.levels


def test_an_anchor_far_from_every_vertebra_anchors_nothing():
    place = Anchor(0.95, np.array([600.0, 0.0]))
    count = name_levels(Detections(seen(["L1", "L2"]), anchors(L5_sacrum=place)))
    assert count.counted_from is CountedFrom.ASSUMED


def test_a_gap_skips_one_level():
    found = seen(["T5", "T6"])
    far = Detection(body(40.0 + 90.0), 0.9, np.zeros(len(CLASSES)))
    assert name_levels(Detections((*found, far), anchors())).levels == ("T5", "T6", "T8")


def test_a_reader_s_level_moves_the_whole_count():
    found = seen(["T10", "T11", "T12"], strength=2.0)
    count = name_levels(Detections(found, anchors()), clamped={0: "T9"})
    assert count.levels == ("T9", "T10", "T11")


def test_nothing_found_has_no_levels():
    assert name_levels(Detections((), {})).levels == ()
