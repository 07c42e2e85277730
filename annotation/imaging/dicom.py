"""DICOM files in, volumes out: each series accepted, or refused with a code, a reason and a place.

Files may come in any number and order and from several series, studies and patients. One bad file
or series never spoils the others, and nothing that is read out of a file reaches a message.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

import numpy as np

from annotation.imaging.allow import allowed_of, count_removed, identity_of
from annotation.imaging.frames import Frame, NotListed, Source, opened, read_frames, silenced
from annotation.imaging.pixels import (
    SliceReader,
    pixel_digest,
    refuse_frame_count,
    refuse_scale,
    refuse_syntax,
)
from annotation.imaging.radiographs import is_radiograph, read_radiograph
from annotation.imaging.results import (
    Allowed,
    Code,
    ImageRefused,
    Place,
    Removed,
    SeriesResult,
    SliceRow,
    Stored,
)
from annotation.imaging.stacking import (
    FEWEST_SLICES,
    Stack,
    correct_tilt,
    split_repeats,
    stack_frames,
)

MAX_BYTES: Final = 4 << 30
_LOG: Final = logging.getLogger(__name__)
_PROJECTIONS: Final = frozenset(
    {"PROJECTION IMAGE", "PROJECTION", "MIP", "MINIP", "MAX_IP", "MIN_IP", "VRT", "VOLUME_RENDER"}
)
_CAPTURES: Final = frozenset({"SCREEN SAVE", "SCREEN_SAVE", "SCREENSAVE"})
Progress = Callable[[float], None]


def is_dicom(source: Source) -> bool:
    """Tell whether a file has DICOM's preamble; old files without it are still read."""
    with opened(source) as stream:
        return stream.read(132)[128:] == b"DICM"


def read_series(
    sources: Iterable[Source], *, max_bytes: int = MAX_BYTES, progress: Progress | None = None
) -> list[SeriesResult]:
    """Read all series of a heap of files; see `iter_series`, which holds one volume at a time."""
    return list(iter_series(sources, max_bytes=max_bytes, progress=progress))


def iter_series(
    sources: Iterable[Source],
    *,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
    front: str | None = None,
) -> Iterator[SeriesResult]:
    """Yield one result per series or radiograph, and refusals, in order of appearance.

    Args:
        sources: paths or seekable streams, in any order.
        max_bytes: most bytes the voxels of one series may take.
        progress: called with the share of headers and slices read, 0-1.
        front: where the front lies in radiographs that do not say it, "left" or "right".

    Yields:
        Results with the neutral names "Series 1", "Series 2" and so on.
    """
    files = list(sources)
    tell = progress or (lambda _share: None)
    with silenced():
        frames, refusals = _read_headers(files, lambda share: tell(share / 2))
    names = (f"Series {n}" for n in count(1))
    groups = _grouped(frames)
    n_done = 0
    for group in groups:
        with silenced():
            results = _read_group_safely(group, files, max_bytes, front)
        n_done += len(group)
        tell(0.5 + n_done / len(frames) / 2)
        for result in results:
            yield replace(result, name=next(names))
    for (code, reason), n_files in refusals.items():
        yield SeriesResult(next(names), code, reason, n_slices=n_files)
    tell(1.0)


def _read_headers(
    files: Sequence[Source], tell: Progress
) -> tuple[list[Frame], dict[tuple[Code, str], int]]:
    frames: list[Frame] = []
    refusals: dict[tuple[Code, str], int] = {}
    for index, source in enumerate(files):
        try:
            frames.extend(read_frames(source, index))
        except ImageRefused as refused:
            key = (refused.code, refused.reason)
            refusals[key] = refusals.get(key, 0) + 1
        except NotListed:
            continue
        finally:
            tell((index + 1) / len(files))
    return frames, refusals


def _grouped(frames: Sequence[Frame]) -> list[list[Frame]]:
    groups: dict[tuple[object, ...], list[Frame]] = {}
    for frame in frames:
        groups.setdefault(_group_key(frame), []).append(frame)
    return list(groups.values())


def _group_key(frame: Frame) -> tuple[object, ...]:
    if is_radiograph(frame):
        return ("radiograph", frame.sop_uid)  # each is an image of its own
    header = frame.header
    identity = [
        str(header.get(key, ""))
        for key in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")
    ]
    size = [str(header.get(key, "")) for key in ("Rows", "Columns", "SamplesPerPixel")]
    rounded = [
        None if values is None else tuple((np.round(values, 3) + 0.0).tolist())
        for values in (frame.orientation, frame.spacing_mm)
    ]
    return (*identity, *size, *rounded, _kind(frame))


def _kind(frame: Frame) -> Code:
    """Return what a frame is by its type; ACCEPTED where it may be a slice."""
    values = set(frame.image_type)
    if str(frame.header.get("SamplesPerPixel", 1)) != "1":
        return Code.NOT_GREYSCALE
    if "LOCALIZER" in values:
        return Code.LOCALIZER
    if values & _CAPTURES:
        return Code.SECONDARY_CAPTURE
    return Code.PROJECTION if values & _PROJECTIONS else Code.ACCEPTED


_KIND_REASONS: Final = {
    Code.NOT_GREYSCALE: "a colour capture, not a CT",
    Code.LOCALIZER: "an overview picture (localizer), not a volume",
    Code.SECONDARY_CAPTURE: "a screen capture, not a CT",
    Code.PROJECTION: "a projection through the body, not a volume",
}


