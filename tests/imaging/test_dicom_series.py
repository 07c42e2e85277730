"""Series of every kind: accepted in the right order and scale, or refused with reason and place."""

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from annotation.imaging.canonical import axis_codes, to_canonical
from annotation.imaging.dicom import is_dicom, iter_series, read_series
from annotation.imaging.results import Code
from tests.imaging.series import SAGITTAL, Slices, as_file

REPO = Path(__file__).parents[2]
DATA = REPO / "tests" / "data"


def one(files, **options):
    (result,) = read_series(files, **options)
    return result


def folder(*parts):
    return sorted(path for path in DATA.joinpath(*parts).rglob("*.dcm"))


def shuffled(files, seed=1):
    random.Random(seed).shuffle(files)
    return files


def test_slices_are_ordered_by_position_and_never_by_number():
    slices = Slices(n=6)
    result = one(shuffled(slices.files()))
    assert result.code is Code.ACCEPTED
    expected = np.stack([slices.picture(k) - 1024 for k in range(6)])
    assert np.array_equal(result.stored.voxels, expected)
    assert [row.sop_instance_uid[-2:] for row in result.slices] == [f".{k}" for k in range(1, 7)]
    assert np.allclose(result.spacing_mm, (0.5, 0.7, 2.0))
    for i, j, k in [(0, 0, 0), (7, 5, 5), (3, 0, 2)]:
        place = slices.position(k) + np.array([0.5 * i, 0.7 * j, 0])
        assert np.allclose(result.stored.grid.to_mm(np.array([i, j, k])), place)
    assert axis_codes(result.stored.grid) == "LPS"
    assert np.allclose(result.slices[3].position_mm, slices.position(3))


def test_a_sagittal_reformat_is_welcome():
    slices = Slices(
        n=4, orientation=SAGITTAL, step=(-3, 0, 0), values={"ImageType": ["DERIVED", "SECONDARY"]}
    )
    result = one(slices.files())
    assert result.code is Code.ACCEPTED
    volume, _ = to_canonical(result.stored)
    assert volume.grid.spacing_mm[2] == pytest.approx(3)
    assert np.array_equal(volume.hu[1], slices.picture(1) - 1024)


def test_each_slice_has_its_own_rescale_and_its_padding_is_air():
    files = []
    slices = Slices(n=3)
    for k in range(3):
        ds = slices.dataset(k)
        ds.RescaleSlope, ds.RescaleIntercept = 1 + k, -1000 - k
        ds.PixelPaddingValue = 1000 + 100 * k
        files.append(as_file(ds))
    voxels = one(files).stored.voxels
    for k in range(3):
        expected = slices.picture(k) * (1 + k) - 1000 - k
        expected[0, 0] = -1024
        assert np.array_equal(voxels[k], expected)


def test_overlay_bits_above_the_stored_ones_do_not_count():
    values = {"BitsStored": 12, "HighBit": 11, "PixelRepresentation": 0}
    clean = one(Slices(n=3, values=values).files()).stored.voxels
    dirty = []
    for k in range(3):
        ds = Slices(n=3, values=values).dataset(k)
        ds.PixelData = (np.frombuffer(ds.PixelData, "<u2") | 0x4000).tobytes()
        dirty.append(as_file(ds))
    assert np.array_equal(one(dirty).stored.voxels, clean)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("gantrytilting",), Code.TILT_CORRECTED),
        (("notavolume",), Code.NOT_A_VOLUME),
        (("sliceincrement", "001"), Code.SPACING_VARIES),
        (("sliceincrement", "002"), Code.SPACING_VARIES),
    ],
)
def test_real_odd_series_get_their_answer(parts, code):
    result = one(folder("odd_series_dicom2nifti", *parts))
    assert result.code is code
    assert result.n_slices == 4
    assert result.is_accepted == (code is Code.TILT_CORRECTED)


