from dataclasses import replace

import numpy as np
import pytest

from annotation.domain.discrepancy import Kind, Said, disagreements, disagreements_of_many
from annotation.domain.genant import CONVENTIONS

CONVENTION = CONVENTIONS["loss20_25_40"]
POINTS = np.array(
    [[[0, 0, 20], [0, 0, 0]], [[0, 15, 20], [0, 15, 0]], [[0, 30, 20], [0, 30, 0]]], float
)
FRACTURED = Said(9, "L1", grade=2, g=0.7, shape="wedge")
"""A fracture that both see, so that no other vertebra changes the patient's result."""


def said(number=1, **values):
    return Said(number, values.pop("level", "T8"), **values)


def one(a, b):
    found = disagreements([a, FRACTURED], [b, FRACTURED], CONVENTION)
    assert len(found) <= 1
    return (found[0].kind, found[0].reason) if found else None


def test_equal_findings_do_not_differ():
    assert one(said(grade=0, g=0.9), said(grade=0, g=0.86)) is None


@pytest.mark.parametrize(
    ("a", "b", "kind", "words"),
    [
        (said(grade=0), said(level="T9", grade=0), Kind.PRESENCE, "A counts T8, B T9"),
        (
            said(grade=1),
            said(not_graded_reason="partially_visible"),
            Kind.PRESENCE,
            "A gives grade 1, B does not grade: partially visible",
        ),
        (said(grade=3), said(grade=1), Kind.GRADE, "Two grades apart"),
        (said(grade=0), said(grade=3), Kind.GRADE, "Three grades apart"),
        (said(grade=1, g=0.79), said(grade=2, g=0.7), Kind.GRADE, "Across the moderate border"),
        (said(grade=0, g=0.84), said(grade=1, g=0.78), Kind.GRADE, "One grade, ΔG 0.06"),
        (said(grade=1, g=0.79), said(grade=0, g=0.82), Kind.THRESHOLD, "Threshold, ΔG 0.03"),
        (said(grade=2, g=0.74), said(grade=1, g=0.76), Kind.THRESHOLD, "Threshold, ΔG 0.02"),
        (
            said(grade=2, shape="wedge"),
            said(grade=2, shape="crush"),
            Kind.SHAPE,
            "Shape only: A wedge, B crush",
        ),
        (
            said(grade=0),
            said(grade=0, deformity=frozenset({"schmorl"})),
            Kind.FLAGS,
            "Only one notes schmorl",
        ),
        (
            said(not_graded_reason="artefact"),
            said(not_graded_reason="partially_visible"),
            Kind.FLAGS,
            "Not graded: A artefact, B partially visible",
        ),
        (
            said(grade=0, g=0.98),
            said(grade=0, g=0.85, six_points_mm=POINTS),
            Kind.POINTS,
            "Only B places the six points",
        ),
    ],
)
def test_a_difference_is_named_in_words(a, b, kind, words):
    assert one(a, b) == (kind, words)


def test_a_grade_against_the_own_measurement_is_no_threshold_noise():
    found = one(said(grade=1, g=0.82), said(grade=0, g=0.83))
    assert found == (Kind.GRADE, "One grade, ΔG 0.01")


def test_a_point_more_than_three_millimetres_off_differs():
    moved = POINTS.copy()
    moved[1, 0, 2] -= 3.2
    found = one(
        said(grade=0, g=0.9, six_points_mm=POINTS), said(grade=0, g=0.9, six_points_mm=moved)
    )
    assert found == (Kind.POINTS, "A point lies 3.2 mm apart")


def test_points_placed_on_another_sagittal_plane_do_not_differ():
    aside = POINTS + np.array([6.0, 0, 0])
    a = said(grade=0, g=0.9, six_points_mm=POINTS)
    assert one(a, replace(a, six_points_mm=aside)) is None


def test_height_ratios_more_than_a_tenth_apart_differ():
    a = said(grade=0, g=0.95, six_points_mm=POINTS)
    assert one(a, replace(a, g=0.84)) == (Kind.POINTS, "Same grade, ΔG 0.11")


def test_a_vertebra_that_one_reader_lacks_differs():
    found = disagreements([FRACTURED, said(grade=0)], [FRACTURED], CONVENTION)
    assert [(d.number, d.kind, d.reason) for d in found] == [
        (1, Kind.PRESENCE, "Only A marks this vertebra")
    ]


def test_the_only_fracture_of_one_reader_is_the_gravest():
    healthy = said(2, grade=0, g=0.81)
    found = disagreements(
        [said(1, grade=0, level="T7"), healthy, said(3)],
        [said(1, grade=0, level="T8"), replace(healthy, grade=1, g=0.79), said(3)],
        CONVENTION,
    )
    assert [(d.rank, d.number, d.kind) for d in found] == [
        (0, 2, Kind.GRADE),
        (1, 1, Kind.PRESENCE),
    ]
    assert found[0].reason == "Changes the patient's result"


def test_the_list_runs_from_grave_to_slight_and_names_each_vertebra_once():
    a = [
        FRACTURED,
        said(1, grade=1, shape="wedge", g=0.79),
        said(2, grade=2, shape="wedge"),
        said(3, grade=0, deformity=frozenset({"limbus"})),
        said(4, grade=1, shape="wedge"),
        said(5, grade=0, g=0.81),
        said(6, grade=0, level="T11"),
    ]
    b = [
        FRACTURED,
        said(1, grade=3, shape="crush", g=0.5),
        said(2, grade=2, shape="crush", deformity=frozenset({"limbus"})),
        said(3, grade=0),
        said(4, grade=2, shape="wedge"),
        said(5, grade=1, g=0.79),
        said(6, grade=0, level="T12"),
    ]
    found = disagreements(a, b, CONVENTION)
    assert [d.number for d in found] == [6, 1, 4, 5, 2, 3]
    assert [d.rank for d in found] == [0, 1, 2, 3, 4, 5]


def test_among_three_readers_the_gravest_pair_stands_for_a_vertebra():
    readings = [[FRACTURED, said(grade=grade)] for grade in (0, 1, 3)]
    (found,) = disagreements_of_many(readings, CONVENTION)
    assert (found.first, found.second, found.reason) == (0, 2, "Three grades apart")
