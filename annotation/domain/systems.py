"""Which published systems read radiographs; all others read CTs.

A data set may have one model of each kind in service. The table stands here because a server that
never runs a model must know whom to ask.
"""

from typing import Final

READ_RADIOGRAPHS: Final = frozenset({"compression-ratio"})
"""Names of the systems."""
