"""What a preset of network and training size is, and how torch uses the machine.

One code path serves a laptop's processor and a graphics card; only the preset and the `Machine`
differ.
"""

import os
from collections.abc import Mapping
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
    """Size of a system's networks and of their training.

    Attributes:
        name: "tiny" and "base" for a processor, "paper" for the sizes of the publication.
        widths: by network, channel widths from the finest to the coarsest level.
        schedules: by network.
        phantoms: by kind of phantom, how many are made to learn from.
    """

    name: str
    widths: Mapping[str, tuple[int, ...]]
    schedules: Mapping[str, Schedule]
    phantoms: Mapping[str, int]


@dataclass(frozen=True)
class Machine:
    """What torch computes on: the same code for a processor and a graphics card.

    Attributes:
        device: "cpu" or "cuda:N"; volumes are resampled there, too.
        half: type of forward passes, bfloat16 or float16; None computes in float32.
        patches: patches of one volume that go through a network together.
    """

    device: torch.device
    half: torch.dtype | None
    patches: int = 4

    def autocast(self) -> torch.autocast:
        """Return the context in which forward passes run."""
        kind = self.half or torch.bfloat16
        return torch.autocast(self.device.type, dtype=kind, enabled=self.half is not None)

    def scaler(self) -> torch.amp.GradScaler:
        """Return what keeps small gradients from vanishing in float16; idle for other types."""
        return torch.amp.GradScaler(self.device.type, enabled=self.half is torch.float16)


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
        is_new = torch.cuda.is_bf16_supported(including_emulation=False)
        return Machine(chosen, torch.bfloat16 if is_new else torch.float16, patches=16)
    is_fast = _has_bfloat16_processor() or bool(os.environ.get("LAMINA_BF16"))
    return Machine(chosen, torch.bfloat16 if is_fast else None)


def _has_bfloat16_processor() -> bool:
    capability = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(capability.get("avx512_bf16") or capability.get("amx_bf16"))
