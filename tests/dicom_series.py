"""Writes small DICOM series with a full identity, to be taken in and to be looked for."""

import io
import zipfile

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

CANARY = {
    "PatientName": "Canary^Quincey",
    "PatientID": "HOSPITAL-471147",
    "PatientBirthDate": "19410203",
    "InstitutionName": "Canaryhospital",
    "ReferringPhysicianName": "Canarydoctor^Xaver",
    "StudyDescription": "Canarystudy of Quincey",
    "SeriesDescription": "Canaryseries",
    "AccessionNumber": "CANARY77",
    "StationName": "CANARYSTATION",
    "PatientComments": "Canary lives in Canarystreet",
    "StudyDate": "20190817",
}
_CT = "1.2.840.10008.5.1.4.1.1.2"
_ROOT = "1.2.826.0.1.3680043.8.498.4711"


def series_files(n=6, *, series="1", slope=1.0, drop=(), **said) -> list[bytes]:
    """Return the files of an axial series of 24 x 20 pixels, 0.8 mm apart, slices 2 mm apart."""
    return [
        _slice(index, series, slope, {**CANARY, **said}) for index in range(n) if index not in drop
    ]


def _slice(index, series, slope, said) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = _CT
    meta.MediaStorageSOPInstanceUID = f"{_ROOT}.3.{series}.{index + 1}"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    file.SOPClassUID, file.SOPInstanceUID = _CT, meta.MediaStorageSOPInstanceUID
    file.StudyInstanceUID, file.SeriesInstanceUID = f"{_ROOT}.1", f"{_ROOT}.2.{series}"
    file.FrameOfReferenceUID = f"{_ROOT}.9"
    file.Modality, file.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    file.PatientSex, file.PatientAge = "F", "078Y"
    for name, value in said.items():
        setattr(file, name, value)
    file.add_new(0x00091010, "LO", "Canaryprivate")
    file[0x00091010].private_creator = None
    file.Rows, file.Columns = 24, 20
    file.PixelSpacing, file.ImageOrientationPatient = [0.8, 0.8], [1, 0, 0, 0, 1, 0]
    file.ImagePositionPatient = [-8.0, -9.0, 100.0 + 2.0 * index]
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.BitsAllocated = file.BitsStored = 16
    file.HighBit, file.PixelRepresentation = 15, 1
    file.RescaleSlope, file.RescaleIntercept = slope, -24
    pixels = np.random.default_rng(index).integers(0, 300, (24, 20), dtype=np.int16)
    file.PixelData = pixels.tobytes()
    out = io.BytesIO()
    pydicom.dcmwrite(out, file, enforce_file_format=True)
    return out.getvalue()


def zipped(files: list[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, content in enumerate(files):
            archive.writestr(f"Canary_Quincey/IM{number}.dcm", content)
    return out.getvalue()
