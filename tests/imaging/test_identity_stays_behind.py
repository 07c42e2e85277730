"""Canaries: no text of a header, a file name or a NIfTI field is in anything that leaves."""

import dataclasses
import gzip
import io
import json
import logging
import stat
import threading
import warnings

import nibabel as nib
import numpy as np
import pytest
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from annotation.bridge.meta import describe_volume, volume_hash
from annotation.imaging.allow import allowed_of
from annotation.imaging.canonical import to_canonical
from annotation.imaging.deidentify import (
    KeyFileUnsafe,
    load_key,
    new_uid,
    pseudonym,
    shift_date,
    shift_days,
)
from annotation.imaging.dicom import read_series
from annotation.imaging.nifti import ct_bytes, read_ct
from annotation.imaging.results import Code
from tests.films import film
from tests.imaging.series import Slices, as_file

TEXT = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
DATE = "19410203"
USED = {
    "Modality",
    "PhotometricInterpretation",
    "BurnedInAnnotation",
    "RescaleType",
    "SpecificCharacterSet",
    "ImageType",
}
IDENTITIES = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")


def text_attributes():
    for number, (vr, _, _, retired, keyword) in DicomDictionary.items():
        if keyword and keyword not in USED and vr in (*TEXT, "DA", "DT") and number >> 16 >= 8:
            yield number, vr, retired


def canary_values():
    """Return a data set with a canary in every text attribute, and the canaries."""
    seeded, canaries = Dataset(), [DATE]
    for number, vr, _ in text_attributes():
        value = f"{DATE}120000" if vr == "DT" else DATE if vr == "DA" else f"KANARI{number:08X}"
        seeded[number] = DataElement(Tag(number), vr, value)
        canaries.append(value)
    block = seeded.private_block(0x0029, "KANARICREATOR", create=True)
    block.add_new(0x01, "LO", "KANARIPRIVATE")
    block.add_new(0x02, "UN", b"KANARIUNKNOWN")
    return seeded, [*canaries, "KANARICREATOR", "KANARIPRIVATE", "KANARIUNKNOWN"]


def seed(ds):
    seeded, canaries = canary_values()
    nested, _ = canary_values()
    kept = {keyword: ds.get(keyword) for keyword in IDENTITIES if not keyword.endswith("ID")}
    ds.update(seeded)
    for keyword, value in kept.items():
        setattr(ds, keyword, value)
    ds.OtherPatientIDsSequence = Sequence([nested])
    ds.RequestAttributesSequence = Sequence([nested])
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", "KANARITYPE"]
    return canaries


def what_leaves(result):
    """Return all text of a result but for the two parts that are identity by name."""
    open_parts = [
        getattr(result, part.name)
        for part in dataclasses.fields(result)
        if part.name not in ("identity", "slices", "stored", "original_grid")
    ]
    return " ".join([repr(open_parts), repr(result.identity), repr(result.slices), repr(result)])


