"""A voxel painted in the browser is the voxel changed on the server.

`golden/painted.json` holds strokes as the browser must write them: the browser's tests start from
the grid as `meta.json` gives it, a view and two pixels, paint between them and compare the bytes.
Here the same bytes are applied, and every changed voxel must lie, in patient millimetres by the
server's own affine, within the brush's way.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from annotation.bridge.meta import describe_volume
from annotation.bridge.strokes import apply_stroke, parse_stroke
from annotation.domain.geometry import Grid, Volume

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "painted.json").read_text())
ACROSS = {"sagittal": 2, "axial": 1, "coronal": 0}
SCREEN = {"sagittal": ((0, 1), (1, 1)), "axial": ((2, -1), (0, 1)), "coronal": ((2, -1), (1, 1))}


def by_name(case):
    return case["name"]


def grid_of(case) -> Grid:
    return Grid(tuple(case["dims"]), np.array(case["affine_lps"]))


def pixel_mm(case, stroke, pixel):
    """Return LPS millimetres of a pixel, from the affine's own columns."""
    unit = np.array(case["affine_lps"])[:3, :3] / np.array(grid_of(case).spacing_mm)
    (right, right_sign), (down, down_sign) = SCREEN[stroke["plane"]]
    middle = np.array(stroke["size"]) / 2
    x, y = (np.array(pixel) - middle) * stroke["mm_per_pixel"]
    return (
        np.array(stroke["centre_mm"])
        + x * right_sign * unit[:, right]
        + y * down_sign * unit[:, down]
    )


def expected(case, stroke):
    """Return which voxels the brush sweeps over, shape (k, j, i), by distance in millimetres."""
    grid = grid_of(case)
    begin, end = (pixel_mm(case, stroke, stroke[name]) for name in ("from", "to"))
    index = np.stack(np.indices(grid.dims), axis=-1).astype(float)
    if stroke["shape"] == "disc":
        across = ACROSS[stroke["plane"]]
        layer = round(float(grid.to_ijk(begin)[across]))
        is_layer = index[..., across] == layer
    else:
        is_layer = np.ones(grid.dims, bool)
    way = end - begin
    from_begin = grid.to_mm(index) - begin
    share = np.clip(from_begin @ way / max(float(way @ way), 1e-12), 0, 1)
    apart = np.linalg.norm(from_begin - share[..., None] * way, axis=-1)
    return (is_layer & (apart <= stroke["radius_mm"])).transpose(2, 1, 0)  # (k, j, i)


@pytest.mark.parametrize("case", GOLDEN["grids"], ids=by_name)
def test_the_browser_is_told_this_grid(case):
    grid = grid_of(case)
    meta = describe_volume(
        Volume(np.zeros(grid.shape, np.int16), grid), volume_id="v", content_hash="h"
    )
    assert list(meta.dims) == case["dims"]
    assert meta.spacing_mm == pytest.approx(case["spacing_mm"])
    assert meta.origin_mm == pytest.approx(case["origin_mm"])
    assert meta.direction == pytest.approx(case["direction"])


@pytest.mark.parametrize("case", GOLDEN["grids"], ids=by_name)
def test_strokes_change_the_voxels_under_the_brush(case):
    for stroke in case["strokes"]:
        labels = np.zeros(grid_of(case).shape, np.uint8)
        apply_stroke(labels, parse_stroke(bytes.fromhex(stroke["hex"])))
        assert labels.any(), stroke
        assert np.array_equal(labels == stroke["number"], expected(case, stroke)), stroke
        assert pixel_mm(case, stroke, stroke["to"]) == pytest.approx(stroke["to_mm"])
