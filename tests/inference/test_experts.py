"""Experts are judged against each other by the rules a system is judged by."""

from pathlib import Path

import numpy as np
import pytest

from annotation.imaging.expert_readings import ExpertReading
from inference.papers.experts import compared_pairs, read_experts
from inference.papers.report import as_text, experts_report

PUBLISHED = Path(__file__).resolve().parents[1] / "data" / "published_readings"


def _points(top: float, anterior: float = 20.0) -> np.ndarray:
    """Return six points on (backward, sideways, downward) axes."""
    lost = 20.0 - anterior
    ends = ((top + lost, top + 20), (top + 2, top + 18), (top, top + 20))
    return np.array([[[15.0 * n, 0.0, end] for end in pair] for n, pair in enumerate(ends)])


def _reading(expert: str, level: str, top: float, anterior: float = 20.0) -> ExpertReading:
    return ExpertReading("one", expert, level, _points(top, anterior))


def test_every_expert_is_judged_against_every_other_one() -> None:
    pairs = compared_pairs(
        [
            _reading("a", "T8", 0.0),
            _reading("a", "T9", 25.0, anterior=14.0),
            _reading("b", "T8", 0.0),
            _reading("b", "T9", 25.0),
            _reading("b", "T10", 50.0),
        ]
    )
    assert [case.name for case in pairs] == ["one, a against b", "one, b against a"]
    a_on_b, b_on_a = pairs
    assert [one.found_level for one in a_on_b.vertebrae] == ["T8", "T9", None]
    assert a_on_b.overlapping == (2, 1, 0)
    assert b_on_a.overlapping == (2, 0, 1)
    assert b_on_a.n_false == 1
    assert b_on_a.vertebrae[1].grade == 2
    assert b_on_a.vertebrae[1].found_g == pytest.approx(0.8)
    assert b_on_a.vertebrae[1].errors_mm == pytest.approx((6.0, 0, 0, 0, 0, 0))


def test_published_readings_give_the_experts_row() -> None:
    cases = read_experts(PUBLISHED)
    text = as_text(experts_report(cases))
    assert "## Experts against each other" in text
    for row in ("recall, overlap >= 0.1", "G, SD of the error", "compression, %: r"):
        assert f"| {row} |" in text
    assert "identification" not in text


def test_what_is_no_set_of_readings_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"spacings\.json is missing"):
        read_experts(tmp_path)
    (tmp_path / "spacings.json").write_text("{}")
    (tmp_path / "readings.json").write_text("{}")
    with pytest.raises(ValueError, match="no study that two experts read"):
        read_experts(tmp_path)
