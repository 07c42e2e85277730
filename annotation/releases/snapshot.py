"""The snapshot of a case: sagittal and coronal middle pictures with coloured, named vertebrae.

After the preview of Loeffler et al. 2020 (doi:10.1148/ryai.2020190138): side by side at 1 mm,
window -500 to 1300 Hounsfield units, masks at 30 per cent.
"""

import colorsys
import io
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from annotation.domain.geometry import Volume

WINDOW_HU: Final = (-500.0, 1300.0)
ALPHA: Final = 0.3
_GOLDEN: Final = 0.618034


def draw_snapshot(
    ct: Volume, labels: NDArray[np.uint8], centroids_mm: Mapping[str, NDArray[np.float64]]
) -> bytes:
    """Return a PNG.

    Args:
        ct: canonical.
        labels: VerSe labels on its grid.
        centroids_mm: body centroid by level, LPS millimetres.
    """
    places = {level: ct.grid.to_ijk(point) for level, point in centroids_mm.items()}
    middle = np.mean(list(places.values()), axis=0) if places else (np.array(ct.grid.dims) - 1) / 2
    i, _, k = (
        int(np.clip(round(float(v)), 0, n - 1)) for v, n in zip(middle, ct.grid.dims, strict=True)
    )
    di, dj, dk = ct.grid.spacing_mm
    sagittal = _paint(ct.hu[k], labels[k], (di, dj))
    # coronal picture: rows j, columns from the patient's right (k falling) to the left
    coronal = _paint(ct.hu[::-1, :, i].T, labels[::-1, :, i].T, (dk, dj))
    width = sagittal.width + coronal.width
    whole = Image.new("RGB", (width, max(sagittal.height, coronal.height)))
    whole.paste(sagittal, (0, 0))
    whole.paste(coronal, (sagittal.width, 0))
    pen = ImageDraw.Draw(whole)
    for level, (x, y, z) in places.items():
        pen.text((x * di, y * dj), level, fill="white", anchor="mm")
        across = sagittal.width + (ct.grid.dims[2] - 1 - z) * dk
        pen.text((across, y * dj), level, fill="white", anchor="mm")
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def _paint(
    hu: NDArray[np.generic], labels: NDArray[np.uint8], spacing_mm: tuple[float, float]
) -> Image.Image:
    """Return one plane (rows, columns) at 1 mm, coloured by label."""
    low, high = WINDOW_HU
    grey = np.clip((np.asarray(hu, dtype=np.float32) - low) / (high - low), 0, 1)
    colour = np.repeat(grey[..., None], 3, axis=2)
    for label in np.unique(labels[labels > 0]):
        tint = np.array(colorsys.hsv_to_rgb(float(label) * _GOLDEN % 1, 0.9, 1.0))
        colour[labels == label] = (1 - ALPHA) * colour[labels == label] + ALPHA * tint
    picture = Image.fromarray(np.rint(colour * 255).astype(np.uint8))
    columns, rows = (
        max(1, round(n * mm)) for n, mm in zip(hu.shape[::-1], spacing_mm, strict=True)
    )
    return picture.resize((columns, rows), Image.Resampling.BILINEAR)
