"""Compression ratio in radiographs: MDR2-UNet, and the plain U-Net it is compared with."""

from typing import Final

from torch import nn

from inference.config import Preset, Schedule
from inference.nets.radiograph import MDR2UNet, PlainUNet
from inference.systems.system import System

SIDES: Final = {"tiny": 256, "base": 512, "paper": 512}
"""Pixels along each side of the films of each preset."""


def _preset(name: str, widths: tuple[int, ...], schedule: Schedule, films: int) -> Preset:
    return Preset(
        name=name,
        widths={"mdr2_unet": widths, "plain_unet": widths},
        schedules={"mdr2_unet": schedule, "plain_unet": schedule},
        phantoms={"film": films},
    )


def new_nets(preset: Preset) -> dict[str, nn.Module]:
    """Return untrained networks."""
    side = SIDES[preset.name]
    return {
        "mdr2_unet": MDR2UNet(preset.widths["mdr2_unet"], side),
        "plain_unet": PlainUNet(preset.widths["plain_unet"], side),
    }


SYSTEM: Final = System(
    name="compression-ratio",
    title="Compression ratio in radiographs",
    source="Kim et al. 2021, doi:10.1007/s10278-021-00471-0",
    kind="radiograph",
    presets={
        preset.name: preset
        for preset in (
            _preset("tiny", (16, 24, 32, 64, 96), Schedule(2500, 4, 2e-3), 400),
            _preset("base", (16, 32, 64, 128, 256), Schedule(10_000, 8, 1e-3), 1000),
            _preset("paper", (64, 128, 256, 512, 1024), Schedule(40_000, 10, 1e-3), 4000),
        )
    },
    new_nets=new_nets,
)
