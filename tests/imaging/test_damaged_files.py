"""Whatever happens to a file, reading it ends in a result and never in an exception."""

import io

import nibabel as nib
import numpy as np
import pytest

from annotation.imaging.dicom import read_series
from annotation.imaging.nifti import read_ct
from annotation.imaging.results import Code
from tests.imaging.series import Slices, as_file


def spoiled(content, random, n=6, reach=None):
    """Return the content with some bytes changed, within its first `reach` bytes."""
    damaged = bytearray(content)
    for at in random.integers(0, reach or len(damaged), n):
        damaged[at] = random.integers(0, 256)
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(30))
def test_a_series_with_damaged_slices_always_ends_in_results(seed):
    random = np.random.default_rng(seed)
    values = {"PatientWeight": "70", "StudyDate": "20200101", "Manufacturer": "GEMS"}
    files = [stream.getvalue() for stream in Slices(n=5, values=values).files()]
    for k in random.integers(0, 5, 2):
        files[k] = spoiled(files[k], random, n=int(random.integers(1, 40)))
    if seed % 4 == 0:
        files[0] = files[0][: random.integers(0, len(files[0]))]
    results = read_series([io.BytesIO(content) for content in files])
    assert results
    assert all(result.name and result.reason for result in results)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_nifti_always_ends_in_a_result(seed):
    random = np.random.default_rng(seed)
    image = nib.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.eye(4))
    content = spoiled(image.to_bytes(), random, n=int(random.integers(1, 30)), reach=348)
    if seed % 3 == 0:
        content = image.to_bytes()[:40] + random.bytes(308) + image.to_bytes()[344:]
    result = read_ct(io.BytesIO(content), max_bytes=1 << 20)
    assert result.is_accepted == (result.code is Code.ACCEPTED)
    assert result.reason


@pytest.mark.parametrize(
    ("keyword", "raw"), [("RescaleSlope", "x"), ("ImagePositionPatient", "a\\b\\c"), ("Rows", None)]
)
def test_a_value_that_is_no_number_is_a_damaged_header(keyword, raw):
    files = []
    for k in range(4):
        ds = Slices(n=4).dataset(k)
        content = as_file(ds).getvalue()
        if raw is None:
            at = content.find(b"\x28\x00\x10\x00US") + 6
            content = content[:at] + b"\x03\x00" + content[at + 2 :]
        else:
            element = ds[keyword]
            text = (
                "\\".join(str(v) for v in element.value) if element.VM > 1 else str(element.value)
            )
            old = text.encode() + b" " * (len(text) % 2)
            content = content.replace(old, raw.encode().ljust(len(old)), 1)
        files.append(io.BytesIO(content))
    results = read_series(files)
    assert not any(result.is_accepted for result in results)


def test_a_damaged_value_that_is_not_needed_does_not_stop_a_series():
    files = []
    for k in range(4):
        content = as_file(Slices(n=4, values={"PatientWeight": "70.5"}).dataset(k)).getvalue()
        files.append(io.BytesIO(content.replace(b"70.5", b"abcd")))
    (result,) = read_series(files)
    assert result.is_accepted


def test_a_file_that_claims_more_pictures_than_it_places_is_refused():
    (result,) = read_series(Slices(n=4, values={"NumberOfFrames": 9999999}).files())
    assert result.code is Code.NOT_A_VOLUME
    assert "9999999 pictures" in result.reason


def test_infinite_and_missing_numbers_in_a_nifti_header_are_refused():
    image = nib.Nifti1Image(np.zeros((3, 4, 5), np.int16), np.eye(4))
    for at in (108, 280, 76):
        content = bytearray(image.to_bytes())
        content[at : at + 4] = np.array([np.inf], "<f4").tobytes()
        image_2 = io.BytesIO(bytes(content))
        assert read_ct(image_2).code in (Code.UNREADABLE, Code.NO_SPACING, Code.ACCEPTED)
    huge = nib.Nifti2Image(np.zeros((3, 4, 5), np.int16), np.eye(4))
    content = bytearray(huge.to_bytes())
    content[24:40] = np.array([2**62, 2**62], "<i8").tobytes()
    assert read_ct(io.BytesIO(bytes(content))).code is Code.TOO_LARGE