def test_a_gap_is_named_with_its_place():
    result = one(folder("odd_series_dicom2nifti", "sliceincrement", "001"))
    assert result.reason == "slices lie 5.00 mm apart, but 10.00 mm after slice 3"
    assert result.place.text == "between slice 3 and 4"
    assert result.place.gaps == (2,)
    assert np.allclose(np.diff(result.place.positions_mm), [5, 5, 10], atol=1e-3)


def test_the_real_tilt_is_found_without_its_tag():
    result = one(folder("odd_series_dicom2nifti", "gantrytilting"))
    assert result.tilt_degrees == pytest.approx(14.0, abs=0.01)
    assert result.original_grid.dims == (128, 128, 4)
    step = result.original_grid.affine_lps[:3, 2]
    assert np.allclose(step, [0, 0, 5])
    assert result.spacing_mm[2] == pytest.approx(5 * np.cos(np.radians(14)), abs=1e-3)
    to_canonical(result.stored)


def test_a_corrected_tilt_leaves_the_body_where_it_was():
    angle = np.radians(15)
    orientation = (1, 0, 0, 0, np.cos(angle), -np.sin(angle))
    slices = Slices(n=12, shape=(60, 50), spacing=(0.8, 0.8), orientation=orientation)
    row, column = np.array(orientation[:3]), np.array(orientation[3:])

    def body(points):
        return 400 * np.sin(points[..., 1] / 9) + 300 * np.cos(points[..., 2] / 8)

    j, i = np.indices(slices.shape)
    pictures = [
        body(slices.position(k) + 0.8 * (i[..., None] * row + j[..., None] * column))
        for k in range(slices.n)
    ]
    slices.pixels = np.rint(np.stack(pictures)) + 1024
    result = one(shuffled(slices.files()))
    assert result.code is Code.TILT_CORRECTED
    grid = result.stored.grid
    k, j, i = np.indices(grid.shape)
    truth = body(grid.to_mm(np.stack([i, j, k], axis=-1).astype(float)))
    seen = result.stored.voxels > -1024
    inner = seen.copy()
    inner[:, 1:-1] = seen[:, 1:-1] & seen[:, :-2] & seen[:, 2:]
    apart = np.abs(result.stored.voxels - truth)[inner]
    assert inner.mean() > 0.7
    assert np.percentile(apart, 99) < 4
    unit = grid.affine_lps[:3, :3] / grid.spacing_mm
    assert np.allclose(unit.T @ unit, np.eye(3), atol=1e-9)


def test_a_localizer_in_the_series_is_set_apart():
    scout = Slices(n=2, series=1, shape=(20, 20), values={"ImageType": ["ORIGINAL", "LOCALIZER"]})
    for k, result in enumerate(read_series(shuffled(scout.files() + Slices(n=4).files()))):
        assert result.name == f"Series {k + 1}"
        if result.n_slices == 4:
            assert result.is_accepted
        else:
            assert result.code is Code.LOCALIZER


def test_a_mixed_series_is_split_by_direction_and_size():
    other = Slices(n=4, orientation=SAGITTAL, step=(-2, 0, 0))
    wide = Slices(n=3, shape=(9, 9))
    for k, ds_files in enumerate((other, wide)):
        ds_files.values = {"AccessionNumber": str(k)}
    results = read_series(other.files() + wide.files() + Slices(n=5).files())
    assert sorted(r.n_slices for r in results if r.is_accepted) == [3, 4, 5]


def test_two_patients_under_one_series_number_are_never_one_volume():
    mixed = Slices(n=3).files() + Slices(n=3, values={"PatientID": "P2"}).files()
    results = read_series(mixed)
    assert [r.n_slices for r in results] == [3, 3]
    assert [r.identity.patient_id for r in results] == ["P1", "P2"]


def test_repeated_positions_are_told_apart_by_acquisition():
    first = Slices(n=4, values={"AcquisitionNumber": 1})
    second = Slices(n=4, values={"AcquisitionNumber": 2})
    files = first.files()
    for k in range(4):
        ds = second.dataset(k)
        ds.SOPInstanceUID += ".2"
        files.append(as_file(ds))
    results = read_series(shuffled(files))
    assert [r.code for r in results] == [Code.ACCEPTED, Code.ACCEPTED]


