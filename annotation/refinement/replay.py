"""The mask as it is: a revision and the strokes after it.

The database is the truth. What this process has replayed before is kept, and used only when the
last stroke it contains is still the stroke of that number in the database.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotation.bridge.planes import Planes
from annotation.bridge.runs import decode_runs
from annotation.bridge.strokes import parse_stroke
from annotation.domain.refusals import Conflict
from annotation.refinement.models import MaskRevision, MaskTrack, Stroke
from annotation.studies.blobs import blob_store

KEPT_MASKS: Final = 3

_Key = tuple[UUID, int, str, int]


@dataclass(frozen=True, eq=False)
class MaskState:
    """A track's mask at one moment.

    Attributes:
        revision: the newest revision it stands on.
        last_sequence: number of the last stroke it contains.
        last_stroke: that stroke's id, None where none follows the revision.
        planes: the vertebra numbers.
    """

    revision: MaskRevision
    last_sequence: int
    last_stroke: UUID | None
    planes: Planes

    @property
    def mask(self) -> NDArray[np.uint8]:
        """The vertebra numbers in one piece, uint8, shape (k, j, i), not writable."""
        return self.planes.whole()


_kept: OrderedDict[_Key, MaskState] = OrderedDict()
_lock = Lock()


def current_state(track: MaskTrack) -> MaskState:
    """Return the newest revision of a track with all later strokes applied.

    Raises:
        Conflict: if the track has no revision yet.
    """
    revision = track.revisions.order_by("-number").first()
    if revision is None:
        raise Conflict("This case has no mask yet.", code="no_mask")
    state = _kept_state(revision) or MaskState(
        revision,
        revision.last_sequence,
        None,
        Planes.of(decode_runs(blob_store().read(revision.blob))),
    )
    later = Stroke.objects.filter(track=track, sequence__gt=state.last_sequence)
    strokes = list(later.order_by("sequence"))
    if strokes:
        planes = state.planes
        for stroke in strokes:
            planes = planes.after(parse_stroke(bytes(stroke.body)))
        last = strokes[-1]
        state = MaskState(revision, last.sequence, last.pk, planes)
    keep(state)
    return state


def keep(state: MaskState) -> None:
    """Remember a state for the next request; the oldest are forgotten."""
    key = _key(state.revision)
    with _lock:
        _kept[key] = state
        _kept.move_to_end(key)
        while len(_kept) > KEPT_MASKS:
            _kept.popitem(last=False)


def map_sha256(mask: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of the label map's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(mask).data).hexdigest()


def _key(revision: MaskRevision) -> _Key:
    case_id = revision.track.case_id
    return (case_id, revision.pk, revision.map_sha256, revision.last_sequence)


def _kept_state(revision: MaskRevision) -> MaskState | None:
    with _lock:
        state = _kept.get(_key(revision))
    if state is None or state.last_stroke is None:
        return state
    same = Stroke.objects.filter(
        pk=state.last_stroke, track=revision.track_id, sequence=state.last_sequence
    )
    return state if same.exists() else None
