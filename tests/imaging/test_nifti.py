"""NIfTI files of every kind are read where they lie, or refused with the reason."""

import gzip
import io
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from annotation.domain.geometry import LPS_RAS, Grid
from annotation.imaging.canonical import axis_codes, to_canonical
from annotation.imaging.label_maps import (
    TABLES,
    label_numbers,
    number_vertebrae,
    to_verse,
)
from annotation.imaging.masks import import_mask
from annotation.imaging.nifti import (
    ct_bytes,
    is_nifti,
    mask_bytes,
    read_ct,
    read_labels,
)
from annotation.imaging.results import Code, ImageRefused

REPO = Path(__file__).parents[2]
DATA = REPO / "tests" / "data"
OBLIQUE = np.array(
    [[-0.69, 0.05, 0.1, 12.0], [0.04, 0.7, -0.2, -30.0], [0.02, 0.03, 2.4, 900.0], [0, 0, 0, 1.0]]
)


def orthogonal(affine):
    u, _, v = np.linalg.svd(affine[:3, :3])
    clean = affine.copy()
    clean[:3, :3] = u @ v * np.array([0.7, 0.8, 2.5])
    return clean


def written(voxels, affine=None, *, sform=1, qform=0, dtype=None, scale=None, cls=nib.Nifti1Image):
    affine = orthogonal(OBLIQUE) if affine is None else affine
    image = cls(voxels, affine)
    if dtype is not None:
        image.set_data_dtype(dtype)
    image.set_sform(affine, sform)
    image.set_qform(affine, qform)
    if scale is not None:
        image.header.set_slope_inter(*scale)
    return io.BytesIO(image.to_bytes())


def ramp(shape=(4, 5, 6)):
    return (np.arange(np.prod(shape)).reshape(shape) - 60).astype(np.int16)


def test_the_axes_and_the_place_are_those_of_nibabel():
    values = ramp()
    result = read_ct(written(values))
    assert result.code is Code.ACCEPTED
    assert np.array_equal(result.stored.voxels, values.transpose(2, 1, 0))
    expected = LPS_RAS @ orthogonal(OBLIQUE)
    assert np.allclose(result.stored.grid.affine_lps, expected, atol=1e-4)


def test_qform_is_used_only_without_sform():
    by_qform = read_ct(written(ramp(), sform=0, qform=1))
    assert np.allclose(by_qform.stored.grid.affine_lps, LPS_RAS @ orthogonal(OBLIQUE), atol=1e-3)
    image = nib.Nifti1Image(ramp(), None)
    image.set_sform(np.diag([2.0, 2, 2, 1]), 2)
    image.set_qform(np.diag([3.0, 3, 3, 1]), 1)
    assert read_ct(io.BytesIO(image.to_bytes())).spacing_mm == (2, 2, 2)
    neither = read_ct(written(ramp(), sform=0, qform=0))
    assert neither.code is Code.BAD_ORIENTATION


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["i2", "i4", "u2", "f4", "f8"])
def test_every_type_and_byte_order_gives_the_same_hounsfield_units(order, kind):
    values = ramp() + (100 if kind == "u2" else 0)
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(order + kind))
    image = nib.Nifti1Image(values.astype(kind), orthogonal(OBLIQUE), header=header)
    image.set_sform(image.affine, 1)
    content = image.to_bytes()
    assert content[:4] == np.array(348, order + "i4").tobytes()
    result = read_ct(io.BytesIO(gzip.compress(content)))
    assert np.array_equal(result.stored.voxels, values.transpose(2, 1, 0))
    assert result.stored.voxels.dtype == np.int16


def test_scaling_is_applied_once():
    stream = written(ramp())
    content = bytearray(stream.getvalue())
    content[112:120] = np.array([2.0, -1000.0], "<f4").tobytes()
    result = read_ct(io.BytesIO(bytes(content)))
    assert np.array_equal(result.stored.voxels, 2 * ramp().transpose(2, 1, 0) - 1000)
    for slope in (0.0, np.nan):
        content[112:120] = np.array([slope, 7.0], "<f4").tobytes()
        unscaled = read_ct(io.BytesIO(bytes(content)))
        assert np.array_equal(unscaled.stored.voxels, ramp().transpose(2, 1, 0))