def test_repeated_positions_that_nothing_tells_apart_are_refused_with_the_place():
    files = Slices(n=4).files()
    ds = Slices(n=4).dataset(2)
    ds.SOPInstanceUID += ".9"
    result = one([*files, as_file(ds)])
    assert result.code is Code.DUPLICATE_POSITION
    assert result.place.gaps == (2,)


def test_a_repeated_file_is_dropped_and_a_contradicting_one_refused():
    files = Slices(n=4).files()
    result = one([*files, Slices(n=4).files()[1]])
    assert result.is_accepted
    assert "1 repeated" in result.notes[0]
    ds = Slices(n=4).dataset(1)
    ds.PixelData = b"\x07" * len(ds.PixelData)
    assert one([*files, as_file(ds)]).code is Code.DUPLICATE_SOP


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"BurnedInAnnotation": "YES"}, Code.BURNED_IN),
        ({"ImageType": ["DERIVED", "SECONDARY", "PROJECTION IMAGE"]}, Code.PROJECTION),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, Code.SECONDARY_CAPTURE),
        ({"SamplesPerPixel": 3}, Code.NOT_GREYSCALE),
        ({"ImagePositionPatient": None}, Code.NO_POSITION),
        ({"ImageOrientationPatient": None}, Code.BAD_ORIENTATION),
        ({"ImageOrientationPatient": [1, 0, 0, 0.1, 1, 0]}, Code.BAD_ORIENTATION),
        ({"PixelSpacing": None}, Code.NO_SPACING),
        ({"RescaleSlope": None}, Code.NOT_HU),
        ({"RescaleType": "Z_EFF"}, Code.NOT_HU),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, Code.SECONDARY_CAPTURE),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4", "Modality": "MR"}, Code.NOT_CT),
        ({"PixelData": b"\0" * 20}, Code.PIXELS_UNREADABLE),
    ],
)
def test_what_is_no_ct_volume_is_refused_by_its_name(values, code):
    result = one(Slices(n=4, values=values).files())
    assert result.code is code
    assert result.stored is None
    assert result.n_slices == 4


def test_few_slices_bent_stacks_and_drifting_ones_are_refused():
    assert one(Slices(n=2).files()).code is Code.TOO_FEW_SLICES
    bent = Slices(n=7)
    files = bent.files()
    ds = bent.dataset(3)
    ds.ImagePositionPatient = (bent.position(3) + np.array([0.5, 0, 0])).tolist()
    files[3] = as_file(ds)
    result = one(files)
    assert result.code is Code.NOT_COLLINEAR
    assert result.place.gaps == (3,)
    drifting = Slices(n=80)
    files = []
    for k in range(80):
        ds = drifting.dataset(k)
        ds.ImagePositionPatient = [0, 0, 2.0 * k + (0.08 * max(0, k - 40))]
        files.append(as_file(ds))
    assert one(files).code is Code.SPACING_VARIES


def test_a_missing_slice_is_a_gap_and_not_an_average():
    files = Slices(n=8).files()
    del files[4]
    result = one(files)
    assert result.code is Code.SPACING_VARIES
    assert result.place.gaps == (3,)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
def test_compressed_slices_have_the_same_values(syntax):
    plain = one(Slices(n=3, shape=(32, 40)).files()).stored.voxels
    files = []
    for k in range(3):
        ds = Slices(n=3, shape=(32, 40)).dataset(k)
        ds.compress(syntax, generate_instance_uid=False)
        files.append(as_file(ds))
    assert np.array_equal(one(files).stored.voxels, plain)


def test_a_way_of_compressing_without_a_decoder_is_named():
    files = []
    for k in range(3):
        ds = Slices(n=3).dataset(k)
        ds.compress(RLELossless, generate_instance_uid=False)
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
        files.append(as_file(ds))
    result = one(files)
    assert result.code is Code.UNSUPPORTED_TRANSFER_SYNTAX
    assert "MPEG-4" in result.reason


