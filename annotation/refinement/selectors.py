"""Masks, leases and problems of a case, as others may ask for them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from annotation.domain.frames import Frame
from annotation.domain.grammar import Bone, SpineProblem, spine_problems
from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Move, Stage
from annotation.refinement.models import Lease, MaskRevision, MaskTrack
from annotation.refinement.replay import current_state
from annotation.studies.anomalies import declared_anomalies
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, CaseEvent, User
from annotation.studies.selectors import levels_of, stage_shown_to, vertebrae_of
from annotation.studies.volumes import grid_of, load_ct

KEPT_FINDINGS: Final = 32
SHARED: Final = (MaskTrack.Kind.MAIN, MaskTrack.Kind.IMPORTED, MaskTrack.Kind.CONSENSUS)
"""Tracks of no author; of an author's a person sees the own alone."""
_CLOSED: Final = (Stage.CONSENSUS.value, Stage.FINAL.value)
_found: dict[tuple[object, ...], tuple[SpineProblem, ...]] = {}
_RETURNS = (Move.RETURN_MASK.value, Move.RETURN_FROM_READING.value)


def find_track(case: Case, kind: str = MaskTrack.Kind.MAIN) -> MaskTrack | None:
    """Return the shared track of a kind, None where there is none yet."""
    return MaskTrack.objects.filter(case=case, kind=kind, author__isnull=True).first()


def get_track(case: Case, kind: str = MaskTrack.Kind.MAIN) -> MaskTrack:
    """Return the shared track of a kind.

    Raises:
        NotVisible: if the case has no such track.
    """
    track = find_track(case, kind)
    if track is None:
        raise NotVisible("This case has no such mask.", code="no_mask")
    return track


def get_track_for(user: User, case: Case, kind: str) -> MaskTrack:
    """Return the shared track of a kind, as a person may see it.

    A consensus mask is made of others' masks: whoever reads the case does not see it.

    Raises:
        NotVisible: if the case has no such mask, in the same words where it is hidden.
    """
    is_shown = kind != MaskTrack.Kind.CONSENSUS or stage_shown_to(user, case) in _CLOSED
    return get_track(case, kind if is_shown else "")


def get_revision(track: MaskTrack, number: int) -> MaskRevision:
    """Return one revision of a track.

    Raises:
        NotVisible: if there is none of this number.
    """
    found = track.revisions.filter(number=number).first()
    if found is None:
        raise NotVisible(f"The mask has no revision {number}.", code="no_revision")
    return found


def starting_revision(track: MaskTrack) -> MaskRevision:
    """Return the mask that people began with: the newest start.

    Raises:
        NotVisible: if the track has not begun.
    """
    begun = track.revisions.filter(cause=MaskRevision.Cause.START)
    found = begun.order_by("-number").first()
    if found is None:
        raise NotVisible("The mask has not begun yet.", code="no_revision")
    return found


def submitted_revision(track: MaskTrack) -> MaskRevision:
    """Return the mask as it was last handed in for checking.

    Raises:
        NotVisible: if it never was.
    """
    handed_in = track.revisions.filter(cause=MaskRevision.Cause.SUBMIT)
    found = handed_in.order_by("-number").first()
    if found is None:
        raise NotVisible("The mask was not handed in yet.", code="no_revision")
    return found


def bytes_of(revision: MaskRevision) -> bytes:
    """Return a revision as lamina.runs/1."""
    return blob_store().read(revision.blob)


def newest_revision(case: Case) -> MaskRevision | None:
    """Return the newest revision of the main track: of a final case, its final mask."""
    revisions = MaskRevision.objects.filter(
        track__case=case, track__kind=MaskTrack.Kind.MAIN, track__author__isnull=True
    )
    return revisions.order_by("-number").first()


def newest_shared(cases: QuerySet[Case]) -> QuerySet[MaskRevision]:
    """Return the newest revision of every shared track of some cases, by track."""
    later = MaskRevision.objects.filter(track=OuterRef("track"), number__gt=OuterRef("number"))
    rows = MaskRevision.objects.filter(track__case__in=cases, track__author__isnull=True)
    return rows.filter(~Exists(later)).select_related("track").order_by("track")


