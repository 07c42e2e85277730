from collections import Counter

import pytest

from annotation.domain.allocation import (
    BLOCK,
    Arm,
    Load,
    choose_arm,
    choose_readers,
    is_drawn,
    lot,
    readers_wanted,
    sizes_in_block,
)

ARMS = (Arm("with", "shown", 1), Arm("without", "hidden", 1), Arm("late", "after_commit", 2))


def give_out(arms, cases, readers, seed=5):
    """Return arms by reader and by case when every reader reads every case in turn."""
    by_reader, by_case = {one: [] for one in readers}, {one: [] for one in cases}
    for case in cases:
        for reader in readers:
            arm = choose_arm(
                arms,
                had=by_reader[reader],
                in_case=by_case[case],
                seed=seed,
                key=f"{reader}/{case}",
            )
            by_reader[reader].append(arm.name)
            by_case[case].append(arm.name)
    return by_reader, by_case


def test_after_each_block_a_reader_has_had_every_arm_by_its_weight():
    by_reader, _ = give_out(ARMS, range(40), "abc")
    for names in by_reader.values():
        for start in range(0, 40, 4):
            block = Counter(names[start : start + 4])
            assert block == {"with": 1, "without": 1, "late": 2}


def test_readers_of_one_case_come_from_different_arms_as_far_as_there_are():
    arms = (Arm("with", "shown"), Arm("without", "hidden"))
    _, by_case = give_out(arms, range(60), "ab")
    mixed = sum(len(set(names)) == 2 for names in by_case.values())
    assert mixed >= 45


def test_what_was_given_stays_when_cases_are_added():
    few, _ = give_out(ARMS, range(10), "ab")
    many, _ = give_out(ARMS, range(30), "ab")
    assert {reader: names[:10] for reader, names in many.items()} == few


def test_another_seed_gives_another_order():
    first, _ = give_out(ARMS, range(40), "a", seed=1)
    second, _ = give_out(ARMS, range(40), "a", seed=2)
    assert first != second


def test_an_arm_that_fell_out_is_made_up_for():
    arms = (Arm("with", "shown"), Arm("without", "hidden"))
    had = ["with", "with", "with", "without"]
    for key in ("one", "two", "three"):
        assert choose_arm(arms, had=had, in_case=(), seed=1, key=key).name == "without"


@pytest.mark.parametrize(
    ("weights", "sizes"),
    [((1, 1), (1, 1)), ((2, 4), (1, 2)), ((0.5, 0.25), (2, 1)), ((3, 2), (3, 2))],
)
def test_weights_become_the_shortest_block(weights, sizes):
    arms = [Arm(name, "shown", weight) for name, weight in zip("ab", weights, strict=True)]
    assert tuple(sizes_in_block(arms).values()) == sizes


@pytest.mark.parametrize("weights", [(), (0,), (-1, 1), (float("nan"),), (0.001, 1), (1, 60)])
def test_weights_that_make_no_block_are_refused(weights):
    with pytest.raises(ValueError, match="arm"):
        sizes_in_block([Arm(str(place), "shown", one) for place, one in enumerate(weights)])


@pytest.mark.parametrize("share", [0.0, 0.03, 0.1, 0.25, 0.5, 0.97, 1.0])
def test_blocks_hold_the_share_that_is_drawn(share):
    drawn = [is_drawn(3, "overlap", number, share) for number in range(100 * BLOCK)]
    assert sum(drawn) == pytest.approx(100 * BLOCK * share, abs=0.5)
    per_block = {sum(drawn[at : at + BLOCK]) for at in range(0, len(drawn), BLOCK)}
    assert max(per_block) - min(per_block) <= 1


def test_draws_for_different_things_have_nothing_to_do_with_each_other():
    both = sum(
        is_drawn(3, "overlap", number, 0.5) and is_drawn(3, "catch", number, 0.5)
        for number in range(2000)
    )
    assert 400 < both < 600


def test_a_case_outside_the_overlap_has_one_reader():
    wanted = Counter(
        readers_wanted(readers_per_case=3, overlap_share=0.2, seed=1, case_number=number)
        for number in range(1, 101)
    )
    assert wanted == {3: 20, 1: 80}


def test_the_least_loaded_readers_get_a_case_and_lots_decide_between_equals():
    loads = {1: Load(2, 9), 2: Load(0, 9), 3: Load(0, 4), 4: Load(1, 1)}
    assert choose_readers(loads, n=3, seed=1, case_number=7) == (3, 2, 4)
    assert choose_readers(loads, n=9, seed=1, case_number=7) == (3, 2, 4, 1)
    assert choose_readers(loads, n=-1, seed=1, case_number=7) == ()
    equal = dict.fromkeys(range(1, 5), Load())
    first = Counter(
        choose_readers(equal, n=1, seed=1, case_number=number)[0] for number in range(400)
    )
    assert min(first.values()) > 60


def test_lots_are_the_same_on_every_machine():
    assert lot(1, "arm", "2/3") == pytest.approx(0.7938541826766489, abs=1e-15)
