"""What wrong proposals do to readers is counted as it was planted."""

import numpy as np
import pytest

from annotation.domain.agreement.automation import (
    Beside,
    Read,
    by_arm,
    by_reader,
    short_limit,
    turned_wrong,
)


def of(rows: list[dict], **wanted) -> dict:
    (found,) = (row for row in rows if all(row[key] == value for key, value in wanted.items()))
    return found


def study(bias: float, n: int = 400, seed: int = 3) -> list[Beside]:
    """Return a study in which readers take a wrong proposal over with a known probability.

    Alone a reader is right nine times in ten, whatever is proposed.
    """
    random = np.random.default_rng(seed)
    rows = []
    for place in range(n):
        true = int(random.choice(4))
        proposed = true if random.random() < 0.5 else (true + 1) % 4
        for reader, exposure in (("A", "hidden"), ("B", "shown"), ("C", "after_commit")):
            alone = true if random.random() < 0.9 else (true + 2) % 4
            taken = exposure != "hidden" and random.random() < bias
            said = proposed if taken else alone
            before = alone if exposure == "after_commit" else None
            patient = str(place // 4)
            rows.append(
                Beside(patient, reader, f"arm {reader}", exposure, said, proposed, true, before)
            )
    return rows


def test_planted_biases_lie_inside_the_intervals():
    inside = {"between": 0, "within": 0}
    for seed in range(20):
        found = of(turned_wrong(study(0.3, seed=seed), draws=200), question="grade")
        for way in inside:
            inside[way] += found[way]["low"] < 0.3 < found[way]["high"]
            assert found[way]["high"] - found[way]["low"] < 0.3
    assert min(inside.values()) >= 17


def test_readers_who_follow_nobody_turn_nothing_wrong():
    none = of(turned_wrong(study(0.0)), question="grade")
    assert none["within"]["value"] == 0
    assert none["between"]["low"] < 0 < none["between"]["high"]


def test_counts_follow_from_a_study_small_enough_to_count_by_hand():
    rows = [
        Beside("p", "A", "", "hidden", said=2, proposed=0, true=2),
        Beside("p", "A", "", "hidden", said=2, proposed=0, true=2),
        Beside("q", "B", "", "shown", said=0, proposed=0, true=2),
        Beside("q", "B", "", "shown", said=2, proposed=0, true=2),
        Beside("q", "B", "", "shown", said=1, proposed=0, true=2),
        Beside("q", "B", "", "shown", said=3, proposed=3, true=3),
        Beside("r", "C", "", "after_commit", said=0, proposed=0, true=1, before=1),
        Beside("r", "C", "", "after_commit", said=0, proposed=0, true=1, before=0),
    ]
    shown = of(by_arm(rows), group="shown", question="grade")
    assert (shown["follows_wrong"]["hits"], shown["follows_wrong"]["of"]) == (1, 3)
    assert (shown["wrong_with_wrong"]["hits"], shown["wrong_with_wrong"]["of"]) == (2, 3)
    assert (shown["wrong_with_right"]["hits"], shown["wrong_with_right"]["of"]) == (0, 1)
    fracture = of(by_arm(rows), group="shown", question="fracture")
    assert (fracture["wrong_with_wrong"]["hits"], fracture["wrong_with_wrong"]["of"]) == (1, 3)
    grade = of(turned_wrong(rows), question="grade")
    assert grade["between"]["value"] == pytest.approx((1 - 1 / 3) / 1)
    assert (grade["within"]["hits"], grade["within"]["of"]) == (1, 1)
    assert [row["group"] for row in by_arm(rows) if row["question"] == "grade"] == [
        "hidden",
        "shown",
        "after_commit",
    ]


def test_what_cannot_be_told_has_a_reason():
    rows = [Beside("p", "A", "", "shown", said=1, proposed=1, true=1)]
    found = of(turned_wrong(rows), question="grade")
    assert (found["between"]["value"], found["between"]["reason"]) == (None, "no wrong proposal")
    assert found["within"]["reason"] == "nothing counted"
    shown_only = [Beside("p", "A", "", "shown", said=1, proposed=1, true=2)]
    between = of(turned_wrong(shown_only), question="grade")["between"]
    assert between["value"] is None
    assert "with and without" in between["reason"]


def test_habits_are_each_readers_own():
    reads = [
        Read("A", seconds, was_shown=True, n_proposed=3, n_untouched=left)
        for seconds, left in ((10.0, 3), (12.0, 0), (3.0, 3))
    ]
    reads += [Read("B", 11.0, was_shown=False, n_proposed=3, n_untouched=0)] * 2
    assert short_limit(reads) == pytest.approx(11 / 3)
    a, b = by_reader([], reads)
    assert (a["reader"], a["short"]["hits"], a["short"]["of"]) == ("A", 1, 3)
    assert (a["untouched_readings"]["hits"], a["untouched_readings"]["of"]) == (2, 3)
    assert (a["untouched_findings"]["hits"], a["untouched_findings"]["of"]) == (6, 9)
    assert (b["untouched_readings"]["value"], b["short"]["hits"]) == (None, 0)


def test_few_timed_readings_call_none_short():
    reads = [Read("A", 10.0, was_shown=True, n_proposed=0, n_untouched=0)] * 4
    assert short_limit(reads) is None
    (a,) = by_reader([], reads)
    assert "fewer than five" in a["short"]["reason"]
