import math

from annotation.domain.gate import Outcome, Verdict, judge


def test_a_candidate_that_is_nowhere_worse_is_promoted():
    gate = judge({"dice": 0.90, "recall": 0.97}, {"dice": 0.895, "recall": 0.98})
    assert gate.outcome is Outcome.PROMOTED
    assert [row.verdict for row in gate.rows] == [Verdict.NOT_WORSE, Verdict.NOT_WORSE]


def test_one_fallen_metric_refuses():
    gate = judge({"dice": 0.90, "recall": 0.97}, {"dice": 0.95, "recall": 0.959})
    assert gate.outcome is Outcome.REFUSED
    assert gate.rows[1].verdict is Verdict.WORSE


def test_exactly_the_tolerance_is_not_worse():
    assert judge({"a": 0.90}, {"a": 0.89}).outcome is Outcome.PROMOTED


def test_what_was_never_defined_is_no_reason_and_alone_is_no_promotion():
    gate = judge({"a": None, "b": math.nan}, {"a": 0.5, "b": 0.4})
    assert [row.verdict for row in gate.rows] == [Verdict.UNDEFINED, Verdict.UNDEFINED]
    assert gate.outcome is Outcome.REFUSED
    assert judge({"a": None, "c": 0.5}, {"a": 0.1, "c": 0.5}).outcome is Outcome.PROMOTED


def test_a_metric_the_candidate_lost_counts_as_worse():
    assert judge({"a": 0.5, "b": 0.5}, {"a": 0.6}).outcome is Outcome.REFUSED


def test_nothing_to_compare_refuses():
    assert judge({}, {}).outcome is Outcome.REFUSED
