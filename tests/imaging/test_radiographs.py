"""Radiographs by the same door: what is taken, how it is turned and spaced, what is refused."""

import io

import numpy as np
import pytest
from pydicom.dataset import Dataset

from annotation.domain.frames import Frame, FramesMixed, SpacingSource
from annotation.domain.geometry import Volume
from annotation.imaging.canonical import to_canonical
from annotation.imaging.dicom import iter_series, read_series
from annotation.imaging.results import Code
from annotation.imaging.working_grid import Rule, resample_volume, working_grid
from tests.films import COLUMNS, ROWS, film_file, picture
from tests.imaging.series import Slices


def read(front=None, **said):
    modality, pixels = said.pop("modality", "DX"), said.pop("pixels", None)
    source = io.BytesIO(film_file(modality, pixels, **said))
    (result,) = read_series([source]) if front is None else read_with(source, front)
    return result


def read_with(source, front):
    return list(iter_series([source], front=front))


@pytest.mark.parametrize("modality", ["CR", "DX", "RF", "XA"])
def test_a_single_picture_of_each_kind_is_a_radiograph(modality):
    result = read(modality=modality)
    assert result.code is Code.ACCEPTED
    assert result.allowed.modality == modality
    assert result.n_slices == 1
    volume, _ = to_canonical(result.stored)
    assert volume.grid.dims == (COLUMNS, ROWS, 1)
    assert np.array_equal(volume.hu[0], picture().astype(np.int16))
    assert volume.grid.spacing_mm == pytest.approx((0.5, 0.5, 1.0))


@pytest.mark.parametrize(
    ("said", "source", "spacing", "magnification"),
    [
        ({}, SpacingSource.IMAGER, 0.5, None),
        ({"PixelSpacing": [0.5, 0.5]}, SpacingSource.IMAGER, 0.5, None),
        ({"PixelSpacing": [0.4, 0.4]}, SpacingSource.CALIBRATED, 0.4, None),
        (
            {"PixelSpacing": [0.5, 0.5], "PixelSpacingCalibrationType": "FIDUCIAL"},
            SpacingSource.CALIBRATED,
            0.5,
            None,
        ),
        (
            {"PixelSpacing": [0.4, 0.4], "ImagerPixelSpacing": None},
            SpacingSource.IMAGER,
            0.4,
            None,
        ),
        (
            {"EstimatedRadiographicMagnificationFactor": 1.25},
            SpacingSource.IMAGER,
            0.4,
            1.25,
        ),
        ({"ImagerPixelSpacing": None}, SpacingSource.UNKNOWN, None, None),
        ({"ImagerPixelSpacing": [0.0, 0.5]}, SpacingSource.UNKNOWN, None, None),
    ],
)
def test_the_spacing_says_where_it_comes_from(said, source, spacing, magnification):
    result = read(**said)
    assert result.radiograph.spacing_source is source
    assert result.radiograph.magnification == magnification
    if spacing is None:
        assert result.spacing_mm is None
        assert result.frame is Frame.PIXEL
        assert "mm" not in result.reason + " ".join(result.notes)
        assert result.stored.grid.spacing_mm == (1.0, 1.0, 1.0)
    else:
        assert result.frame is Frame.DETECTOR_MM
        assert result.spacing_mm[:2] == pytest.approx((spacing, spacing))


def test_rows_and_columns_keep_their_own_spacing():
    volume, _ = to_canonical(read(ImagerPixelSpacing=[0.6, 0.3]).stored)
    assert volume.grid.spacing_mm == pytest.approx((0.3, 0.6, 1.0))


@pytest.mark.parametrize(
    ("letters", "turned"),
    [
        (["P", "F"], lambda shown: shown),
        (["A", "F"], lambda shown: shown[:, ::-1]),
        (["P", "H"], lambda shown: shown[::-1]),
        (["A", "H"], lambda shown: shown[::-1, ::-1]),
        (["F", "P"], lambda shown: shown.T),
        (["FP", "AH"], lambda shown: shown[::-1].T),
    ],
)
def test_a_picture_is_turned_by_what_it_states_and_says_so(letters, turned):
    result = read(PatientOrientation=letters)
    volume, turn = to_canonical(result.stored)
    assert np.array_equal(volume.hu[0], turned(picture()).astype(np.int16))
    assert np.array_equal(turn.backward(volume.hu)[0], picture().astype(np.int16))
    assert result.radiograph.front == "stated"
    assert any("turned" in note for note in result.notes) == (letters != ["P", "F"])


def test_a_picture_that_does_not_say_where_the_front_lies_is_shown_as_stored():
    silent = read(PatientOrientation=None)
    assert silent.radiograph.front == "unknown"
    assert any("does not say where the front lies" in note for note in silent.notes)
    said = read(front="right", PatientOrientation=None)
    assert said.radiograph.front == "said"
    assert any("mirrored" in note for note in said.notes)
    as_stored, mirrored = (to_canonical(one.stored)[0].hu[0] for one in (silent, said))
    assert np.array_equal(as_stored, picture())
    assert np.array_equal(mirrored, picture()[:, ::-1])
    stated = read(front="right")  # what the file states goes before what the importer says
    assert np.array_equal(to_canonical(stated.stored)[0].hu[0], picture())


