"""The judge of the rounds sees what is wrong."""

import numpy as np
import pytest

from tests.chaos.books import Row
from tests.chaos.ledger import Ledger
from tests.chaos.messages import Message, Wrong, read_message
from tests.working import stroke_between


def story(n: int = 3) -> tuple[Ledger, list[Row]]:
    """Return a ledger of n acts of one page, all acknowledged, and the rows of an honest server."""
    ledger = Ledger(np.zeros(24, np.uint8), {1: 5})
    masks = [np.zeros((2, 3, 4), np.uint8)]
    rows = []
    for sequence in range(1, n + 1):
        masks.append(masks[-1].copy())
        masks[-1].reshape(-1)[sequence : sequence + 3] = sequence
        body = stroke_between(masks[-2], masks[-1], sequence=sequence)
        message = read_message(body)
        rows.append(Row(message.id, sequence, body))
        ledger.note_made(1, [message])
        ledger.acknowledged.add(message.id)
    return ledger, rows


def test_an_honest_story_is_replayed() -> None:
    ledger, rows = story()
    assert ledger.audit(rows)[:7].tolist() == [0, 1, 2, 3, 3, 3, 0]


def drop_last(rows: list[Row]) -> list[Row]:
    return rows[:-1]


def double_last(rows: list[Row]) -> list[Row]:
    return [*rows, Row(rows[-1].id, len(rows) + 1, rows[-1].body)]


def swap(rows: list[Row]) -> list[Row]:
    first, second, *rest = rows
    return [Row(second.id, 1, second.body), Row(first.id, 2, first.body), *rest]


def change_last(rows: list[Row]) -> list[Row]:
    body = rows[-1].body
    return [*rows[:-1], Row(rows[-1].id, len(rows), body[:-1] + bytes([body[-1] + 1]))]


def invent(rows: list[Row]) -> list[Row]:
    body = rows[-1].body
    return [*rows, Row("00000000-0000-0000-0000-000000000000", len(rows) + 1, body)]


@pytest.mark.parametrize("spoil", [drop_last, double_last, swap, change_last, invent])
def test_a_dishonest_server_is_found_out(spoil) -> None:
    ledger, rows = story()
    with pytest.raises(Wrong):
        ledger.audit(spoil(rows))


def test_an_act_that_was_only_made_must_be_somewhere() -> None:
    ledger, rows = story()
    ledger.acknowledged.clear()
    with pytest.raises(Wrong, match="neither stored nor kept"):
        ledger.audit(drop_last(rows))
    ledger.gone.add(rows[-1].id)
    ledger.audit(drop_last(rows))


def test_level_acts_are_replayed_and_must_follow() -> None:
    ledger, rows = story(1)
    act = Message("6f1c0a52-0000-4000-8000-000000000001", 2, 20, 0, (), ((1, 5, 6),))
    body = b"lamina.stroke/2\0" + bytes.fromhex(act.id.replace("-", ""))
    body += (2).to_bytes(4, "little") + bytes(4) + bytes([20, 0, 0, 0]) + bytes(4)
    body += (1).to_bytes(4, "little") + bytes([1, 5, 6])
    assert read_message(body) == act
    ledger.note_made(1, [act])
    ledger.audit([*rows, Row(act.id, 2, body)])
    assert ledger.levels_now == {1: 6}


def test_only_an_act_that_was_being_written_may_be_gone_with_its_page() -> None:
    ledger, rows = story()
    ledger.acknowledged.clear()
    ledger.note_death(1, {rows[0].id}, set(), {rows[2].id})
    assert ledger.gone == {rows[2].id}
    with pytest.raises(Wrong, match=rows[1].id):
        ledger.audit(rows[:1])