def multiframe(n=5):
    slices = Slices(n=n)
    ds = slices.dataset(0)
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(ds, keyword)
    del ds.RescaleSlope, ds.RescaleIntercept
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([Dataset()])
    shared.PixelMeasuresSequence[0].PixelSpacing = list(slices.spacing)
    shared.PlaneOrientationSequence = Sequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = list(slices.orientation)
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    order = shuffled(list(range(n)))
    frames = []
    for k in order:
        group = Dataset()
        group.PlanePositionSequence = Sequence([Dataset()])
        group.PlanePositionSequence[0].ImagePositionPatient = [*slices.position(k)]
        group.PixelValueTransformationSequence = Sequence([Dataset()])
        group.PixelValueTransformationSequence[0].RescaleSlope = 1
        group.PixelValueTransformationSequence[0].RescaleIntercept = -1024 - k
        frames.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(frames)
    ds.NumberOfFrames = n
    ds.PixelData = b"".join(slices.picture(k).tobytes() for k in order)
    return slices, order, as_file(ds)


def test_an_enhanced_ct_is_read_by_its_functional_groups():
    slices, order, file = multiframe()
    result = one([file])
    assert result.code is Code.ACCEPTED
    expected = np.stack([slices.picture(k) - 1024 - k for k in range(5)])
    assert np.array_equal(result.stored.voxels, expected)
    assert [row.frame for row in result.slices] == [order.index(k) + 1 for k in range(5)]
    assert len(result.identity.sop_uids) == 1


def test_one_bad_file_never_spoils_the_rest():
    bad = [io.BytesIO(content) for content in (b"", b"hello", b"\0" * 128 + b"DICM" + b"\xff" * 60)]
    results = read_series([*bad, *Slices(n=4).files(), *sorted((DATA / "pydicom_odd").glob("*"))])
    assert [r.code for r in results if r.is_accepted] == [Code.ACCEPTED]
    assert all(r.reason and r.name for r in results)
    assert {Code.SECONDARY_CAPTURE, Code.NOT_CT, Code.TOO_FEW_SLICES} <= {r.code for r in results}


def test_the_real_odd_files_get_their_answer():
    dev = DATA / "pydicom_odd"
    expected = {
        "CT_small.dcm": Code.TOO_FEW_SLICES,
        "eCT_Supplemental.dcm": Code.TOO_FEW_SLICES,
        "SC_rgb_rle.dcm": Code.SECONDARY_CAPTURE,
        "rtstruct.dcm": Code.NOT_CT,
        "MR_truncated.dcm": Code.NOT_CT,
        "badVR.dcm": Code.NOT_CT,
        "image_dfl.dcm": Code.SECONDARY_CAPTURE,
        "meta_missing_tsyntax.dcm": Code.NOT_AN_IMAGE,
    }
    assert {name: one([dev / name]).code for name in expected} == expected


def test_a_volume_beyond_the_limit_is_refused_before_it_is_read():
    assert one(Slices(n=4).files(), max_bytes=100).code is Code.TOO_LARGE


def test_a_file_without_preamble_is_still_read():
    files = []
    for stream in Slices(n=3).files():
        ds = dcmread(stream)
        bare = io.BytesIO()
        ds.preamble = None
        del ds.file_meta
        ds.save_as(bare, implicit_vr=False, little_endian=True)
        bare.seek(0)
        assert not is_dicom(bare)
        files.append(bare)
    assert one(files).is_accepted


def test_the_thoracic_demo_is_one_volume_and_progress_reaches_the_end():
    with zipfile.ZipFile(REPO / "demo/thoracic/lidc0314_crop_dicom_275.zip") as archive:
        files = [io.BytesIO(archive.read(name)) for name in archive.namelist()]
    shares = []
    (result,) = list(iter_series(shuffled(files), progress=shares.append))
    assert result.code is Code.ACCEPTED
    assert result.stored.grid.dims == (224, 224, 275)
    assert np.allclose(result.spacing_mm, (0.78125, 0.78125, 1.0))
    assert result.stored.voxels.min() >= -1024
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert result.allowed.manufacturer == "Philips"
    assert result.removed.private == 3 * 275
