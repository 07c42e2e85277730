"""The framework behind the VerSe data: spine heat, Btrfly labels, a U-Net patch per vertebra."""

from collections.abc import Mapping
from typing import Final

from torch import nn

from inference.config import Preset, Schedule
from inference.nets.btrfly import Btrfly
from inference.nets.segmenter import Segmenter
from inference.nets.spine_heat import SpineHeat
from inference.systems.system import System

_TINY: Final = Preset(
    name="tiny",
    widths={
        "spine": (8, 16, 32, 48),
        "btrfly": (16, 32, 48, 64, 96),
        "segmenter": (16, 32, 64, 64),
    },
    schedules={
        "spine": Schedule(2000, 2, 3e-3),
        "btrfly": Schedule(8000, 4, 2e-3),
        "segmenter": Schedule(3000, 2, 2e-3),
    },
    phantoms={"wide": 500, "fine": 400},
)
_BASE: Final = Preset(
    name="base",
    widths={
        "spine": (16, 32, 64, 96),
        "btrfly": (32, 64, 96, 128, 192),
        "segmenter": (32, 64, 96, 128),
    },
    schedules={
        "spine": Schedule(6000, 4, 2e-3),
        "btrfly": Schedule(20_000, 8, 1e-3),
        "segmenter": Schedule(10_000, 4, 1e-3),
    },
    phantoms={"wide": 2000, "fine": 1000},
)
_PAPER: Final = Preset(
    name="paper",
    widths={
        "spine": (32, 64, 128, 256),
        "btrfly": (32, 64, 128, 256, 512),
        "segmenter": (64, 64, 128, 128),
    },
    schedules={
        "spine": Schedule(30_000, 4, 1e-3),
        "btrfly": Schedule(80_000, 8, 5e-4),
        "segmenter": Schedule(50_000, 8, 5e-4),
    },
    phantoms={"wide": 5000, "fine": 5000},
)
_BASE_PRIOR: Final = Preset("base-prior", _BASE.widths, _BASE.schedules, _BASE.phantoms)

PRIORS: Final[Mapping[str, tuple[int, ...]]] = {
    _BASE_PRIOR.name: (48, 48, 32),
    _PAPER.name: (64, 64, 48),
}
"""Widths of the energy-based prior of the presets whose Btrfly network is taught with one."""


def new_nets(preset: Preset) -> dict[str, nn.Module]:
    """Return untrained networks."""
    return {
        "spine": SpineHeat(preset.widths["spine"]),
        "btrfly": Btrfly(preset.widths["btrfly"], PRIORS.get(preset.name, ())),
        "segmenter": Segmenter(preset.widths["segmenter"]),
    }


SYSTEM: Final = System(
    name="verse-framework",
    title="VerSe framework",
    source="Loeffler et al. 2020, doi:10.1148/ryai.2020190138",
    kind="ct",
    presets={preset.name: preset for preset in (_TINY, _BASE, _BASE_PRIOR, _PAPER)},
    new_nets=new_nets,
)
