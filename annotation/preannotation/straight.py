"""``lamina.strip/1``: the straightened picture and the way back to the patient, gzip'ed.

Little endian: magic (16 bytes), u32 n_s rows, u32 n_v columns, f32 step_mm, f32 v_origin,
n_s x 3 f32 curve_mm, n_s x 3 f32 normal_v, n_s x 3 f32 normal_u, n_s x n_v int16 Hounsfield units,
rows downwards along the spine, columns backwards.
"""

import struct
from typing import Final

import numpy as np

from annotation.bridge.packing import deflate, magic
from annotation.domain.proposal import StraightenedPicture

NAME: Final = "lamina.strip/1"
_HEADER: Final = struct.Struct("<2I2f")


def encode_straight(picture: StraightenedPicture) -> bytes:
    """Return a straightened picture as the reading screen fetches it."""
    n_s, n_v = picture.hu.shape
    parts = [magic(NAME), _HEADER.pack(n_s, n_v, picture.step_mm, picture.v_origin)]
    for frame in (picture.curve_mm, picture.normal_v, picture.normal_u):
        parts.append(np.ascontiguousarray(frame, dtype="<f4").tobytes())
    parts.append(np.ascontiguousarray(picture.hu, dtype="<i2").tobytes())
    return deflate(b"".join(parts))
