"""The published systems, one a file: names, sizes and networks, nothing else."""

from typing import Final

from inference.systems import (
    anchor_free,
    compression_ratio,
    segment_and_slice,
    verse_framework,
)
from inference.systems.system import System

SYSTEMS: Final[dict[str, System]] = {
    system.name: system
    for system in (
        anchor_free.SYSTEM,
        compression_ratio.SYSTEM,
        segment_and_slice.SYSTEM,
        verse_framework.SYSTEM,
    )
}
"""Systems by name."""
