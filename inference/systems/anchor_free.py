"""Anchor-free six points, with a patch segmenter: three networks."""

from typing import Final

from torch import nn

from inference.config import Preset, Schedule
from inference.nets.detector import Detector
from inference.nets.localizer import Localizer
from inference.nets.segmenter import Segmenter
from inference.systems.system import System

_TINY: Final = Preset(
    name="tiny",
    widths={
        "localizer": (16, 32, 48, 64, 96),
        "detector": (32, 64, 96, 128, 128),
        "segmenter": (16, 32, 64, 64),
    },
    schedules={
        "localizer": Schedule(2000, 2, 3e-3),
        "detector": Schedule(8000, 4, 1.5e-3),
        "segmenter": Schedule(3000, 2, 2e-3),
    },
    phantoms={"wide": 400, "fine": 500},
)
_BASE: Final = Preset(
    name="base",
    widths={
        "localizer": (16, 32, 64, 96, 128),
        "detector": (48, 96, 128, 192, 256),
        "segmenter": (32, 64, 96, 128),
    },
    schedules={
        "localizer": Schedule(10_000, 3, 2e-3),
        "detector": Schedule(20_000, 8, 1e-3),
        "segmenter": Schedule(10_000, 4, 1e-3),
    },
    phantoms={"wide": 1000, "fine": 1000},
)
_PAPER: Final = Preset(
    name="paper",
    widths={
        "localizer": (32, 64, 128, 192, 256),
        "detector": (64, 128, 256, 512, 512),
        "segmenter": (64, 64, 128, 128),
    },
    schedules={
        "localizer": Schedule(100_000, 3, 1e-3),
        "detector": Schedule(80_000, 8, 5e-4),
        "segmenter": Schedule(50_000, 8, 5e-4),
    },
    phantoms={"wide": 4000, "fine": 5000},
)


def new_nets(preset: Preset) -> dict[str, nn.Module]:
    """Return untrained networks."""
    return {
        "localizer": Localizer(preset.widths["localizer"]),
        "detector": Detector(preset.widths["detector"]),
        "segmenter": Segmenter(preset.widths["segmenter"]),
    }


SYSTEM: Final = System(
    name="anchor-free",
    title="Anchor-free six points",
    source="Zakharov et al. 2023, doi:10.1016/j.media.2022.102646",
    kind="ct",
    presets={preset.name: preset for preset in (_TINY, _BASE, _PAPER)},
    new_nets=new_nets,
)