def _read_group_safely(
    group: list[Frame], files: list[Source], max_bytes: int, front: str | None
) -> list[SeriesResult]:
    """Read a group; what no rule foresaw becomes a refusal.

    The text of such an error may quote the file, so only its type is logged.
    """
    try:
        return list(_read_group(group, files, max_bytes, front))
    except Exception as error:
        _LOG.error("a series was refused after %s", type(error).__name__)
        reason = "the series cannot be read"
        return [SeriesResult("", Code.UNREADABLE, reason, n_slices=len(group))]


def _read_group(
    group: list[Frame], files: list[Source], max_bytes: int, front: str | None
) -> Iterator[SeriesResult]:
    blank = SeriesResult("", Code.ACCEPTED, "", n_slices=len(group))
    try:
        allowed = allowed_of(group[0].header)
        blank = replace(
            blank,
            allowed=allowed,
            removed=_removed(group, allowed),
            identity=identity_of(group[0].header),
        )
        if is_radiograph(group[0]):
            kept, notes = _without_copies(group, files)
            yield read_radiograph(replace(blank, notes=notes), kept[0], files, max_bytes, front)
            return
        _refuse_kind(group)
        kept, notes = _without_copies(group, files)
        _refuse_few(kept)
        parts = split_repeats(kept)
    except ImageRefused as refused:
        yield _refused(blank, refused)
        return
    for part in parts:
        yield _read_part(replace(blank, n_slices=len(part), notes=notes), part, files, max_bytes)


def _refuse_kind(group: Sequence[Frame]) -> None:
    kind = _kind(group[0])
    if kind is not Code.ACCEPTED:
        raise ImageRefused(kind, _KIND_REASONS[kind])
    if any(str(f.header.get("BurnedInAnnotation", "")).upper() == "YES" for f in group):
        raise ImageRefused(Code.BURNED_IN, "text is burned into the pictures")


def _refuse_few(frames: Sequence[Frame]) -> None:
    if len(frames) < FEWEST_SLICES:
        what = "one slice" if len(frames) == 1 else f"{len(frames)} slices"
        raise ImageRefused(Code.TOO_FEW_SLICES, f"{what}, not a volume")


def _without_copies(
    group: Sequence[Frame], files: Sequence[Source]
) -> tuple[list[Frame], tuple[str, ...]]:
    """Drop files that repeat a slice; refuse where two different ones claim to be it."""
    first: dict[tuple[str, int], Frame] = {}
    copies = 0
    for frame in group:
        known = first.setdefault((frame.sop_uid, frame.number), frame)
        if known is frame:
            continue
        if pixel_digest(files[known.source]) != pixel_digest(files[frame.source]):
            raise ImageRefused(Code.DUPLICATE_SOP, "two different files claim to be the same slice")
        copies += 1
    notes = (f"{copies} repeated files were left out (DUPLICATE_SOP)",) if copies else ()
    return list(first.values()), notes


def _read_part(
    blank: SeriesResult, part: list[Frame], files: list[Source], max_bytes: int
) -> SeriesResult:
    try:
        _refuse_few(part)
        stack = stack_frames(part)
        _refuse_content(stack, max_bytes)
        stored = _read_voxels(stack, files)
    except ImageRefused as refused:
        return _refused(blank, refused)
    uids = tuple(dict.fromkeys(frame.sop_uid for frame in stack.frames))
    accepted = replace(
        blank,
        code=Code.ACCEPTED,
        reason="a CT volume",
        place=Place(positions_mm=stack.positions_mm),
        stored=stored,
        slices=tuple(_slice_row(frame) for frame in stack.frames),
        identity=replace(blank.identity, sop_uids=uids),
    )
    if not stack.is_tilted:
        return accepted
    return replace(
        accepted,
        code=Code.TILT_CORRECTED,
        reason=f"a CT volume; the gantry's tilt of {stack.tilt_degrees:.1f} degrees was corrected",
        stored=correct_tilt(stored.voxels.astype(np.int16, copy=False), stack),
        original_grid=stack.grid,
        tilt_degrees=stack.tilt_degrees,
    )


def _refuse_content(stack: Stack, max_bytes: int) -> None:
    ni, nj, nk = stack.grid.dims
    if 2 * ni * nj * nk > max_bytes:
        raise ImageRefused(Code.TOO_LARGE, f"the voxels take more than {max_bytes >> 20} MiB")
    for frame in stack.frames:
        refuse_frame_count(frame)
        refuse_scale(frame)
        refuse_syntax(frame)


def _read_voxels(stack: Stack, files: list[Source]) -> Stored:
    voxels = np.empty(stack.grid.shape, np.int16)
    reader = SliceReader(files)
    for n, frame in enumerate(stack.frames):
        voxels[n] = reader.read_hu(frame, n + 1)
    return Stored(voxels, stack.grid)


def _slice_row(frame: Frame) -> SliceRow:
    position = [
        float(value) for value in (frame.position_mm if frame.position_mm is not None else ())
    ]
    return SliceRow(
        frame.sop_uid, frame.sop_class, frame.number, (position[0], position[1], position[2])
    )


def _removed(group: Sequence[Frame], allowed: Allowed) -> Removed:
    headers = {frame.source: frame.header for frame in group}
    return sum((count_removed(h, allowed) for h in headers.values()), Removed())


def _refused(blank: SeriesResult, refused: ImageRefused) -> SeriesResult:
    return replace(blank, code=refused.code, reason=refused.reason, place=refused.place)
