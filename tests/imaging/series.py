"""A small writer of CT slices, for series that no real file shows."""

import io
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

AXIAL = (1, 0, 0, 0, 1, 0)
SAGITTAL = (0, 1, 0, 0, 0, -1)
ROOT = "1.2.826.0.1.3680043.10.1462"


@dataclass
class Slices:
    """Where the slices lie and what is special about them."""

    n: int = 5
    shape: tuple[int, int] = (6, 8)
    spacing: tuple[float, float] = (0.7, 0.5)
    orientation: tuple[float, ...] = AXIAL
    origin: tuple[float, float, float] = (-10.0, -20.0, 100.0)
    step: tuple[float, float, float] = (0.0, 0.0, 2.0)
    series: int = 1
    values: dict = field(default_factory=dict)
    pixels: np.ndarray | None = None

    def position(self, k):
        return np.asarray(self.origin) + k * np.asarray(self.step)

    def picture(self, k):
        if self.pixels is not None:
            return self.pixels[k].astype(np.int16)
        rows, columns = np.indices(self.shape)
        return (1000 + 100 * k + 10 * rows + columns).astype(np.int16)

    def dataset(self, k):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
        ds.SOPInstanceUID = f"{ROOT}.{self.series}.{k + 1}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.SeriesInstanceUID = f"{ROOT}.{self.series}"
        ds.StudyInstanceUID = ROOT
        ds.FrameOfReferenceUID = f"{ROOT}.9"
        ds.PatientID = "P1"
        ds.Modality = "CT"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.InstanceNumber = 1000 - k
        ds.SamplesPerPixel = 1
        ds.PhotometricInterpretation = "MONOCHROME2"
        ds.Rows, ds.Columns = self.shape
        ds.BitsAllocated = ds.BitsStored = 16
        ds.HighBit = 15
        ds.PixelRepresentation = 1
        ds.PixelSpacing = list(self.spacing)
        ds.ImageOrientationPatient = list(self.orientation)
        ds.ImagePositionPatient = [round(float(v), 6) for v in self.position(k)]
        ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
        ds.PixelData = self.picture(k).tobytes()
        for keyword, value in self.values.items():
            if value is None:
                delattr(ds, keyword)
            else:
                setattr(ds, keyword, value)
        return ds

    def files(self):
        return [as_file(self.dataset(k)) for k in range(self.n)]


def as_file(ds):
    """Return a dataset as a DICOM file in memory."""
    stream = io.BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    stream.seek(0)
    return stream
