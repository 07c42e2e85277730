"""Images in and out: DICOM series, NIfTI, masks, canonical orientation, de-identification."""