@pytest.fixture
def everything_said(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield lambda: " ".join(
            [caplog.text, *capfd.readouterr(), *(str(w.message) for w in warned)]
        )


def test_hundreds_of_canaries_stay_behind(tmp_path, everything_said):
    paths, canaries = [], []
    for k in range(4):
        ds = Slices(n=4).dataset(k)
        canaries = seed(ds)
        path = tmp_path / f"KANARIFILE {k}.dcm"
        path.write_bytes(as_file(ds).getvalue())
        paths.append(path)
    assert len(canaries) > 600
    (result,) = read_series(paths)
    assert result.code is Code.ACCEPTED
    volume, turn = to_canonical(result.stored)
    meta = describe_volume(volume, volume_id="v1", content_hash=volume_hash(volume))
    nifti = gzip.decompress(ct_bytes(volume.hu, volume.grid))
    leaving = " ".join(
        [
            what_leaves(result),
            json.dumps(meta.as_json()),
            json.dumps(turn.as_record()),
            nifti.decode("latin-1"),
            everything_said(),
        ]
    )
    assert "KANARI" not in leaving
    assert DATE not in leaving
    assert str(tmp_path) not in leaving
    assert result.identity.patient_id.startswith("KANARI")
    assert result.removed.private == 4 * 3 * 2 + 4 * 3
    assert result.removed.values > 4 * 3 * 500
    assert result.removed.dates > 4 * 3 * 20


def refused_files():
    broken = Slices(n=4).dataset(0)
    few = Slices(n=2)
    gap = Slices(n=5)
    mr = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4", "Modality": "KANARIMODALITY"}
    broken.PixelData = b"KANARIPIXELS"
    yield Code.PIXELS_UNREADABLE, [broken, *(Slices(n=4).dataset(k) for k in range(1, 4))]
    yield Code.TOO_FEW_SLICES, [few.dataset(k) for k in range(2)]
    yield Code.SPACING_VARIES, [gap.dataset(k) for k in (0, 1, 2, 4)]
    yield Code.NOT_CT, [Slices(n=4, values=mr).dataset(0)]
    odd = {"ImageType": ["ORIGINAL", "LOCALIZER", "KANARITYPE"]}
    yield Code.LOCALIZER, [Slices(n=4, values=odd).dataset(0)]
    syntax = Slices(n=3)
    yield Code.NOT_HU, [dict_set(syntax.dataset(k), RescaleType="KANARITYPE") for k in range(3)]


def dict_set(ds, **values):
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@pytest.mark.parametrize(("code", "datasets"), list(refused_files()))
def test_a_refusal_says_nothing_out_of_the_file(tmp_path, everything_said, code, datasets):
    paths = []
    for k, ds in enumerate(datasets):
        kept = {key: ds.get(key) for key in ("Modality", "RescaleType", "ImageType") if key in ds}
        seed(ds)
        dict_set(ds, **kept)
        path = tmp_path / f"KANARIFILE{k}"
        path.write_bytes(as_file(ds).getvalue())
        paths.append(path)
    (result,) = read_series(paths)
    assert result.code is code
    assert "KANARI" not in what_leaves(result) + everything_said()


def test_a_header_that_cannot_be_parsed_says_nothing_either(everything_said):
    content = bytearray(as_file(Slices(n=1).dataset(0)).getvalue())
    at = content.find(b"P1")
    content[at - 2 : at] = (60000).to_bytes(2, "little")
    broken = io.BytesIO(bytes(content) + b"KANARI" * 20)
    (result,) = read_series([broken])
    assert not result.is_accepted
    assert "KANARI" not in what_leaves(result) + everything_said()


def test_text_of_a_nifti_and_its_name_stay_behind(tmp_path, everything_said):
    values = np.arange(60, dtype=np.int16).reshape(3, 4, 5) - 30
    image = nib.Nifti1Image(values, np.eye(4))
    for name, size in (("descrip", 80), ("aux_file", 24), ("db_name", 18), ("intent_name", 16)):
        image.header[name] = f"KANARI{name}"[: size - 1]
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"KANARIEXTENSION"))
    path = tmp_path / "KANARI^NAME_1941.nii"
    path.write_bytes(image.to_bytes())
    result = read_ct(path)
    assert result.is_accepted
    written = gzip.decompress(ct_bytes(result.stored.voxels, result.stored.grid))
    leaving = what_leaves(result) + written.decode("latin-1") + everything_said()
    assert "KANARI" not in leaving
    cut = tmp_path / "KANARI2.nii"
    cut.write_bytes(image.to_bytes()[:-9])
    assert "KANARI" not in what_leaves(read_ct(cut)) + everything_said()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"Manufacturer": "SIEMENS"}, {"manufacturer": "Siemens"}),
        ({"Manufacturer": "Dr Muster Radiology"}, {"manufacturer": None}),
        ({"ManufacturerModelName": "SOMATOM Definition AS+"}, {"model": "SOMATOM Definition AS+"}),
        ({"ManufacturerModelName": "Aquilion ONE Muster Clinic"}, {"model": "Aquilion ONE"}),
        ({"ManufacturerModelName": "iCT 256"}, {"model": "iCT 256"}),
        ({"ManufacturerModelName": "Muster 64"}, {"model": None}),
        ({"ConvolutionKernel": "B70f"}, {"kernel": "B70f"}),
        ({"ConvolutionKernel": ["Br40d", "3"]}, {"kernel": "Br40d"}),
        ({"ConvolutionKernel": "FC08-H"}, {"kernel": "FC08-H"}),
        ({"ConvolutionKernel": "Muster"}, {"kernel": None}),
        ({"PatientSex": "F"}, {"sex": "F"}),
        ({"PatientSex": "MUSTER"}, {"sex": None}),
        ({"PatientAge": "089Y"}, {"age_years": 89, "age_top_coded": False}),
        ({"PatientAge": "090Y"}, {"age_years": 90, "age_top_coded": True}),
        ({"PatientAge": "103Y"}, {"age_years": 90, "age_top_coded": True}),
        ({"PatientAge": "011M"}, {"age_years": 0}),
        ({"PatientAge": "000Y"}, {"age_years": None}),
        ({"PatientBirthDate": "19500702", "StudyDate": "20200701"}, {"age_years": 69}),
        ({"KVP": 120}, {"kvp": 120.0}),
        ({"KVP": 4711}, {"kvp": None}),
        ({"ContrastBolusAgent": "Ultravist KANARI"}, {"contrast": True}),
        ({"ContrastBolusAgent": "none"}, {"contrast": False}),
        ({}, {"contrast": None, "slice_thickness_mm": None}),
    ],
)
def test_the_allow_list_lets_known_words_through_and_nothing_else(values, expected):
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    allowed = allowed_of(ds)
    assert {key: getattr(allowed, key) for key in expected} == expected


