"""Verbs on masks: start a track, record strokes, keep revisions, submit, return, approve."""

from collections.abc import Callable
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from annotation.bridge.packing import UnknownFormat
from annotation.bridge.planes import Planes
from annotation.bridge.runs import decode_runs, encode_runs
from annotation.bridge.strokes import BaseMismatch, parse_stroke
from annotation.bridge.strokes import Stroke as StrokeMessage
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import WORKFLOW, Move, Role, Stage, destination
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import newest_proposal
from annotation.refinement import leases, levels, selectors, ticks
from annotation.refinement.models import Lease, MaskRevision, MaskTrack, Stroke
from annotation.refinement.overrides import Standing, rest_on_overrides, standing_problems
from annotation.refinement.replay import MaskState, current_state, keep, map_sha256
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, User
from annotation.studies.qualifying import require_qualified
from annotation.studies.selectors import role_for, roles_in
from annotation.studies.services import advance_case
from annotation.studies.volumes import grid_of

AuthorKind = MaskRevision.AuthorKind
Cause = MaskRevision.Cause

_Guard = Callable[[], None]
_PAINTED: Final = (MaskTrack.Kind.MAIN, MaskTrack.Kind.INDEPENDENT)
RETURN_REASONS: Final = ("leak", "missing_part", "wrong_level", "fused", "artefact", "other")


@transaction.atomic
def start_main_track(
    case: Case,
    *,
    mask: NDArray[np.uint8] | None,
    author_kind: str,
    preannotation: PreAnnotation | None = None,
) -> MaskRevision:
    """Give a case the mask its refinement begins with.

    An untouched start is followed by another when a new model proposes anew; a mask that a person
    has worked on is never replaced.

    Args:
        case: the case.
        mask: vertebra numbers, uint8, shape (k, j, i) of the working grid; None for an empty one.
        author_kind: model, import or empty.
        preannotation: the proposal the mask came from.

    Raises:
        ContentRefused: if the mask does not fit the grid or holds a number that is no vertebra.
        Conflict: code `mask_touched`, if a person has worked on the mask.
    """
    track, _ = MaskTrack.objects.get_or_create(case=case, kind=MaskTrack.Kind.MAIN, author=None)
    MaskTrack.objects.select_for_update().get(pk=track.pk)
    if is_touched(track):
        raise Conflict("A person has worked on this mask; it stays.", code="mask_touched")
    shape = grid_of(case.volume).shape
    labels = np.zeros(shape, np.uint8) if mask is None else np.array(mask, order="C")
    _refuse_strange_mask(case, labels, shape)
    return _write_revision(
        track, labels, cause=Cause.START, author_kind=author_kind, preannotation=preannotation
    )


def is_touched(track: MaskTrack) -> bool:
    """Tell whether a person has worked on a track."""
    return track.strokes.exists() or track.revisions.exclude(cause=Cause.START).exists()


def ensure_main_track(case: Case) -> None:
    """Give a case that arrives at refining a mask to begin with, if it has none.

    It is the newest delivered proposal's, or an empty one.
    """
    if selectors.newest_revision(case) is not None:
        return
    proposal = newest_proposal(case)
    if proposal is None or not proposal.mask_blob:
        start_main_track(case, mask=None, author_kind=AuthorKind.EMPTY)
    else:
        mask = decode_runs(blob_store().read(proposal.mask_blob))
        start_main_track(case, mask=mask, author_kind=AuthorKind.MODEL, preannotation=proposal)


def _refuse_strange_mask(case: Case, mask: NDArray[np.uint8], shape: tuple[int, ...]) -> None:
    if mask.dtype != np.uint8 or mask.shape != shape:
        raise ContentRefused("The mask does not lie on the grid of the case.", code="wrong_grid")
    known = set(case.vertebrae.values_list("number", flat=True))
    strange = sorted(selectors.numbers_in(mask) - known)
    if strange:
        raise ContentRefused(
            f"The mask holds the number {strange[0]}, which is no vertebra of the case.",
            code="unknown_vertebra",
        )


@transaction.atomic
def record_stroke(track: MaskTrack, *, by: User, body: bytes) -> dict[str, object]:
    """Keep one act; what this returns is acknowledged and durable once the call has returned.

    The same stroke may come twice without effect. Every `STROKES_PER_REVISION` strokes the whole
    mask is kept as a revision.

    Args:
        track: the track it was painted on.
        by: the holder of the case.
        body: lamina.stroke/2, or /1 of an older page.

    Returns:
        `acknowledged` sequence, newest `revision`, and whether it is a `duplicate`.

    Raises:
        ContentRefused: if the bytes are no stroke or paint what is no vertebra.
        Conflict: `not_holder`, or `base_mismatch` with `expected_sequence` where the stroke does
            not follow on what is kept.
    """

    def require_holder() -> None:
        leases.renew_held(track.case, by=by)
        leases.require_worker(track.case, by)

    return record_act(track, by=by, body=body, allow=require_holder)


