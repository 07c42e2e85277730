"""The way of a case as one table: the moves, where they lead, and who may make them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is in a dataset; `SYSTEM` is no person."""

    STUDENT = "student"
    READER = "reader"
    MANAGER = "manager"
    OPERATOR = "operator"
    SYSTEM = "system"


class Stage(StrEnum):
    """The place of a case on its way."""

    RECEIVED = "received"
    QUEUED = "queued"
    REFINING = "refining"
    CHECKING = "checking"
    READING = "reading"
    CONSENSUS = "consensus"
    FINAL = "final"
    EXCLUDED = "excluded"


class Move(StrEnum):
    """An arrow between two stages."""

    QUEUE = "queue"
    OFFER = "offer"
    SUBMIT_MASK = "submit_mask"
    RETURN_MASK = "return_mask"
    APPROVE_MASK = "approve_mask"
    RETURN_FROM_READING = "return_from_reading"
    CLOSE_READINGS = "close_readings"
    SETTLE = "settle"
    REOPEN = "reopen"
    REOPEN_MASK = "reopen_mask"
    EXCLUDE = "exclude"
    READMIT = "readmit"


@dataclass(frozen=True)
class Edge:
    """Where a move starts, where it ends, and the roles that may make it."""

    sources: tuple[Stage, ...]
    to: Stage
    by: tuple[Role, ...]


def _edge(*sources: Stage, to: Stage, by: tuple[Role, ...]) -> Edge:
    return Edge(sources, to, by)


_ALL_BUT_EXCLUDED = tuple(stage for stage in Stage if stage is not Stage.EXCLUDED)
_BEFORE_REFINING = (Stage.RECEIVED, Stage.QUEUED)

WORKFLOW: Final[dict[Move, Edge]] = {
    Move.QUEUE: _edge(Stage.RECEIVED, to=Stage.QUEUED, by=(Role.SYSTEM, Role.MANAGER)),
    Move.OFFER: _edge(*_BEFORE_REFINING, to=Stage.REFINING, by=(Role.SYSTEM, Role.MANAGER)),
    Move.SUBMIT_MASK: _edge(Stage.REFINING, to=Stage.CHECKING, by=(Role.STUDENT,)),
    Move.RETURN_MASK: _edge(Stage.CHECKING, to=Stage.REFINING, by=(Role.READER,)),
    Move.APPROVE_MASK: _edge(Stage.CHECKING, to=Stage.READING, by=(Role.READER,)),
    Move.RETURN_FROM_READING: _edge(
        Stage.READING, to=Stage.REFINING, by=(Role.READER, Role.MANAGER)
    ),
    Move.CLOSE_READINGS: _edge(Stage.READING, to=Stage.CONSENSUS, by=(Role.SYSTEM,)),
    Move.SETTLE: _edge(Stage.CONSENSUS, to=Stage.FINAL, by=(Role.SYSTEM, Role.READER)),
    Move.REOPEN: _edge(Stage.FINAL, to=Stage.CONSENSUS, by=(Role.READER, Role.MANAGER)),
    Move.REOPEN_MASK: _edge(Stage.FINAL, to=Stage.REFINING, by=(Role.READER, Role.MANAGER)),
    Move.EXCLUDE: _edge(*_ALL_BUT_EXCLUDED, to=Stage.EXCLUDED, by=(Role.MANAGER,)),
    Move.READMIT: _edge(Stage.EXCLUDED, to=Stage.RECEIVED, by=(Role.MANAGER,)),
}


class MoveNotAllowed(Exception):
    """A move that the stage or the person's role does not admit; the text says what the case is."""


def moves_from(stage: Stage, roles: frozenset[Role]) -> tuple[Move, ...]:
    """Return the moves that a person with these roles has at this stage, in table order."""
    return tuple(
        move
        for move, edge in WORKFLOW.items()
        if stage in edge.sources and roles.intersection(edge.by)
    )


def destination(move: Move, stage: Stage, role: Role) -> Stage:
    """Return the stage a move leads to.

    Raises:
        MoveNotAllowed: if the case is not at a stage where the move starts, or the role may not.
    """
    edge = WORKFLOW[move]
    if stage not in edge.sources:
        raise MoveNotAllowed(
            f"the case is at stage {stage.value}; {move.value} does not start there"
        )
    if role not in edge.by:
        raise MoveNotAllowed(f"the role {role.value} may not make the move {move.value}")
    return edge.to
