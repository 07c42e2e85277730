"""What a published system is: a name, a source, sizes, and its networks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import nn

from inference.config import Preset

Kind = Literal["ct", "radiograph"]
"""What a system reads."""


@dataclass(frozen=True)
class System:
    """One published system.

    Attributes:
        name: as commands and cards write it.
        title: as people read it.
        source: the publication it follows.
        kind: what it reads, a CT volume or a radiograph.
        presets: by name.
        new_nets: returns untrained networks of a preset by name; their order is that of the files
            whose hashes name a set of weights.
        mask_shows: what its masks hold of a vertebra, all of it or its body alone.
    """

    name: str
    title: str
    source: str
    kind: Kind
    presets: Mapping[str, Preset]
    new_nets: Callable[[Preset], dict[str, nn.Module]]
    mask_shows: Literal["vertebrae", "bodies"] = "vertebrae"

    @property
    def nets(self) -> tuple[str, ...]:
        """Names of the networks, in the order of the files of a set."""
        return tuple(next(iter(self.presets.values())).widths)