@transaction.atomic
def record_act(track: MaskTrack, *, by: User, body: bytes, allow: _Guard) -> dict[str, object]:
    """Keep one act of whoever `allow` does not refuse; see `record_stroke`."""
    message = _parse(track, body)
    same = Stroke.objects.filter(pk=message.heading.id)
    if not same.exists():
        allow()
        MaskTrack.objects.select_for_update().get(pk=track.pk)
    known = same.first()  # asked again under the lock: the same stroke may be coming twice now
    if known is not None:
        return _acknowledge_again(track, known, by, body)
    return _record_next(track, message, by, body)


def _record_next(
    track: MaskTrack, message: StrokeMessage, by: User, body: bytes
) -> dict[str, object]:
    before = current_state(track)
    _refuse_other_base(track, before, message)
    _refuse_other_levels(track.case, before, message)
    after = _applied(before, message)
    if track.kind == MaskTrack.Kind.MAIN:
        levels.write_levels(track.case, message.levels, by=by)
        ticks.reopen_levels(track, message)
    stroke = Stroke.objects.create(
        id=message.heading.id,
        track=track,
        sequence=message.heading.sequence,
        base=before.revision,
        author=by,
        tool=int(message.heading.tool),
        number=message.heading.number,
        n_levels=len(message.levels),
        n_voxels=message.n_voxels,
        body=body,
    )
    state = MaskState(before.revision, stroke.sequence, stroke.pk, after)
    revision = before.revision
    if stroke.sequence - revision.last_sequence >= settings.STROKES_PER_REVISION:
        revision = keep_revision(track, state, cause=Cause.INTERVAL, by=by)
    else:
        transaction.on_commit(lambda: keep(state))
    return {
        "acknowledged": stroke.sequence,
        "revision": revision.number,
        "duplicate": False,
    }


def _parse(track: MaskTrack, body: bytes) -> StrokeMessage:
    try:
        message = parse_stroke(body)
    except UnknownFormat as error:
        raise ContentRefused(str(error), code="unknown_format") from None
    if message.heading.track != 0 or track.kind not in _PAINTED:
        raise ContentRefused("This track is not painted.", code="unknown_track")
    if message.levels and track.kind != MaskTrack.Kind.MAIN:
        raise ContentRefused("An independent mask names no levels.", code="levels_stay")
    return message


def _acknowledge_again(track: MaskTrack, known: Stroke, by: User, body: bytes) -> dict[str, object]:
    if known.track_id != track.pk or known.author_id != by.pk or bytes(known.body) != body:
        raise ContentRefused("Another stroke has this id.", code="stroke_id_used")
    newest = track.revisions.aggregate(newest=Max("number"))["newest"]
    return {"acknowledged": known.sequence, "revision": newest, "duplicate": True}


def _refuse_other_base(track: MaskTrack, state: MaskState, message: StrokeMessage) -> None:
    start = track.revisions.filter(cause=Cause.START).aggregate(newest=Max("number"))["newest"]
    is_known = start <= message.heading.base_revision <= state.revision.number
    if message.heading.sequence != state.last_sequence + 1 or not is_known:
        raise _base_mismatch(
            state,
            f"The mask stands at stroke {state.last_sequence}, revision {state.revision.number}.",
        )


def _refuse_other_levels(case: Case, state: MaskState, message: StrokeMessage) -> None:
    try:
        numbers = levels.numbers_after(case, message.levels)
    except levels.LevelMismatch as error:
        raise _base_mismatch(state, f"The levels are others: {error}.") from None
    painted = {int(value) for value in np.unique(message.new)} - {0}
    strange = sorted(painted - numbers)
    if strange:
        raise ContentRefused(
            f"The stroke paints the number {strange[0]}, which is no vertebra of the case.",
            code="unknown_vertebra",
        )


def _applied(state: MaskState, message: StrokeMessage) -> Planes:
    try:
        return state.planes.after(message)
    except BaseMismatch as error:
        raise _base_mismatch(state, f"The mask is another: {error}.") from None
    except UnknownFormat as error:
        raise ContentRefused(str(error), code="unknown_format") from None


def _base_mismatch(state: MaskState, detail: str) -> Conflict:
    return Conflict(detail, code="base_mismatch", expected_sequence=state.last_sequence + 1)


def keep_revision(
    track: MaskTrack, state: MaskState, *, cause: str, by: User | None
) -> MaskRevision:
    """Keep a state of a track as its next revision."""
    return _write_revision(
        track,
        state.mask,
        cause=cause,
        author_kind=AuthorKind.PERSON,
        by=by,
        last_sequence=state.last_sequence,
    )


