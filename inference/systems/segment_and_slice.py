"""Segment and Slice: our own networks segment, ResNet-18 judges sagittal slices of the bodies."""

from typing import Final

from torch import nn

from inference.config import Preset, Schedule
from inference.nets.slice_classifier import SliceClassifier
from inference.systems import anchor_free
from inference.systems.system import System

_WIDTHS: Final = {
    "tiny": (16, 32, 64, 128),
    "base": (32, 64, 128, 256),
    "paper": (64, 128, 256, 512),
}
_SCHEDULES: Final = {
    "tiny": Schedule(3000, 32, 0.01),
    "base": Schedule(6000, 32, 0.01),
    "paper": Schedule(8450, 32, 0.001),
}
"""With the paper's 27,019 slices, ten epochs of batches of 32 are 8,450 steps."""
_PHANTOMS: Final = {"tiny": 500, "base": 1000, "paper": 2000}


def _preset(below: Preset) -> Preset:
    """Return the preset of the anchor-free system with a classifier of the same size."""
    name = below.name
    return Preset(
        name=name,
        widths={**below.widths, "classifier": _WIDTHS[name]},
        schedules={**below.schedules, "classifier": _SCHEDULES[name]},
        phantoms={**below.phantoms, "slices": _PHANTOMS[name]},
    )


def new_nets(preset: Preset) -> dict[str, nn.Module]:
    """Return untrained networks."""
    segmenting = anchor_free.new_nets(preset)
    return {**segmenting, "classifier": SliceClassifier(preset.widths["classifier"])}


SYSTEM: Final = System(
    name="segment-and-slice",
    title="Segment and Slice",
    source="Glessgen et al., Segment and Slice; ResNet-18 of He et al. 2016",
    kind="ct",
    mask_shows="bodies",
    presets={name: _preset(preset) for name, preset in anchor_free.SYSTEM.presets.items()},
    new_nets=new_nets,
)