def tracks_for(user: User, case: Case) -> list[MaskRevision]:
    """Return the newest revision of every shared track of a case that a person may see."""
    rows = newest_shared(Case.objects.filter(pk=case.pk))
    if stage_shown_to(user, case) not in _CLOSED:
        rows = rows.exclude(track__kind=MaskTrack.Kind.CONSENSUS)
    return list(rows)


def current_mask(case: Case) -> NDArray[np.uint8]:
    """Return the main mask as it is now, shape (k, j, i), not writable.

    Raises:
        NotVisible: if the case has no main track.
        Conflict: if the track has no revision.
    """
    return current_state(get_track(case)).mask


def numbers_in(mask: NDArray[np.uint8]) -> frozenset[int]:
    """Return the vertebra numbers that have voxels in a mask, plane by plane to spare memory."""
    found = np.zeros(256, bool)
    for plane in mask:
        found |= np.bincount(plane.reshape(-1), minlength=256) > 0
    return frozenset(int(number) for number in np.flatnonzero(found) if number)


def numbers_painted(case: Case) -> frozenset[int]:
    """Return the vertebra numbers that have voxels in the main mask; empty without a mask."""
    if newest_revision(case) is None:
        return frozenset()
    return numbers_in(current_mask(case))


def lease_of(case: Case) -> Lease | None:
    """Return the lease that holds now, None where it ran out or nobody has taken it."""
    lease = Lease.objects.filter(case=case, until__gt=timezone.now())
    return lease.select_related("holder", "asked_by").first()


def bones_of(case: Case) -> list[Bone]:
    """Return the vertebrae of a case with the levels that count."""
    levels = levels_of(case)
    return [Bone(row.number, levels.get(row.number)) for row in vertebrae_of(case)]


def problems_of(case: Case) -> Sequence[SpineProblem]:
    """Return what the grammar of the spine finds in the main mask, blocking problems first.

    What was found in the same mask with the same names is not looked for again.
    """
    state = current_state(get_track(case))
    bones = tuple(bones_of(case))
    anomalies, scheme = declared_anomalies(case), case.dataset.level_scheme
    revision = (state.revision.pk, state.revision.map_sha256)
    key = (case.pk, *revision, state.last_stroke, bones, anomalies, scheme)
    found = _found.get(key)
    if found is None:
        grid = grid_of(case.volume)
        has_hu = grid.frame is Frame.PATIENT_MM  # grey values of a radiograph are no density
        hu = np.asarray(load_ct(case.volume).hu, dtype=np.int16) if has_hu else None
        found = tuple(
            spine_problems(state.mask, grid, bones, hu=hu, anomalies=anomalies, scheme=scheme)
        )
        while len(_found) >= KEPT_FINDINGS:
            _found.pop(next(iter(_found)), None)
        _found[key] = found
    return found


def last_submission(case: Case) -> CaseEvent | None:
    """Return the newest submission of the mask; its `by` is the student who refined the case."""
    events = CaseEvent.objects.filter(case=case, move=Move.SUBMIT_MASK.value)
    return events.select_related("by").order_by("-id").first()


def standing_return(case: Case) -> CaseEvent | None:
    """Return the event by which the case came back to refining, None if it did not."""
    if case.stage != Stage.REFINING.value:
        return None
    arrivals = CaseEvent.objects.filter(case=case, to_stage=Stage.REFINING.value)
    last = arrivals.select_related("by").order_by("-id").first()
    return last if last is not None and is_return(last) else None


def is_return(event: CaseEvent) -> bool:
    """Tell whether a case came back to refining by this event."""
    return event.move in _RETURNS


def person_shown(event: CaseEvent) -> str:
    """Return who made a move, as others may see it: who reads a case stays unnamed."""
    if event.by is None or event.from_stage == Stage.READING.value:
        return ""
    user: User = event.by
    return user.display_name


def events_until(case: Case, stage: str) -> list[CaseEvent]:
    """Return the moves of a case up to its last arrival at a stage; all where it is there now."""
    events = list(case.events.select_related("by", "case").order_by("id"))
    if stage == case.stage:
        return events
    arrivals = [place for place, event in enumerate(events) if event.to_stage == stage]
    return events[: arrivals[-1] + 1] if arrivals else []
