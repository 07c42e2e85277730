"""The log of acts on a mask, any moment of it, and versions that lost a race."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Max, Q
from numpy.typing import NDArray

from annotation.bridge.packing import UnknownFormat
from annotation.bridge.runs import decode_runs, encode_runs
from annotation.bridge.strokes import apply_stroke, parse_stroke
from annotation.domain.refusals import ContentRefused, NotVisible
from annotation.domain.vertebrae import LEVELS
from annotation.domain.workflow import Role
from annotation.refinement.models import MaskRevision, MaskTrack, Stroke
from annotation.refinement.replay import map_sha256
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, User
from annotation.studies.selectors import levels_of, require_role, vertebrae_of
from annotation.studies.volumes import grid_of

_WITHOUT_BODY: Final = ("id", "sequence", "tool", "number", "n_voxels", "n_levels", "author", "at")

Levels = dict[int, str | None]


def acts_of(track: MaskTrack, *, whole: bool, after: int = 0) -> list[Stroke]:
    """Return the acts of a track in order, those of the stage the case is at or all.

    Only those that follow on act `after` are listed: what a page that watches has not yet seen.
    Bodies are fetched only of acts that change levels.
    """
    rows = track.strokes.select_related("author").order_by("sequence")
    rows = rows.filter(sequence__gt=after)
    if not whole:
        rows = rows.filter(at__gte=track.case.stage_since)
    bodies = dict(rows.filter(n_levels__gt=0).values_list("pk", "body"))
    found = list(rows.only(*_WITHOUT_BODY, "author__first_name", "author__last_name"))
    for row in found:
        if row.pk in bodies:
            row.body = bodies[row.pk]
    return found


def describe_act(act: Stroke, user: User) -> dict[str, Any]:
    """Return an act as it is shown to a person."""
    changes = parse_stroke(bytes(act.body)).levels if act.n_levels else ()
    return {
        "sequence": act.sequence,
        "tool": act.tool,
        "number": act.number,
        "n_voxels": act.n_voxels,
        "levels": [{"number": one.number, "from": one.old, "to": one.new} for one in changes],
        "mine": act.author_id == user.pk,
        "by": act.author.display_name,
        "at": act.at,
    }


def act_bytes(track: MaskTrack, sequence: int) -> bytes:
    """Return one act as it came.

    Raises:
        NotVisible: if the track has no act of this number.
    """
    found = track.strokes.filter(sequence=sequence).first()
    if found is None:
        raise NotVisible(f"The mask has no act {sequence}.", code="no_act")
    return bytes(found.body)


def mask_at(track: MaskTrack, sequence: int) -> tuple[MaskRevision, NDArray[np.uint8]]:
    """Return the mask after an act, 0 for the start, and the revision it was replayed from.

    Raises:
        NotVisible: if the track has no such moment.
    """
    revision = track.revisions.filter(last_sequence__lte=sequence).order_by("-number").first()
    if revision is None:
        raise NotVisible("The mask has not begun yet.", code="no_revision")
    mask = decode_runs(blob_store().read(revision.blob))
    later = track.strokes.filter(sequence__gt=revision.last_sequence, sequence__lte=sequence)
    strokes = list(later.order_by("sequence"))
    if revision.last_sequence + len(strokes) != sequence:
        raise NotVisible(f"The mask has no act {sequence}.", code="no_act")
    for stroke in strokes:
        apply_stroke(mask, parse_stroke(bytes(stroke.body)))
    return revision, mask


def levels_at(track: MaskTrack, sequence: int) -> Levels:
    """Return the levels after an act: those of now, with later level changes taken back."""
    known = levels_of(track.case)
    numbers = vertebrae_of(track.case).values_list("number", flat=True)
    levels: Levels = {number: known.get(number) for number in numbers}
    later = track.strokes.filter(n_levels__gt=0, sequence__gt=sequence).order_by("-sequence")
    for stroke in later:
        for change in parse_stroke(bytes(stroke.body)).levels:
            levels[change.number] = change.old
    return levels


def write_line(levels: Mapping[int, str | None]) -> str:
    """Return levels as one line: ``1=T12,2=L1,3=``; an empty one has none."""
    return ",".join(f"{number}={level or ''}" for number, level in sorted(levels.items()))


def read_line(line: str) -> Levels:
    """Read what `write_line` writes.

    Raises:
        ContentRefused: if it is another line, or names what is no level.
    """
    levels: Levels = {}
    for part in filter(None, line.split(",")):
        number, _, level = part.partition("=")
        if not number.isdecimal() or (level and level not in LEVELS):
            raise ContentRefused(f"{part!r} gives no vertebra a level.", code="invalid")
        levels[int(number)] = level or None
    return levels


def revisions_of(case: Case, *, own: User | None = None) -> list[MaskRevision]:
    """Return every whole mask kept of the main mask, and the versions that lost a race.

    With `own`, those of this person's independent mask.
    """
    if own is None:
        tracks = Q(track__kind__in=(MaskTrack.Kind.MAIN, MaskTrack.Kind.VERSION))
    else:
        kinds = (MaskTrack.Kind.INDEPENDENT, MaskTrack.Kind.OWN_VERSION)
        tracks = Q(track__kind__in=kinds, track__author=own)
    found = MaskRevision.objects.filter(tracks, track__case=case)
    return list(found.select_related("track", "author").order_by("at", "pk"))


def describe_revision(revision: MaskRevision) -> dict[str, Any]:
    """Return a revision as it is shown in the history of a mask."""
    return {
        "id": revision.pk,
        "track": revision.track.kind,
        "number": revision.number,
        "sequence": revision.last_sequence,
        "cause": revision.cause,
        "author_kind": revision.author_kind,
        "by": revision.author.display_name if revision.author else "",
        "at": revision.at,
    }


def get_version(case: Case, key: int, *, own: User | None = None) -> MaskRevision:
    """Return a version that lost a race; with `own`, of this person's independent mask.

    Raises:
        NotVisible: if the case has no such version.
    """
    tracks = Q(track__kind=MaskTrack.Kind.VERSION)
    if own is not None:
        tracks = Q(track__kind=MaskTrack.Kind.OWN_VERSION, track__author=own)
    found = MaskRevision.objects.filter(tracks, track__case=case, pk=key).first()
    if found is None:
        raise NotVisible("The case has no such version.", code="no_revision")
    return found


@transaction.atomic
def keep_version(
    case: Case,
    *,
    by: User,
    body: bytes,
    base: int,
    levels: Levels,
    kind: str = MaskTrack.Kind.VERSION,
) -> MaskRevision:
    """Keep a person's version of a mask that could not follow on what others had made meanwhile.

    It stands beside the track and is part of the history of the mask. The same version twice is
    kept once.

    Args:
        case: at any stage; what a person made is kept even where the mask is closed.
        by: a student or reader of the dataset.
        body: lamina.runs/1 of the whole mask.
        base: the act of the main track that the version stands on.
        levels: level by vertebra number, as the person had them.
        kind: `OWN_VERSION` beside an independent mask.

    Raises:
        NotPermitted: if the person works on no masks here.
        ContentRefused: if the bytes are no mask of this case.
    """
    require_role(by, case.dataset, Role.STUDENT, Role.READER)
    mask = _whole_mask(case, body)
    track, _ = MaskTrack.objects.get_or_create(case=case, kind=kind, author=by)
    MaskTrack.objects.select_for_update().get(pk=track.pk)
    sha256, line = map_sha256(mask), write_line(levels)
    same = track.revisions.filter(map_sha256=sha256, last_sequence=base, levels=line).first()
    if same is not None:
        return same
    newest = track.revisions.aggregate(newest=Max("number"))["newest"]
    return MaskRevision.objects.create(
        track=track,
        number=0 if newest is None else newest + 1,
        blob=blob_store().put(encode_runs(mask)),
        map_sha256=sha256,
        last_sequence=base,
        levels=line,
        author=by,
        author_kind=MaskRevision.AuthorKind.PERSON,
        cause=MaskRevision.Cause.CONFLICT,
    )


def _whole_mask(case: Case, body: bytes) -> NDArray[np.uint8]:
    try:
        mask = decode_runs(body)
    except UnknownFormat as error:
        raise ContentRefused(str(error), code="unknown_format") from None
    if mask.shape != grid_of(case.volume).shape:
        raise ContentRefused("The mask does not lie on the grid of the case.", code="wrong_grid")
    return mask
