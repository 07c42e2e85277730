"""Heights of synthetic bodies of known height, with an arch behind a canal."""

from pathlib import Path

import nibabel
import numpy as np
import pytest

from annotation.domain.genant import height_ratio
from annotation.domain.geometry import GeometryMismatch, Grid
from annotation.imaging.mask_heights import body_heights, heights_of_mask

SAMPLE = (
    Path(__file__).parents[1]
    / "data/verse_masks_centroids/anjany_sample/sub-verse004_seg-vert_msk.nii.gz"
)
SHAPES = {
    "plain": (22.0, 22.0, 22.0),
    "concave": (22.0, 18.5, 23.0),
    "wedge": (14.0, 18.0, 23.0),
    "biconcave": (21.0, 13.0, 22.0),
    "crush": (15.0, 14.0, 16.0),
}
TILTS_DEGREES = (0.0, 8.0, -15.0, 25.0)
SPACINGS_MM = ((1.0, 1.0, 1.0), (0.8, 1.0, 2.0))
DEPTH_MM = 30.0


def vertebra(heights, tilt_degrees=0.0, spacing_mm=(1.0, 1.0, 1.0), size_mm=(80.0, 60.0, 50.0)):
    """Return a vertebra, shape (k, j, i): a body with bent plates, pedicles and an arch."""
    dims = [round(size / step) for size, step in zip(size_mm, spacing_mm, strict=True)]
    i, j, k = np.meshgrid(*(np.arange(n) for n in dims), indexing="ij")
    x = i * spacing_mm[0] - 30.0
    y = j * spacing_mm[1] - size_mm[1] / 2
    z = k * spacing_mm[2] - size_mm[2] / 2
    tilt = np.radians(tilt_degrees)
    u = np.cos(tilt) * x + np.sin(tilt) * y
    v = -np.sin(tilt) * x + np.cos(tilt) * y
    share = np.clip(u / DEPTH_MM + 0.5, 0, 1)
    front, middle, back = heights
    bend = 2 * front + 2 * back - 4 * middle
    height = front + (back - front - bend) * share + bend * share**2
    body = (np.abs(u) <= DEPTH_MM / 2) & (np.abs(v) <= height / 2) & (np.abs(z) <= 18)
    pedicles = (u > 14) & (u < 30) & (np.abs(v + 4) < 4) & (np.abs(np.abs(z) - 13) < 4)
    arch = (u > 28) & (u < 42) & (np.abs(v) < 6) & (np.abs(z) < 17)
    return np.ascontiguousarray((body | pedicles | arch).transpose(2, 1, 0))


@pytest.fixture(scope="module")
def measured():
    """Return true and found heights, (40, 3) each: every shape, tilt and spacing."""
    rows = [
        (heights, body_heights(vertebra(heights, tilt, spacing), spacing))
        for heights in SHAPES.values()
        for tilt in TILTS_DEGREES
        for spacing in SPACINGS_MM
    ]
    assert all(found is not None for _, found in rows)
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def test_heights_are_within_a_millimetre_on_average(measured):
    true, found = measured
    assert len(true) == 40
    bias = (found - true).mean(axis=0)
    assert (np.abs(bias) <= [0.4, 0.5, 1.1]).all(), bias
    assert np.abs(found - true).max() <= 3.0


def test_the_ratio_is_as_good_as_experts_agree(measured):
    true, found = measured
    error = np.array([height_ratio(row) for row in found]) - [height_ratio(row) for row in true]
    assert abs(error.mean()) <= 0.032, error.mean()
    assert np.abs(error).mean() <= 0.038, np.abs(error).mean()
    assert np.abs(error).max() <= 0.07, np.abs(error).max()


def test_the_arch_does_not_count(measured):
    heights = SHAPES["wedge"]
    whole = vertebra(heights)
    alone = whole.copy()
    alone[..., 46:] = False
    assert body_heights(whole, (1.0, 1.0, 1.0)) == pytest.approx(
        body_heights(alone, (1.0, 1.0, 1.0)), abs=0.5
    )


def test_what_is_no_body_has_no_heights():
    assert body_heights(np.zeros((5, 5, 5), bool), (1.0, 1.0, 1.0)) is None
    speck = np.zeros((9, 9, 9), bool)
    speck[4, 3:6, 3:6] = True
    assert body_heights(speck, (1.0, 1.0, 1.0)) is None


def test_each_vertebra_of_a_mask_is_measured():
    first, second = vertebra(SHAPES["plain"]), vertebra(SHAPES["crush"])
    mask = np.concatenate([first * np.uint8(3), second * np.uint8(7)], axis=1)
    grid = Grid(mask.shape[::-1], np.eye(4))
    found = heights_of_mask(mask, grid)
    assert set(found) == {3, 7}
    assert found[3] == pytest.approx(SHAPES["plain"], abs=1.2)
    assert found[7] == pytest.approx(SHAPES["crush"], abs=1.2)
    with pytest.raises(GeometryMismatch):
        heights_of_mask(mask[1:], grid)


def test_the_severe_fracture_of_a_real_mask_is_seen():
    """L1 of the public sample is visibly a severe wedge; T11 and T12 beside it are not."""
    image = nibabel.load(SAMPLE)
    to_pir = nibabel.orientations.axcodes2ornt(("P", "I", "R"))
    turned = image.as_reoriented(
        nibabel.orientations.ornt_transform(
            nibabel.orientations.io_orientation(image.affine), to_pir
        )
    )
    labels = np.ascontiguousarray(np.asarray(turned.dataobj).astype(np.uint8).transpose(2, 1, 0))
    grid = Grid(labels.shape[::-1], np.diag([*turned.header.get_zooms()[:3], 1.0]))
    ratios = {
        number: height_ratio(np.array(heights))
        for number, heights in heights_of_mask(labels, grid).items()
    }
    assert ratios[20] < 0.5
    assert min(ratios[18], ratios[19], ratios[21], ratios[22], ratios[23]) > 0.85