def test_nifti_2_and_a_fourth_axis_of_one_are_read():
    assert read_ct(written(ramp(), cls=nib.Nifti2Image)).is_accepted
    assert read_ct(written(ramp()[..., None])).is_accepted


def test_real_odd_files_get_their_answer():
    odd = DATA / "nibabel_odd_nifti"
    series = read_ct(odd / "functional.nii")
    assert series.code is Code.FOUR_DIMENSIONAL
    assert "17 x 21 x 3 x 20" in series.reason
    big_endian = read_ct(odd / "anatomical.nii")
    assert big_endian.is_accepted
    truth = nib.load(odd / "anatomical.nii")
    assert np.array_equal(big_endian.stored.voxels, np.rint(truth.get_fdata()).transpose(2, 1, 0))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.NOT_AN_IMAGE),
        (b"no image" * 100, Code.NOT_AN_IMAGE),
        (written(ramp()).getvalue()[:-10], Code.UNREADABLE),
        (gzip.compress(written(ramp()).getvalue())[:-60], Code.UNREADABLE),
        (b"\x1f\x8b" + b"\0" * 40, Code.UNREADABLE),
        (written(ramp((5, 5, 2))).getvalue(), Code.TOO_FEW_SLICES),
        (written(ramp((30, 4))).getvalue(), Code.NOT_THREE_DIMENSIONAL),
    ],
)
def test_a_bad_file_is_refused_and_never_raises(content, code):
    result = read_ct(io.BytesIO(content))
    assert result.code is code
    assert not result.is_accepted


def test_a_forged_header_does_not_ask_for_memory():
    content = bytearray(written(ramp()).getvalue())
    content[42:48] = np.array([30000, 30000, 30000], "<i2").tobytes()
    assert read_ct(io.BytesIO(bytes(content))).code is Code.TOO_LARGE


def test_a_sheared_affine_and_colours_are_refused():
    sheared = np.diag([1.0, 1, 1, 1])
    sheared[0, 2] = 0.3
    assert read_ct(written(ramp(), sheared)).code is Code.SHEARED
    colours = np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    image = nib.Nifti1Image(colours, np.eye(4))
    image.set_sform(np.eye(4), 1)
    assert read_ct(io.BytesIO(image.to_bytes())).code is Code.NOT_GREYSCALE


def test_an_image_without_negative_values_is_remarked_upon():
    assert read_ct(written(ramp())).notes == ()
    assert "Hounsfield" in read_ct(written(ramp() + 60)).notes[0]


def test_voxels_without_a_number_become_air():
    values = ramp().astype(np.float32)
    values[0, 0, 0] = np.nan
    result = read_ct(written(values))
    assert result.stored.voxels[0, 0, 0] == -1024
    assert "1 voxels" in result.notes[0]


def test_what_is_written_carries_no_text_and_both_forms_and_is_the_same_twice():
    grid = read_ct(written(ramp())).stored.grid
    hu = np.ascontiguousarray(ramp().transpose(2, 1, 0))
    content = ct_bytes(hu, grid)
    assert content == ct_bytes(hu, grid)
    image = nib.Nifti1Image.from_bytes(gzip.decompress(content))
    header = image.header
    assert (int(header["sform_code"]), int(header["qform_code"])) == (1, 1)
    assert np.allclose(header.get_qform(), header.get_sform(), atol=1e-4)
    assert image.get_data_dtype() == np.int16
    assert header.get_xyzt_units()[0] == "mm"
    assert header.get_slope_inter() == (None, None) or header.get_slope_inter() == (1, 0)
    for text in ("descrip", "aux_file", "intent_name", "db_name"):
        assert bytes(header[text]).strip(b"\0") == b""
    again = read_ct(io.BytesIO(content)).stored
    assert np.array_equal(again.voxels, hu)
    assert again.grid.is_same(grid)


