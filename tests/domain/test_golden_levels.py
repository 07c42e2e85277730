"""Levels stand in the same order in Python and in TypeScript."""

import json
from pathlib import Path

from annotation.domain import vertebrae

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "levels.json").read_text("utf-8"))


def test_levels_stand_in_the_shared_order():
    assert list(vertebrae.LEVELS) == GOLDEN["levels"]


def test_the_shared_levels_without_grades_are_ours():
    not_graded = [level for level in vertebrae.LEVELS if not vertebrae.is_graded(level)]
    assert not_graded == GOLDEN["not_graded"]