def _write_revision(  # noqa: PLR0913 - one row, one writer
    track: MaskTrack,
    mask: NDArray[np.uint8],
    *,
    cause: str,
    author_kind: str,
    by: User | None = None,
    preannotation: PreAnnotation | None = None,
    last_sequence: int = 0,
) -> MaskRevision:
    newest = track.revisions.aggregate(newest=Max("number"))["newest"]
    revision = MaskRevision.objects.create(
        track=track,
        number=0 if newest is None else newest + 1,
        blob=blob_store().put(encode_runs(mask)),
        map_sha256=map_sha256(mask),
        last_sequence=last_sequence,
        author=by,
        author_kind=author_kind,
        cause=cause,
        preannotation=preannotation,
    )
    state = MaskState(revision, last_sequence, None, Planes.of(mask))
    transaction.on_commit(lambda: keep(state))
    return revision


@transaction.atomic
def take_lease(case: Case, *, by: User, take_over: bool = False) -> Lease:
    """Lend a case to a person; what its former holder painted is kept as a revision.

    Raises:
        Conflict: if someone else holds it and it is not to be taken over.
        NotPermitted: if the person does not work at this stage.
    """
    lease, changed_hands = leases.take_lease(case, by=by, take_over=take_over)
    track = selectors.find_track(case)
    if changed_hands and track is not None:
        _keep_work_of_another(track, by)
    return lease


@transaction.atomic
def hand_over(case: Case, *, by: User) -> Lease:
    """Lend a case on to whoever asked for it; what its holder painted is kept as a revision.

    Raises:
        Conflict: `not_holder`, or `nobody_asked`.
    """
    lease = leases.hand_over(case, by=by)
    track = selectors.find_track(case)
    if track is not None:
        _keep_work_of_another(track, lease.holder)
    return lease


def _keep_work_of_another(track: MaskTrack, by: User) -> None:
    last = track.strokes.select_related("author").order_by("-sequence").first()
    if last is None or last.author_id == by.pk:
        return
    state = current_state(track)
    if state.last_sequence > state.revision.last_sequence:
        keep_revision(track, state, cause=Cause.HAND_OVER, by=last.author)


@transaction.atomic
def submit_mask(case: Case, *, by: User, note: str = "") -> None:
    """Hand a refined mask in for checking.

    Raises:
        ContentRefused: with `problems`, if some stop a submission.
    """
    role = _role(case, by, Move.SUBMIT_MASK)
    standing = _refuse_problems(case)
    _close_work(case, by, Cause.SUBMIT)
    event = advance_case(case, move=Move.SUBMIT_MASK, by=by, role=role, note=note)
    rest_on_overrides(case, event, standing)


@transaction.atomic
def return_mask(case: Case, *, by: User, reason: str, note: str = "") -> None:
    """Give a mask back to refinement with a reason.

    Raises:
        ContentRefused: if the reason is none of `RETURN_REASONS`.
    """
    role = _role(case, by, Move.RETURN_MASK)
    refuse_unknown_reason(reason)
    _close_work(case, by, Cause.RETURN)
    advance_case(case, move=Move.RETURN_MASK, by=by, role=role, reason=reason, note=note)


@transaction.atomic
def approve_mask(case: Case, *, by: User, note: str = "") -> None:
    """Accept a checked mask; what the checker painted is part of it.

    Raises:
        ContentRefused: with `problems`, if some stop it.
    """
    role = _role(case, by, Move.APPROVE_MASK)
    require_qualified(by, case.dataset, role)
    standing = _refuse_problems(case)
    _close_work(case, by, Cause.APPROVE)
    event = advance_case(case, move=Move.APPROVE_MASK, by=by, role=role, note=note)
    rest_on_overrides(case, event, standing)


def refuse_unknown_reason(reason: str) -> None:
    """Refuse a reason for returning that is none of `RETURN_REASONS`.

    Raises:
        ContentRefused: naming those that are.
    """
    if reason not in RETURN_REASONS:
        raise ContentRefused(
            f"A case is returned for one of: {', '.join(RETURN_REASONS)}.", code="unknown_reason"
        )


def _role(case: Case, by: User, move: Move) -> Role:
    """Return the role by which a person makes a move now."""
    if not roles_in(by, case.dataset).intersection(WORKFLOW[move].by):
        names = " or ".join(role.value for role in WORKFLOW[move].by)
        raise NotPermitted(f"Only a {names} of this dataset may do this.")
    role = role_for(by, case, move)
    destination(move, Stage(case.stage), role)
    leases.require_not_held_by_other(case, by)
    return role


def _refuse_problems(case: Case) -> list[Standing]:
    standing = standing_problems(case)
    stopping = [one.describe() for one in standing if one.is_stopping]
    if stopping:
        verb = "problem stops" if len(stopping) == 1 else "problems stop"
        raise ContentRefused(f"{len(stopping)} {verb} this.", code="problems", problems=stopping)
    return standing


def _close_work(case: Case, by: User, cause: str) -> None:
    Lease.objects.filter(case=case).delete()  # before the track, as a stroke locks them too
    track = MaskTrack.objects.select_for_update().get(pk=selectors.get_track(case).pk)
    keep_revision(track, current_state(track), cause=cause, by=by)
