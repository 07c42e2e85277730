"""Keeps a canonical CT and its display copies, and gives it back.

``lamina.hu/1``, little endian: magic (16 bytes), u32 ni, u32 nj, u32 nk, 16 x f64 affine (rows of
the 4 x 4 matrix from voxel i, j, k to LPS millimetres), then int16 Hounsfield units in the flat
order of the array (k, j, i).
"""

import io
import struct
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from PIL import Image as Picture

from annotation.bridge.encode import Encoding, pack_slices, preview, preview_bytes, preview_factors
from annotation.bridge.meta import describe_volume, volume_hash, with_defaults
from annotation.bridge.packing import MAGIC_BYTES, UnknownFormat, magic, refuse_other
from annotation.domain.frames import Frame
from annotation.domain.geometry import Grid
from annotation.domain.geometry import Volume as Ct
from annotation.imaging.results import Radiograph
from annotation.storage.blobs import FileStore
from annotation.studies.blobs import blob_store
from annotation.studies.models import Volume

NAME: Final = "lamina.hu/1"
THUMBNAIL_PX: Final = 160
_HEADER: Final = struct.Struct("<3I16d")
_BONE_HU: Final = 200
_THUMBNAIL_WINDOW: Final = {"center": 400.0, "width": 1800.0}


def encode_ct(ct: Ct) -> bytes:
    """Return a canonical int16 CT as ``lamina.hu/1``."""
    header = _HEADER.pack(*ct.grid.dims, *ct.grid.affine_lps.reshape(-1))
    return magic(NAME) + header + np.ascontiguousarray(ct.hu, dtype="<i2").tobytes()


def decode_ct(content: bytes) -> Ct:
    """Return the CT of ``lamina.hu/1`` bytes.

    Raises:
        UnknownFormat: if they are not, or are cut off.
    """
    grid = decode_grid(content)
    begin = MAGIC_BYTES + _HEADER.size
    if len(content) != begin + 2 * int(np.prod(grid.dims)):
        raise UnknownFormat(f"{NAME}: the voxels are cut off")
    return Ct(np.frombuffer(content, "<i2", offset=begin).reshape(grid.shape), grid)


def decode_grid(content: bytes) -> Grid:
    """Return the grid of ``lamina.hu/1``, of which the beginning is enough.

    Raises:
        UnknownFormat: if the bytes are not, or the header is cut off.
    """
    refuse_other(content, NAME)
    if len(content) < MAGIC_BYTES + _HEADER.size:
        raise UnknownFormat(f"{NAME}: the header is cut off")
    ni, nj, nk, *affine = _HEADER.unpack_from(content, MAGIC_BYTES)
    return Grid((ni, nj, nk), np.asarray(affine).reshape(4, 4))


def load_ct(volume: Volume) -> Ct:
    """Return the stored CT or radiograph of a volume, read-only."""
    ct = decode_ct(blob_store().read(volume.hu_blob))
    return Ct(ct.hu, replace(ct.grid, frame=frame_of(volume)))


def frame_of(volume: Volume) -> Frame:
    """Return what the millimetres of a volume are."""
    return Frame(with_defaults(volume.meta)["frame"])


def grid_of(volume: Volume) -> Grid:
    """Return the grid of a volume."""
    ni, nj, nk = volume.dims
    return Grid((ni, nj, nk), np.asarray(volume.affine_lps), frame_of(volume))


def encode_volume(
    ct: Ct,
    *,
    rule: str,
    record: dict[str, Any] | None = None,
    progress: Callable[[float], None] | None = None,
    radiograph: Radiograph | None = None,
) -> Volume:
    """Keep a CT on its working grid with all that the browser fetches of it.

    Args:
        ct: canonical, int16, on the working grid.
        rule: name of the working-grid rule.
        record: how the stored image became this volume.
        progress: called with the share done, 0-1.
        radiograph: what is known of it where it is one.

    Returns:
        The row, not yet saved: it lacks the image it is a volume of.
    """
    store = blob_store()
    told = progress or (lambda share: None)
    row = Volume(rule=rule, record=record or {}, hash=volume_hash(ct))
    row.dims, row.affine_lps = list(ct.grid.dims), ct.grid.affine_lps.tolist()
    row.meta = describe_volume(
        ct, volume_id=str(row.pk), content_hash=row.hash, radiograph=radiograph
    ).as_json()
    row.hu_blob = store.put(encode_ct(ct))
    small = preview(np.asarray(ct.hu, dtype=np.int16), preview_factors(ct.grid.spacing_mm))
    row.preview_blob = store.put(preview_bytes(small))
    shown = row.meta["window"] if radiograph else _THUMBNAIL_WINDOW
    row.thumbnail_blob = store.put(draw_thumbnail(ct, shown))
    row.slices_blob = _pack(store, ct, Encoding.HTJ2K, lambda share: told(share / 2))
    row.slices_gzip_blob = _pack(store, ct, Encoding.GZIP, lambda share: told(0.5 + share / 2))
    return row


def draw_thumbnail(ct: Ct, window: Mapping[str, float]) -> bytes:
    """Return a small PNG of the sagittal slice with most bone near the middle, or of the only one.

    Args:
        ct: canonical.
        window: `center` and `width` of the values that are shown from black to white.
    """
    quarter = ct.hu.shape[0] // 4
    middle = ct.hu[quarter : ct.hu.shape[0] - quarter]
    bone = (middle > _BONE_HU).sum(axis=(1, 2))
    plane = middle[int(bone.argmax())]
    low = window["center"] - window["width"] / 2
    share = (plane.astype(np.float32) - low) / window["width"]
    grey = np.clip(share * 255, 0, 255).astype(np.uint8)
    di, dj, _ = ct.grid.spacing_mm
    width_mm, height_mm = plane.shape[1] * di, plane.shape[0] * dj
    scale = THUMBNAIL_PX / max(width_mm, height_mm)
    size = (max(1, round(width_mm * scale)), max(1, round(height_mm * scale)))
    out = io.BytesIO()
    Picture.fromarray(grey).resize(size, Picture.Resampling.BILINEAR).save(out, "PNG")
    return out.getvalue()


def _pack(store: FileStore, ct: Ct, encoding: Encoding, progress: Callable[[float], None]) -> str:
    with tempfile.TemporaryFile() as file:
        pack_slices(np.asarray(ct.hu, dtype=np.int16), encoding, file, progress)
        file.seek(0)
        return store.put(file)
