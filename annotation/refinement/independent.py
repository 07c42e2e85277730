"""Independent masks: several people paint one case, each on a track of their own, blind.

Levels are named in the check; an independent mask holds voxels alone. Nobody else paints on it, so
no lease guards it; what two browsers of one person send is put in order by its sequence numbers.
"""

from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from annotation.bridge.runs import encode_runs
from annotation.domain.refusals import NotVisible
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.replay import current_state, map_sha256
from annotation.refinement.selectors import newest_revision
from annotation.refinement.services import is_touched, keep_revision
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, User
from annotation.studies.volumes import grid_of

_Cause = MaskRevision.Cause
_AuthorKind = MaskRevision.AuthorKind


def find_independent(case: Case, author: User) -> MaskTrack | None:
    """Return a person's independent mask of a case, None where it has not begun."""
    rows = MaskTrack.objects.filter(case=case, kind=MaskTrack.Kind.INDEPENDENT, author=author)
    return rows.select_related("case__volume").first()


def get_independent(case: Case, author: User) -> MaskTrack:
    """Return a person's independent mask of a case.

    Raises:
        NotVisible: if it has not begun.
    """
    track = find_independent(case, author)
    if track is None:
        raise NotVisible("This case has no such mask.", code="no_mask")
    return track


@transaction.atomic
def begin_independent(case: Case, author: User, *, is_empty: bool) -> MaskTrack:
    """Give a person a mask of their own, which begins with the checked main mask or empty.

    Where the main mask was checked anew since, it begins again; what was painted before is kept in
    its history.
    """
    track, _ = MaskTrack.objects.get_or_create(
        case=case, kind=MaskTrack.Kind.INDEPENDENT, author=author
    )
    MaskTrack.objects.select_for_update().get(pk=track.pk)
    checked, start = newest_revision(case), _start_of(track)
    if checked is None or (start is not None and start.at >= checked.at):
        return track
    if is_touched(track):
        keep_revision(track, current_state(track), cause=_Cause.HAND_OVER, by=author)
    _start(track, checked, is_empty=is_empty)
    return track


def _start_of(track: MaskTrack) -> MaskRevision | None:
    return track.revisions.filter(cause=_Cause.START).order_by("-number").first()


def _start(track: MaskTrack, checked: MaskRevision, *, is_empty: bool) -> None:
    blob, sha256 = checked.blob, checked.map_sha256
    if is_empty:
        nothing = np.zeros(grid_of(track.case.volume).shape, np.uint8)
        blob, sha256 = blob_store().put(encode_runs(nothing)), map_sha256(nothing)
    newest = track.revisions.aggregate(n=Max("number"), last=Max("last_sequence"))
    MaskRevision.objects.create(
        track=track,
        number=0 if newest["n"] is None else newest["n"] + 1,
        blob=blob,
        map_sha256=sha256,
        last_sequence=newest["last"] or 0,
        author_kind=_AuthorKind.EMPTY if is_empty else checked.author_kind,
        cause=_Cause.START,
    )


def hand_in(track: MaskTrack, *, by: User) -> MaskRevision:
    """Keep an independent mask as its author hands it in."""
    MaskTrack.objects.select_for_update().get(pk=track.pk)
    return keep_revision(track, current_state(track), cause=_Cause.SUBMIT, by=by)


def is_unpainted(track: MaskTrack) -> bool:
    """Tell whether an independent mask holds no voxel."""
    return not any(plane.any() for plane in current_state(track).mask)


def handed_in(cases: QuerySet[Case]) -> dict[UUID, dict[int, MaskRevision]]:
    """Return the independent masks that were handed in, by case and their author's key.

    Those that began before the main mask was checked anew are left out: they stand on a mask that
    was taken back.
    """
    of_track = MaskRevision.objects.filter(track=OuterRef("track"), cause=_Cause.START)
    of_main = MaskRevision.objects.filter(
        track__case=OuterRef("track__case"), track__kind=MaskTrack.Kind.MAIN, track__author=None
    )
    rows = MaskRevision.objects.filter(
        track__case__in=cases, track__kind=MaskTrack.Kind.INDEPENDENT, cause=_Cause.SUBMIT
    ).annotate(begun=_newest_moment(of_track), checked=_newest_moment(of_main))
    found: dict[UUID, dict[int, MaskRevision]] = {}
    for row in rows.filter(begun__gte=F("checked")).select_related("track").order_by("number"):
        if row.track.author_id is not None:
            found.setdefault(row.track.case_id, {})[row.track.author_id] = row
    return found


def _newest_moment(revisions: QuerySet[MaskRevision]) -> Subquery:
    return Subquery(revisions.order_by("-number").values("at")[:1])
