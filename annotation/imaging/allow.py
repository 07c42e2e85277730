"""The allow-list: the few values of a DICOM header that may be shown, each cleaned word by word.

Makers and models are known words, kernels have known forms, numbers are in plausible ranges, ages
over 89 are written 90 (45 CFR 164.514). A value that does not pass stays behind; a word in it that
is not known, such as a hospital's name in a model's, stays behind alone.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from annotation.imaging.results import Allowed, Identity, Removed


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOP_AGE: Final = 89
_MAKERS: Final = (
    ("siemens", "Siemens"),
    ("ge medical", "GE"),
    ("ge healthcare", "GE"),
    ("gems", "GE"),
    ("philips", "Philips"),
    ("marconi", "Philips"),
    ("picker", "Philips"),
    ("toshiba", "Toshiba"),
    ("canon", "Canon"),
    ("hitachi", "Hitachi"),
    ("fujifilm", "Fujifilm"),
    ("shimadzu", "Shimadzu"),
    ("neusoft", "Neusoft"),
    ("united imaging", "United Imaging"),
    ("uih", "United Imaging"),
    ("samsung", "Samsung"),
    ("neurologica", "NeuroLogica"),
    ("imatron", "Imatron"),
    ("elscint", "Elscint"),
    ("agfa", "Agfa"),
    ("carestream", "Carestream"),
    ("konica", "Konica Minolta"),
)
_MODEL_FAMILIES: Final = _words(
    """somatom sensation definition emotion biograph perspective spirit scope confidence naeotom
    volume lightspeed discovery revolution brightspeed optima hispeed genesis highspeed brilliance
    brilliance16 ict ingenuity iqon spectral mx8000 gemini incisive access vereos aquilion asteion
    alexion activion scenaria eclos supria presto uct neuviz ceretom bodytom vct symbia"""
)
_MODEL_WORDS: Final = _words(
    """one prime lb plus flash force edge drive pro apex ct hd elite ultra xtra gsi go as open all
    up top now power core evo frontier es maxima big bore elite prism vision zoom alpha speed air
    lightning start horizon duo tf pet ct/i ct/e zx qx/i pro16 rxl hdx mct flow s"""
)
_KERNEL_WORDS: Final = _words(
    """STANDARD BONE BONEPLUS LUNG DETAIL SOFT CHEST EDGE STND STD SMOOTH SHARP ULTRA MEDIUM BODY
    HEAD ABDOMEN BRAIN HD LUNG2"""
)
_KERNEL_FORM: Final = re.compile(r"[A-Z]{1,2}|[A-Z]{1,2}[a-z]?\d{1,3}[a-z]?(-[A-Z])?")
_NUMBERED_WORD: Final = re.compile(r"(?=[a-z/+.-]*\d)[a-z]{0,2}\d{1,4}[a-z/+.-]{0,2}|as\+")
_NO_CONTRAST: Final = frozenset({"NONE", "NO", "N", "-", "0", "WITHOUT"})
_DATES: Final = frozenset({"DA", "DT", "TM"})
_TECHNICAL: Final = _words(
    """SOPClassUID Modality ImageType PhotometricInterpretation SamplesPerPixel Rows Columns
    BitsAllocated BitsStored HighBit PixelRepresentation PixelSpacing ImagePositionPatient
    ImageOrientationPatient RescaleIntercept RescaleSlope RescaleType PixelPaddingValue
    PixelPaddingRangeLimit NumberOfFrames BurnedInAnnotation SpecificCharacterSet PixelData
    SmallestImagePixelValue LargestImagePixelValue ViewPosition PatientOrientation
    ImagerPixelSpacing PixelSpacingCalibrationType EstimatedRadiographicMagnificationFactor
    PositionerPrimaryAngle WindowCenter WindowWidth"""
)
"""Used for the geometry and the voxels, or saying nothing of a person."""


def allowed_of(header: Dataset) -> Allowed:
    """Return what may be shown of one header; never raises for a strange value."""
    age, is_top_coded = _age(header)
    return Allowed(
        sex=_text(header, "PatientSex").upper()
        if _text(header, "PatientSex").upper() in {"M", "F", "O"}
        else None,
        age_years=age,
        age_top_coded=is_top_coded,
        manufacturer=_maker(_text(header, "Manufacturer")),
        model=_model(_text(header, "ManufacturerModelName")),
        kernel=_kernel(_text(header, "ConvolutionKernel")),
        kvp=_number(header, "KVP", 40, 200),
        contrast=_contrast(header),
        slice_thickness_mm=_number(header, "SliceThickness", 0.01, 50),
    )


def identity_of(header: Dataset, sop_uids: tuple[str, ...] = ()) -> Identity:
    """Return what names the patient, the study and its moment."""
    return Identity(
        patient_id=_text(header, "PatientID"),
        patient_name=_text(header, "PatientName"),
        birth_date=_text(header, "PatientBirthDate"),
        study_uid=_text(header, "StudyInstanceUID"),
        series_uid=_text(header, "SeriesInstanceUID"),
        frame_of_reference_uid=_text(header, "FrameOfReferenceUID"),
        accession_number=_text(header, "AccessionNumber"),
        study_date=_text(header, "StudyDate"),
        sop_uids=sop_uids,
    )


def count_removed(header: Dataset, allowed: Allowed) -> Removed:
    """Count the filled-in values of one header, nested ones too, that go no further."""
    leaves = {
        "PatientSex": allowed.sex,
        "PatientAge": allowed.age_years,
        "Manufacturer": allowed.manufacturer,
        "ManufacturerModelName": allowed.model,
        "ConvolutionKernel": allowed.kernel,
        "KVP": allowed.kvp,
        "SliceThickness": allowed.slice_thickness_mm,
    }
    kept = _TECHNICAL | {keyword for keyword, value in leaves.items() if value is not None}
    values = private = dates = 0
    for tag, vr, keyword in _filled_in(header):
        if keyword in kept:
            continue
        if tag.is_private:
            private += 1
        elif vr in _DATES:
            dates += 1
        else:
            values += 1
    return Removed(values, private, dates)


def _filled_in(header: Dataset) -> Iterator[tuple[BaseTag, str, str]]:
    """Yield tag, VR and keyword of all values, nested ones too; a damaged one has no VR."""
    for tag in header.keys():  # noqa: SIM118 - iterating the data set itself decodes the values
        try:
            element = header[tag]
            items = list(element.value) if element.VR == "SQ" else []
            is_empty = element.is_empty
        except Exception:
            yield tag, "", ""
            continue
        for item in items:
            yield from _filled_in(item)
        if not is_empty and element.VR != "SQ":
            yield tag, element.VR, element.keyword


def _text(header: Dataset, keyword: str) -> str:
    """Return the first value as text, empty where it is absent or unreadable."""
    value: Any = _value(header, keyword)
    if value is None:
        return ""
    if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        value = value[0] if len(value) else ""
    return str(value).strip()


def _value(header: Dataset, keyword: str) -> Any:
    """Return a value, also out of the functional groups that a multi-frame image shares."""
    try:
        if keyword in header:
            return header.get(keyword)
        shared = header.get("SharedFunctionalGroupsSequence")
        groups = [item for element in shared[0] for item in element.value] if shared else []
        return next((group.get(keyword) for group in groups if keyword in group), None)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return None


def _number(header: Dataset, keyword: str, low: float, high: float) -> float | None:
    try:
        value = float(_text(header, keyword))
    except ValueError:
        return None
    return value if low <= value <= high else None


def _age(header: Dataset) -> tuple[int | None, bool]:
    stated = re.fullmatch(r"(\d{1,3})([DWMY])", _text(header, "PatientAge").upper())
    if stated and stated[0] == "000Y":
        return None, False  # scanners write it where no age was entered
    if stated:
        years = int(stated[1]) if stated[2] == "Y" else int(stated[1]) // _per_year(stated[2])
    else:
        born, seen = (_date(_text(header, k)) for k in ("PatientBirthDate", "StudyDate"))
        if born is None or seen is None or seen < born:
            return None, False
        years = seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
    return (TOP_AGE + 1, True) if years > TOP_AGE else (years, False)


def _per_year(unit: str) -> int:
    return {"D": 366, "W": 53, "M": 12}[unit]


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _maker(text: str) -> str | None:
    return next((name for word, name in _MAKERS if word in text.lower()), None)


def _model(text: str) -> str | None:
    words = text.replace(",", " ").split()
    known = [
        word
        for word in words
        if word.lower() in _MODEL_FAMILIES
        or word.lower() in _MODEL_WORDS
        or _NUMBERED_WORD.fullmatch(word.lower())
    ]
    if not any(word.lower() in _MODEL_FAMILIES for word in known):
        return None
    return " ".join(known)


def _kernel(text: str) -> str | None:
    if text.upper() in _KERNEL_WORDS or _KERNEL_FORM.fullmatch(text):
        return text
    return None


def _contrast(header: Dataset) -> bool | None:
    agent = _text(header, "ContrastBolusAgent")
    if agent:
        return agent.upper() not in _NO_CONTRAST
    return True if _number(header, "ContrastBolusVolume", 0.001, 1000) else None