def test_a_view_that_is_not_stated_is_noted_and_an_unknown_word_too():
    for view in (None, "KANARIVIEW"):
        result = read(ViewPosition=view, PatientOrientation=None)
        assert result.radiograph.view == "unknown"
        assert any("does not say that the view is lateral" in note for note in result.notes)
    assert read(ViewPosition=None).radiograph.view == "lateral"
    turned = read(
        modality="XA", ViewPosition=None, PatientOrientation=None, PositionerPrimaryAngle=-88
    )
    assert turned.radiograph.view == "lateral"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ViewPosition": "AP"}, Code.NOT_LATERAL),
        ({"ViewPosition": "LLO", "PatientOrientation": None}, Code.NOT_LATERAL),
        ({"ViewPosition": None, "PatientOrientation": ["L", "F"]}, Code.NOT_LATERAL),
        (
            {"ViewPosition": None, "PatientOrientation": None, "PositionerPrimaryAngle": 2},
            Code.NOT_LATERAL,
        ),
        ({"NumberOfFrames": 12}, Code.MULTI_FRAME),
        ({"SamplesPerPixel": 3}, Code.NOT_GREYSCALE),
        ({"BurnedInAnnotation": "YES"}, Code.BURNED_IN),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, Code.LOCALIZER),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, Code.SECONDARY_CAPTURE),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, Code.SECONDARY_CAPTURE),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1.1"}, Code.NOT_CT),
        ({"PixelData": b"\0" * 10}, Code.PIXELS_UNREADABLE),
    ],
)
def test_an_odd_picture_is_refused_with_its_reason(said, code):
    result = read(**said)
    assert result.code is code
    assert not result.is_accepted
    assert result.reason


def test_a_plain_picture_is_refused_and_told_why():
    pictures = [b"\x89PNG\r\n\x1a\n" + b"\0" * 200, b"II*\0" + b"\0" * 200]
    (result,) = read_series([io.BytesIO(content) for content in pictures])
    assert result.code is Code.NOT_AN_IMAGE
    assert "taken in as DICOM" in result.reason
    assert result.n_slices == 2


def test_dark_bone_becomes_bright_and_the_record_says_so():
    shown = picture()
    result = read(pixels=4095 - shown, PhotometricInterpretation="MONOCHROME1")
    about = result.radiograph
    assert about.is_inverted
    assert any("inverted" in note for note in result.notes)
    values = result.stored.voxels[0].astype(float)
    assert np.array_equal(values - values.min(), shown.astype(float) - shown.min())
    assert np.array_equal((4095.0 - shown) * about.value_scale + about.value_offset, values)


@pytest.mark.parametrize("inverted", [False, True])
def test_all_sixteen_bits_are_kept_apart(inverted):
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    name = "MONOCHROME1" if inverted else "MONOCHROME2"
    result = read(pixels=ramp, BitsStored=16, HighBit=15, PhotometricInterpretation=name)
    assert len(np.unique(result.stored.voxels)) == 65536
    about = result.radiograph
    back = (result.stored.voxels[0].astype(float) - about.value_offset) / about.value_scale
    assert np.array_equal(back, ramp)


def test_tables_of_grey_values_are_applied_and_a_window_is_only_a_way_to_look():
    plain = read(WindowCenter=["1500", "2000"], WindowWidth=["900", "4000"])
    assert np.array_equal(plain.stored.voxels[0], picture())
    first = next(iter(plain.radiograph.windows.items()))
    assert (first[0], first[1].center, first[1].width) == ("stated", 1500.0, 900.0)
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 16]
    table.LUTData = (np.arange(4096) * 2).astype("<u2").tobytes()
    looked_up = read(VOILUTSequence=[table])
    assert np.array_equal(looked_up.stored.voxels[0], picture() * 2)
    assert "stated" not in looked_up.radiograph.windows
    rescaled = read(RescaleSlope=0.5, RescaleIntercept=-10, RescaleType="US")
    about = rescaled.radiograph
    back = (rescaled.stored.voxels[0] - about.value_offset) / about.value_scale
    assert np.allclose(back, picture() * 0.5 - 10, atol=0.51 / about.value_scale)


def test_the_windows_fit_the_picture():
    windows = read().radiograph.windows
    assert list(windows) == ["picture", "bone"]
    bone = windows["bone"]
    brightest = picture()[90, 80]
    assert bone.center - bone.width / 2 < brightest <= bone.center + bone.width / 2 + 50
    assert bone.center > windows["picture"].center


def test_filled_borders_are_dark_whatever_they_were():
    shown = picture()
    shown[:, :10] = 4095
    result = read(pixels=shown, PixelPaddingValue=4095)
    assert (result.stored.voxels[0, :, :10] == result.stored.voxels.min()).all()


def test_each_film_of_a_series_is_an_image_of_its_own_beside_a_ct():
    other = picture()[::-1].copy()
    files = [film_file(), film_file(pixels=other, SOPInstanceUID="1.2.3"), film_file()]
    results = read_series([*map(io.BytesIO, files), *Slices(n=4).files()])
    kinds = [(result.code, result.radiograph is not None) for result in results]
    assert sorted(kinds) == [(Code.ACCEPTED, False), (Code.ACCEPTED, True), (Code.ACCEPTED, True)]
    assert any("repeated" in note for result in results for note in result.notes)


def test_no_working_grid_resamples_a_film():
    volume, _ = to_canonical(read().stored)
    for rule in Rule:
        grid = working_grid(volume.grid, rule)
        assert not grid.is_resampled
        assert grid.rule is Rule.AS_STORED
        assert resample_volume(volume, grid) is volume


def test_grids_of_two_frames_are_never_compared():
    film_grid = to_canonical(read().stored)[0].grid
    ct = Volume(np.zeros(film_grid.shape, np.int16), film_grid)
    pixels = to_canonical(read(ImagerPixelSpacing=None).stored)[0].grid
    with pytest.raises(FramesMixed, match="detector_mm"):
        ct.grid.is_same(pixels)
