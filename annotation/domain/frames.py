"""In what points and distances are given: patient millimetres, detector millimetres or pixels.

A CT knows where its voxels lie in the patient. A radiograph is a shadow: its millimetres are those
of the detector, larger than the bone's by a factor nobody states, unless somebody calibrated them;
and where no spacing is stated there are pixels and ratios only. Numbers of different frames are
never added, subtracted or compared.
"""

from enum import StrEnum


class Frame(StrEnum):
    """In what coordinates are given."""

    PATIENT_MM = "patient_mm"
    DETECTOR_MM = "detector_mm"
    PIXEL = "pixel"


class SpacingSource(StrEnum):
    """Where the pixel spacing of a radiograph comes from."""

    CALIBRATED = "calibrated"
    IMAGER = "imager"
    UNKNOWN = "unknown"


class FramesMixed(ValueError):
    """Coordinates of different frames met; no number may come out of that."""


def has_mm(frame: Frame) -> bool:
    """Tell whether lengths in this frame are millimetres of any kind."""
    return frame is not Frame.PIXEL


def unit_of(frame: Frame) -> str:
    """Return the unit of lengths in a frame, as it is written behind a number."""
    return "mm" if has_mm(frame) else "px"


def frame_of_spacing(source: SpacingSource) -> Frame:
    """Return the frame of a radiograph whose spacing comes from there."""
    return Frame.PIXEL if source is SpacingSource.UNKNOWN else Frame.DETECTOR_MM


def one_frame(*frames: Frame) -> Frame:
    """Return the frame that all share.

    Raises:
        FramesMixed: if they differ, or there is none.
    """
    met = sorted({frame.value for frame in frames})
    if len(met) != 1:
        raise FramesMixed(f"coordinates of one frame are needed, not of {met or 'none'}")
    return Frame(met[0])
