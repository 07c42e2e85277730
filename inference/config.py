"""Presets of network and training size, and how torch uses the machine.

One code path serves a laptop's processor and a graphics card; only the preset and the `Machine`
differ.
"""

import os
from dataclasses import dataclass
from typing import Final

import torch

COMMITTED: Final = "anchor-free-tiny"
"""Name of the weights that are part of the repository."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast one network learns.

    Attributes:
        iterations: optimiser steps.
        batch: examples per step.
        learning_rate: at the top of the one-cycle schedule.
    """

    iterations: int
    batch: int
    learning_rate: float


@dataclass(frozen=True)
class Preset:
    """Size of the three networks and of their training.

    Attributes:
        localizer, detector, segmenter: channel widths from the finest to the coarsest level.
        wide_phantoms: whole-body phantoms the localizer learns from.
        fine_phantoms: 1 mm phantoms the detector and the segmenter learn from.
    """

    name: str
    localizer: tuple[int, ...]
    detector: tuple[int, ...]
    segmenter: tuple[int, ...]
    localize: Schedule
    detect: Schedule
    segment: Schedule
    wide_phantoms: int
    fine_phantoms: int


PRESETS: Final[dict[str, Preset]] = {
    preset.name: preset
    for preset in (
        Preset(
            name="tiny",
            localizer=(16, 32, 48, 64, 96),
            detector=(32, 64, 96, 128, 128),
            segmenter=(16, 32, 64, 64),
            localize=Schedule(2000, 2, 3e-3),
            detect=Schedule(8000, 4, 1.5e-3),
            segment=Schedule(3000, 2, 2e-3),
            wide_phantoms=400,
            fine_phantoms=500,
        ),
        Preset(
            name="base",
            localizer=(16, 32, 64, 96, 128),
            detector=(48, 96, 128, 192, 256),
            segmenter=(32, 64, 96, 128),
            localize=Schedule(10_000, 3, 2e-3),
            detect=Schedule(20_000, 8, 1e-3),
            segment=Schedule(10_000, 4, 1e-3),
            wide_phantoms=1000,
            fine_phantoms=1000,
        ),
        Preset(
            name="paper",
            localizer=(32, 64, 128, 192, 256),
            detector=(64, 128, 256, 512, 512),
            segmenter=(64, 64, 128, 128),
            localize=Schedule(100_000, 3, 1e-3),
            detect=Schedule(80_000, 8, 5e-4),
            segment=Schedule(50_000, 8, 5e-4),
            wide_phantoms=4000,
            fine_phantoms=5000,
        ),
    )
}


@dataclass(frozen=True)
class Machine:
    """What torch computes on.

    Attributes:
        device: "cpu" or "cuda:N".
        is_half: run forward passes in bfloat16.
    """

    device: torch.device
    is_half: bool

    def autocast(self) -> torch.autocast:
        """Return the context in which forward passes run."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.is_half)


def this_machine(device: str = "auto", threads: int | None = None) -> Machine:
    """Return the device to use, and set torch's number of threads.

    Args:
        device: "auto", "cpu" or "cuda:N".
        threads: intra-operation threads; None leaves torch's choice.
    """
    if threads is not None:
        torch.set_num_threads(max(1, threads))
    name = ("cuda:0" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    chosen = torch.device(name)
    if chosen.type == "cuda":
        return Machine(chosen, torch.cuda.is_bf16_supported())
    return Machine(chosen, _has_bfloat16_processor() or bool(os.environ.get("LAMINA_BF16")))


def _has_bfloat16_processor() -> bool:
    capability = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(capability.get("avx512_bf16") or capability.get("amx_bf16"))