KEY = bytes(range(32))


def test_a_pseudonym_is_the_same_each_time_and_another_with_another_key_or_scope():
    name = pseudonym(KEY, "patient/verse", "4711")
    assert name == pseudonym(KEY, "patient/verse", " 4711 ")
    assert len(name) == 10
    others = {
        pseudonym(KEY, "patient/other", "4711"),
        pseudonym(bytes(32), "patient/verse", "4711"),
        pseudonym(KEY, "patient/verse", "4712"),
    }
    assert len(others | {name}) == 4
    with pytest.raises(ValueError, match="32 bytes"):
        pseudonym(b"short", "patient", "4711")


def test_a_uid_is_valid_and_stable():
    uid = new_uid(KEY, "1.2.840.1")
    assert uid == new_uid(KEY, "1.2.840.1")
    assert uid.startswith("2.25.")
    assert len(uid) <= 64
    assert uid[5:].isdigit()
    assert uid[5] != "0"


def test_dates_move_together_and_never_forward():
    shifts = {shift_days(KEY, str(n)) for n in range(2000)}
    assert min(shifts) >= -365
    assert max(shifts) <= -1
    assert len(shifts) > 350
    days = shift_days(KEY, "4711")
    assert shift_date("20200110", -10) == "20191231"
    assert shift_date("20200301120000.5+0100", -1) == "20200229120000.5+0100"
    first, second = shift_date("20190105", days), shift_date("20190112", days)
    assert np.datetime64(f"{second[:4]}-{second[4:6]}-{second[6:]}") - np.datetime64(
        f"{first[:4]}-{first[4:6]}-{first[6:]}"
    ) == np.timedelta64(7, "D")
    for no_date in ("", "2019", "20191399", "KANARI"):
        assert shift_date(no_date, -3) == ""


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "pseudonyms.key"
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(load_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys) == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    path.chmod(0o640)
    with pytest.raises(KeyFileUnsafe, match="0640"):
        load_key(path)
    path.chmod(0o600)
    path.write_text("KANARI")
    with pytest.raises(KeyFileUnsafe) as unsafe:
        load_key(path)
    assert "KANARI" not in str(unsafe.value)


def test_canaries_of_a_radiograph_stay_behind(tmp_path, everything_said):
    ds = film()
    canaries = seed(ds)
    path = tmp_path / "KANARIFILE.dcm"
    path.write_bytes(as_file(ds).getvalue())
    assert len(canaries) > 600
    (result,) = read_series([path])
    assert result.code is Code.ACCEPTED
    assert result.radiograph is not None
    volume, turn = to_canonical(result.stored)
    meta = describe_volume(
        volume, volume_id="v1", content_hash=volume_hash(volume), radiograph=result.radiograph
    )
    leaving = " ".join(
        [
            what_leaves(result),
            json.dumps(meta.as_json()),
            json.dumps(turn.as_record()),
            everything_said(),
        ]
    )
    assert "KANARI" not in leaving
    assert DATE not in leaving
    assert result.removed.values > 3 * 500
