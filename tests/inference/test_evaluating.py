"""The evaluation command reads its seeds and prints what was measured."""

import pytest

from annotation.domain.vertebrae import place_of
from inference.evaluation import OPTIONS, Figures, options_of, radiograph_options_of, summarise
from inference.learning.courses import COURSES
from inference.phantoms.seeds import HELD_OUT_SEED, seeds_named
from inference.table import as_text, at_least, below, phantom_rows


def test_seeds_are_counted_listed_or_ranged() -> None:
    assert seeds_named("3", HELD_OUT_SEED) == [HELD_OUT_SEED + n for n in range(3)]
    assert seeds_named("7-9", HELD_OUT_SEED) == [7, 8, 9]
    assert seeds_named("4,2", HELD_OUT_SEED) == [4, 2]
    for wrong in ("x", "3,x", "2-1"):
        with pytest.raises(ValueError, match=r"whole numbers|no seed"):
            seeds_named(wrong, HELD_OUT_SEED)


def test_held_out_seeds_lie_beyond_what_training_takes() -> None:
    for course in COURSES.values():
        for kind in course.kinds.values():
            most = max(preset.phantoms[kind.name] for preset in course.system.presets.values())
            assert kind.first_seed + most <= HELD_OUT_SEED


def test_every_third_phantom_surely_has_a_fracture() -> None:
    asked = [options_of(seed).fracture for seed in range(9)]
    assert sum(fracture is not None for fracture in asked) == 3
    assert options_of(1) == OPTIONS


def test_a_radiograph_shows_the_fracture_that_was_asked_for() -> None:
    for seed in range(0, 60, 3):
        options = radiograph_options_of(seed)
        assert options.levels is not None
        assert options.fracture is not None
        upper, level, lower = map(
            place_of, (options.levels[0], options.fracture[0], options.levels[1])
        )
        assert upper <= level <= lower


def test_a_figure_on_the_wrong_side_of_its_bar_is_missed() -> None:
    rows = [at_least("recall", 0.96999, 0.97), below("error", 1.99, 2.0), below("none", None, 2.0)]
    assert [row.is_met for row in rows] == [False, True, False]
    text = as_text("Title", rows)
    assert text.count("MISSED") == 2
    assert "| error | 1.99 | < 2 | met |" in text


def test_no_phantom_makes_no_figure() -> None:
    figures = summarise([])
    assert isinstance(figures, Figures)
    assert (figures.precision, figures.auc, figures.dice) == (None, None, None)
    assert all(row.is_met is not True for row in phantom_rows(figures))
