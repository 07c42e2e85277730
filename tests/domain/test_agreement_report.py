"""Everything that is told about the agreement of readers, from what they said."""

import numpy as np
import pytest

from annotation.domain.agreement import report
from annotation.domain.agreement.report import Rated

LEVELS = ("T8", "T12", "L1")


def three_readers(n: int = 12) -> list[Rated]:
    random = np.random.default_rng(3)
    said = []
    for patient in range(n):
        for level in LEVELS:
            truth = int(random.choice(4, p=[0.6, 0.2, 0.1, 0.1]))
            for reader, slip in (("a", 0.1), ("b", 0.2), ("c", 0.3)):
                grade = int(random.choice(4)) if random.random() < slip else truth
                g = 1 - 0.1 * grade + float(random.normal(0, 0.02))
                vertebra = f"{patient}-{level}"
                if reader == "c" and level == "L1":
                    continue
                said.append(
                    Rated(str(patient), vertebra, level, reader, grade, None, g, (g, 1.0, 1.0))
                )
    return said


def test_rows_stand_overall_by_region_by_level_and_by_pair():
    rows = report.agreement_rows(report.tabulate(three_readers()), draws=50, seed=1)
    groups = [*dict.fromkeys(row.group for row in rows if not row.readers)]
    bands = ["T5\N{EN DASH}T9", "T10\N{EN DASH}T13", "L1\N{EN DASH}L6"]
    assert groups == ["all", "thoracic", "lumbar", *bands, *LEVELS, "patients"]
    pairs = {row.readers for row in rows if row.readers}
    assert pairs == {("a", "b"), ("a", "c"), ("b", "c")}
    kappa = next(
        row for row in rows if row.readers == ("a", "b") and row.statistic == "kappa linear"
    )
    assert 0.3 < kappa.estimate.value < 1
    assert kappa.estimate.low < kappa.estimate.value < kappa.estimate.high
    assert kappa.estimate.n_clusters == 12


def test_what_nobody_said_is_none_with_a_reason():
    rows = report.agreement_rows(report.tabulate(three_readers()), draws=0, seed=1)
    shapes = [row.estimate for row in rows if row.of == "shape"]
    assert shapes
    assert all(one.value is None and one.reason for one in shapes)
    two = [row for row in rows if row.group == "L1" and row.statistic == "Fleiss kappa"]
    assert all(row.estimate.value is None for row in two)


def test_grades_of_two_readers_stand_in_a_table():
    ratings = report.tabulate(three_readers())
    table = report.confusion(ratings, "a", "b")
    assert table.sum() == 36
    columns = [ratings.of["grade"][:, place] for place in (0, 1)]
    assert table[0, 0] == ((columns[0] == 0) & (columns[1] == 0)).sum()


def test_a_reader_speaks_once_of_a_vertebra():
    said = three_readers(1)
    with pytest.raises(ValueError, match="twice"):
        report.tabulate([*said, said[0]])


def test_a_patient_is_as_ill_as_the_worst_vertebra():
    ratings = report.tabulate(three_readers())
    patients = report.by_patient(ratings)
    first = ratings.of["grade"][ratings.patients == 0]
    assert patients.of["fracture"][0].tolist() == (np.nanmax(first, axis=0) >= 1).tolist()
    rows = report.agreement_rows(ratings, draws=0, seed=1)
    kappas = [row for row in rows if (row.group, row.of) == ("patients", "fracture")]
    assert {row.estimate.n_units for row in kappas} == {12}