def test_the_real_verse_mask_is_read_as_labels():
    path = DATA / "verse_masks_centroids/anjany_sample/sub-verse004_seg-vert_msk.nii.gz"
    assert is_nifti(path)
    stored = read_labels(path)
    truth = nib.load(path)
    assert truth.get_data_dtype() == np.float64
    assert np.array_equal(stored.voxels, truth.get_fdata().transpose(2, 1, 0))
    assert axis_codes(stored.grid) == "PIR"
    labels = to_verse(stored.voxels, TABLES["verse"])
    numbers, levels = number_vertebrae(labels)
    assert list(levels.values())[-1] == "L5"
    assert list(levels) == list(range(1, len(levels) + 1))
    assert np.array_equal(label_numbers(numbers, levels), labels)


def test_a_mask_with_a_half_or_an_unknown_value_is_refused_with_its_count():
    half = np.zeros((4, 4, 4), np.float32)
    half[0, 0, 0] = 0.5
    with pytest.raises(ImageRefused) as refused:
        read_labels(written(half))
    assert refused.value.code is Code.NOT_LABELS
    with pytest.raises(ImageRefused, match=r"29 \(2 voxels\)"):
        to_verse(np.array([0, 5, 29, 29]), TABLES["verse"])


def test_the_lumbar_demo_mask_becomes_verse_labels_on_its_ct():
    ct = read_ct(REPO / "demo/lumbar/example_ct.nii.gz")
    volume, _ = to_canonical(ct.stored)
    assert volume.hu.min() < -900
    mask = REPO / "demo/lumbar/totalseg_vertebrae.nii.gz"
    labels = import_mask(mask, TABLES["totalsegmentator_v2"], volume.grid)
    assert labels.shape == volume.hu.shape
    assert sorted(np.unique(labels)) == [0, 18, 19, 20, 21, 22, 23, 24, 26]
    heights = {
        label: volume.grid.to_mm(np.argwhere(labels == label)[:, ::-1].mean(axis=0))[2]
        for label in (18, 19, 20, 21, 22, 23, 24, 26)
    }
    assert sorted(heights, key=heights.get, reverse=True) == list(heights)
    assert TABLES["totalsegmentator_v2"].is_enumeration_unsure


def test_a_mask_of_another_axis_order_is_turned_and_another_grid_is_refused():
    crop = DATA / "tptbox_ct_crop"
    volume, _ = to_canonical(read_ct(crop / "sub-ct_label-22_ct.nii.gz").stored)
    path = crop / "sub-ct_seg-vert_label-22_msk.nii.gz"
    direct = import_mask(path, TABLES["tptbox_vert"], volume.grid)
    image = nib.load(path)
    turned = nib.as_closest_canonical(image)
    assert turned.shape != image.shape or not np.allclose(turned.affine, image.affine)
    assert np.array_equal(
        import_mask(io.BytesIO(turned.to_bytes()), TABLES["tptbox_vert"], volume.grid), direct
    )
    moved = volume.grid.affine_lps.copy()
    moved[0, 3] += 0.5
    with pytest.raises(ImageRefused, match=r"0\.50 mm") as refused:
        import_mask(path, TABLES["tptbox_vert"], Grid(volume.grid.dims, moved))
    assert refused.value.code is Code.OTHER_GRID


def test_every_table_maps_onto_verse_labels_once():
    for table in TABLES.values():
        assert set(table.to_verse.values()) <= set(range(1, 29))
        assert not set(table.to_verse) & table.dropped
    assert TABLES["totalsegmentator_v2"].to_verse[50] == 1
    assert TABLES["totalsegmentator_v2"].to_verse[27] == 24
    assert TABLES["totalsegmentator_v1"].to_verse[41] == 1
    assert TABLES["totalsegmentator_vertebrae_mr"].to_verse[2] == 24
    assert TABLES["christianpayer_2020"].to_verse[25] == 28


def test_masks_are_written_as_bytes():
    grid = read_ct(written(ramp())).stored.grid
    labels = (ramp().transpose(2, 1, 0) % 3).astype(np.uint8)
    stored = read_labels(io.BytesIO(mask_bytes(labels, grid)))
    assert np.array_equal(stored.voxels, labels)
    with pytest.raises(ValueError, match="bytes"):
        mask_bytes(labels.astype(np.int32), grid)
