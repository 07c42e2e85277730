"""Walks cases through refinement, check and readings by the real services."""

import uuid
from dataclasses import replace

import numpy as np

from annotation.bridge.strokes import Heading, LevelChange, Tool, difference, encode_stroke
from annotation.consensus import selectors as consensus
from annotation.consensus import signing
from annotation.domain.workflow import Move, Role
from annotation.reading import services as reading_services
from annotation.reading.own_masks import own_mask
from annotation.reading.selectors import findings_of
from annotation.refinement import selectors, services
from annotation.studies import services as studies
from annotation.studies.models import Case, Origin, User
from annotation.studies.volumes import grid_of
from tests import making

LEVELS = ("T11", "T12", "L1")


def make_named_case(dataset, levels=LEVELS, counted_from="L5_sacrum") -> Case:
    """Return a case at refining with an empty mask and vertebrae that have names."""
    case = making.make_refining_case(dataset)
    for level in levels:
        studies.add_vertebra(case, level=level, origin=Origin.PERSON, counted_from=counted_from)
    return case


def blocks(case: Case, n: int = 3) -> np.ndarray:
    """Return a mask with one block per vertebra, from cranial to caudal, where the CT is bright."""
    mask = np.zeros(grid_of(case.volume).shape, np.uint8)
    for number in range(1, n + 1):
        start = 2 + 10 * (number - 1)
        mask[2:-2, start : start + 7, 5:14] = number
    return mask


def stroke_between(
    before, after, *, sequence, base=0, tool=Tool.BRUSH, stroke_id=None, number=0, levels=()
) -> bytes:
    """Return the lamina.stroke/2 that turns one mask into another.

    `levels` are triples of number, old and new level.
    """
    heading = Heading(stroke_id or uuid.uuid4(), sequence, base, tool, 0, number)
    changes = tuple(LevelChange(*one) for one in levels)
    return encode_stroke(replace(difference(before, after, heading), levels=changes))


def paint(case: Case, user: User, after: np.ndarray) -> dict:
    """Paint the difference to the current mask as one stroke, taking the lease first."""
    services.take_lease(case, by=user)
    track = selectors.get_track(case)
    state = services.current_state(track)
    body = stroke_between(
        state.mask, after, sequence=state.last_sequence + 1, base=state.revision.number
    )
    return services.record_stroke(track, by=user, body=body)


def paint_own(reading, after: np.ndarray) -> None:
    """Paint the difference to a reader's own mask as one stroke."""
    track = own_mask(reading)
    state = services.current_state(track)
    body = stroke_between(
        state.mask, after, sequence=state.last_sequence + 1, base=state.revision.number
    )
    services.record_act(track, by=reading.reader, body=body, allow=lambda: None)


def make_checking_case(dataset, people, levels=LEVELS, counted_from="L5_sacrum") -> Case:
    """Return a case whose painted mask waits for a check."""
    case = make_named_case(dataset, levels, counted_from)
    paint(case, people.student, blocks(case, len(levels)))
    services.submit_mask(case, by=people.student)
    return case


def make_reading_case(dataset, people, levels=LEVELS, counted_from="L5_sacrum") -> Case:
    """Return a case whose mask is approved, open for blind readings."""
    case = make_checking_case(dataset, people, levels, counted_from)
    services.approve_mask(case, by=people.reader1)
    return case


def exclude(case: Case) -> None:
    studies.advance_case(case, move=Move.EXCLUDE, by=None, role=Role.MANAGER)


def body(center=(0.0, 0.0, 0.0), heights=(20.0, 20.0, 20.0)) -> list:
    """Return six points of a body 30 mm deep whose height segments are centred on one level."""
    x, y, z = center
    return [
        [[x, y + 15.0 * place, z + height / 2], [x, y + 15.0 * place, z - height / 2]]
        for place, height in zip((-1, 0, 1), heights, strict=True)
    ]


def read(case: Case, user: User, said: dict[int, dict]):
    """Open a reading, say what is given and call the others normal; does not submit."""
    reading = reading_services.open_reading(case, user=user)
    for number, fields in said.items():
        reading_services.save_finding(reading, number=number, said=fields)
    numbers = [row.vertebra.number for row in findings_of(reading)]
    reading_services.mark_others_normal(reading, numbers=numbers)
    return reading


def read_and_submit(case: Case, user: User, said: dict[int, dict]):
    reading = read(case, user, said)
    reading_services.submit_reading(reading)
    case.refresh_from_db()
    return reading


def make_consensus_case(dataset, people, said_a: dict, said_b: dict, levels=LEVELS) -> Case:
    """Return a case whose two readings are in; reader1 says the first, reader2 the second."""
    case = make_reading_case(dataset, people, levels)
    read_and_submit(case, people.reader1, said_a)
    read_and_submit(case, people.reader2, said_b)
    return case


def sign_all(case: Case) -> Case:
    """Sign the sitting of a case as everyone who has to; the case is final afterwards."""
    for user in signing.unsigned(consensus.newest_sitting(case)):
        signing.settle_case(Case.objects.get(pk=case.pk), by=user)
    case.refresh_from_db()
    return case


def make_final_case(dataset, people, heights=(6.0, 6.0, 6.0)) -> Case:
    """Return a final case whose readers agree; the first vertebra has the heights given."""
    said = {
        number: {
            "six_points_mm": body(
                center=(-3.5, -11.0, 95.0 - 10 * (number - 1)),
                heights=heights if number == 1 else (6.0, 6.0, 6.0),
            )
        }
        for number in (1, 2, 3)
    }
    return make_consensus_case(dataset, people, said, said)
