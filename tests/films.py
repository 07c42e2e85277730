"""Writes small lateral radiographs with a full identity, to be taken in and to be looked for."""

import io

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicom_series import CANARY

CLASSES = {
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "RF": "1.2.840.10008.5.1.4.1.1.12.2",
    "XA": "1.2.840.10008.5.1.4.1.1.12.1",
}
ROOT = "1.2.826.0.1.3680043.8.498.5150"
ROWS, COLUMNS = 240, 160
TOPS = (30, 80, 130, 180)
"""First row of each body; a body is 36 rows high and spans the columns 60 to 99."""


def picture() -> np.ndarray:
    """Return a shadow of four bodies, uint16, 12 bits: bone bright, the front of the second low."""
    rows, columns = np.indices((ROWS, COLUMNS))
    shown = 600 + 4 * columns + np.random.default_rng(7).integers(0, 40, (ROWS, COLUMNS))
    for number, top in enumerate(TOPS):
        lost = np.clip((99 - columns) / 39, 0, 1) * (12 if number == 1 else 0)
        inside = (columns >= 60) & (columns < 100) & (rows >= top + lost) & (rows < top + 36)
        shown[inside] += 1800
    return shown.astype(np.uint16)


def film(modality="DX", pixels=None, **said) -> Dataset:
    """Return a lateral film; values given replace the usual ones, None takes one away.

    Unless told otherwise it is 12 bits deep with an imager's spacing of 0.5 mm, and states that
    the rows run backwards and the columns downwards.
    """
    shown = picture() if pixels is None else pixels
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CLASSES[modality]
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.3"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.1", f"{ROOT}.2"
    ds.Modality, ds.ImageType = modality, ["DERIVED", "PRIMARY"]
    ds.PatientSex, ds.PatientAge = "F", "078Y"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = shown.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelRepresentation = 0
    ds.ImagerPixelSpacing = [0.5, 0.5]
    ds.ViewPosition, ds.PatientOrientation = "LL", ["P", "F"]
    ds.PixelData = shown.tobytes()
    for keyword, value in {**CANARY, **said}.items():
        if value is not None:
            setattr(ds, keyword, value)
        elif keyword in ds:
            delattr(ds, keyword)
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def film_file(modality="DX", pixels=None, **said) -> bytes:
    """Return the file of a film."""
    out = io.BytesIO()
    film(modality, pixels, **said).save_as(out, enforce_file_format=True)
    return out.getvalue()
