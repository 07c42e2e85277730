"""What a case is for one person now: which work waits there, and which moves are open."""

from annotation.consensus.waiting import Waiting, sittings_waiting
from annotation.domain.workflow import Move, Role, Stage, moves_from
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import newest_attempt
from annotation.reading.models import Reading
from annotation.reading.selectors import may_read, open_assignment, own_reading, stage_for
from annotation.studies.models import Case, User
from annotation.studies.selectors import roles_in

WORK = {
    Stage.REFINING: (Role.STUDENT, "refine"),
    Stage.CHECKING: (Role.READER, "check"),
    Stage.READING: (Role.READER, "read"),
    Stage.CONSENSUS: (Role.READER, "settle"),
}
NOTHING = Waiting(False, False)
WORK_KINDS = ("refine", "check", "read", "settle")


def work_of(user: User, case: Case) -> str | None:
    """Return what the person can do on the case now, None for nothing."""
    role, work = WORK.get(Stage(stage_for(user, case)), (Role.SYSTEM, ""))
    if role not in roles_in(user, case.dataset):
        return None
    if work == "settle":
        return work if waits_for(user, case).is_open else None
    return None if work == "read" and not _has_reading_to_do(user, case) else work


def waits_for(user: User, case: Case) -> Waiting:
    """Return what a case at consensus is for a reader; of other cases, nothing."""
    if stage_for(user, case) != Stage.CONSENSUS.value:
        return NOTHING
    return sittings_waiting(user, [case]).get(case.pk, NOTHING)


def open_moves(user: User, case: Case) -> list[str]:
    """Return the moves the person has; a failed pre-annotation may be asked for again."""
    stage = Stage(stage_for(user, case))
    moves = [move.value for move in moves_from(stage, roles_in(user, case.dataset))]
    if may_retry(user, case):
        moves.insert(0, Move.QUEUE.value)
    return moves


def may_retry(user: User, case: Case) -> bool:
    """Tell whether a case waits in the queue with nothing under way, and the person may ask."""
    if case.stage != Stage.QUEUED.value or Role.MANAGER not in roles_in(user, case.dataset):
        return False
    attempt = newest_attempt(case)
    return attempt is None or attempt.status == PreAnnotation.Status.FAILED


def _has_reading_to_do(user: User, case: Case) -> bool:
    if open_assignment(user, case) is not None:
        return True
    own = own_reading(user, case)
    is_handed_in = own is not None and own.status == Reading.Status.SUBMITTED
    return not is_handed_in and may_read(user, case)
