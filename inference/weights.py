"""Where weights lie, whether they are what they claim to be, and each set loaded once.

A set is a folder of one safetensors file per network of its system, and a `card.json` that names
the system, the preset and the SHA-256 of the files. Weights are stored as float16, the running
statistics of normalisation as float32.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from inference.config import COMMITTED, Machine, Preset, this_machine
from inference.nets.blocks import fast_format
from inference.systems import SYSTEMS
from inference.systems.system import System

FORMAT: Final = "lamina.weights/1"
CARD: Final = "card.json"
FOLDER: Final = Path(__file__).parent / "weights"
"""Weights that are part of the repository; one folder per name."""

Net = TypeVar("Net", bound=nn.Module)


class UnknownWeights(ValueError):
    """A folder that holds no set of weights this program can read."""


class AlteredWeights(ValueError):
    """A file of weights whose content is not what its card says."""


@dataclass(frozen=True)
class Weights:
    """A loaded set.

    Attributes:
        name: the folder's name, or what the card calls it.
        sha256: of the files' SHA-256 in the system's order; names the set for ever.
        system: whose networks these are.
        preset: sizes of the networks.
        nets: by name, in evaluation mode, on the machine's device; see `net`.
        machine: what they run on.
        card: content of card.json.
    """

    name: str
    sha256: str
    system: System
    preset: Preset
    nets: Mapping[str, nn.Module]
    machine: Machine
    card: dict[str, Any]

    def net(self, name: str, kind: type[Net]) -> Net:
        """Return a network as what it is.

        Raises:
            UnknownWeights: if the set has no network of this name and kind.
        """
        found = self.nets.get(name)
        if not isinstance(found, kind):
            raise UnknownWeights(
                f"weights of {self.system.name} hold no {name} that is a {kind.__name__}"
            )
        return found

    @property
    def trained_on(self) -> str:
        """One phrase on what the networks have learnt from."""
        return str(self.card.get("trained_on", "unknown"))

    @property
    def is_phantoms_only(self) -> bool:
        """Whether no real CT was in the training."""
        return bool(self.card.get("phantoms_only", False))


_loaded: dict[tuple[str, str, str], Weights] = {}
_lock = threading.Lock()


def committed_folder(name: str = COMMITTED) -> Path:
    """Return the folder of weights that are part of the repository."""
    return FOLDER / name


def shipped_folder(system: str) -> Path | None:
    """Return the folder of a system's weights that are part of the repository, None without any."""
    found = (card.parent for card in sorted(FOLDER.glob(f"*/{CARD}")))
    return next((place for place in found if read_card(place)["system"] == system), None)


def load_weights(folder: Path | None = None, device: str = "auto") -> Weights:
    """Load a set, once per process and content.

    Args:
        folder: of the set; None is the committed one.
        device: "auto", "cpu" or "cuda:N".

    Raises:
        UnknownWeights: if the folder holds no readable set.
        AlteredWeights: if a file is not what the card says.
    """
    place = committed_folder() if folder is None else Path(folder)
    card = read_card(place)
    machine = this_machine(device)
    key = (str(place.resolve()), card["sha256"], str(machine.device))
    with _lock:
        if key not in _loaded:
            _loaded[key] = _load(place, card, machine)
        elif _loaded[key].card != card:
            _loaded[key] = replace(_loaded[key], card=card)
        return _loaded[key]


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card of a set.

    Raises:
        UnknownWeights: if there is none, or it is of another format.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnknownWeights("the folder of weights has no card.json") from None
    except json.JSONDecodeError:
        raise UnknownWeights("the card of the weights is not JSON") from None
    if card.get("format") != FORMAT:
        raise UnknownWeights(f"the card says format {card.get('format')!r}, not {FORMAT!r}")
    if card.get("system") not in SYSTEMS:
        raise UnknownWeights(f"the card names an unknown system {card.get('system')!r}")
    if card.get("preset") not in SYSTEMS[card["system"]].presets:
        raise UnknownWeights(f"the card names an unknown preset {card.get('preset')!r}")
    return dict(card)


def save_weights(
    nets: Mapping[str, nn.Module],
    system: System,
    preset: Preset,
    folder: Path,
    card: Mapping[str, Any],
) -> str:
    """Write a set; the card is completed by format, system, preset and hashes.

    Returns:
        The set's SHA-256.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name in system.nets:
        data = save_tensors(packed(nets[name]), {"about": f"{FORMAT} {preset.name} {name}"})
        (folder / f"{name}.safetensors").write_bytes(data)
        files[name] = hashlib.sha256(data).hexdigest()
    text = {
        **card,
        "format": FORMAT,
        "system": system.name,
        "preset": preset.name,
        "files": files,
        "sha256": _set_sha256(system, files),
    }
    (folder / CARD).write_text(json.dumps(text, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return str(text["sha256"])


def packed(net: nn.Module) -> dict[str, Tensor]:
    """Return the state of a network as it is stored."""
    return {
        key: (value.half() if _is_weight(key, value) else value).cpu().contiguous()
        for key, value in net.state_dict().items()
    }


def _is_weight(key: str, value: Tensor) -> bool:
    return value.is_floating_point() and "running_" not in key


def _set_sha256(system: System, files: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(files[name] for name in system.nets).encode()).hexdigest()


def _load(folder: Path, card: dict[str, Any], machine: Machine) -> Weights:
    system = SYSTEMS[card["system"]]
    preset = system.presets[card["preset"]]
    nets = system.new_nets(preset)
    files: dict[str, str] = {}
    for name in system.nets:
        path = folder / f"{name}.safetensors"
        if not path.is_file():
            raise UnknownWeights(f"the set of weights lacks {name}.safetensors")
        data = path.read_bytes()
        files[name] = hashlib.sha256(data).hexdigest()
        if files[name] != card["files"].get(name):
            raise AlteredWeights(f"{name}.safetensors is not the file its card describes")
        _fill(nets[name], data, name)
        nets[name].to(machine.device).eval()
        fast_format(nets[name])
    if _set_sha256(system, files) != card["sha256"]:
        raise AlteredWeights("the card's SHA-256 of the whole set does not match its files")
    name = str(card.get("name", folder.name))
    return Weights(name, card["sha256"], system, preset, nets, machine, card)


def _fill(net: nn.Module, data: bytes, name: str) -> None:
    stored = {
        key: value.float() if value.is_floating_point() else value
        for key, value in load_tensors(data).items()
    }
    try:
        net.load_state_dict(stored)
    except RuntimeError as wrong:
        raise UnknownWeights(f"{name}.safetensors does not fit its preset: {wrong}") from wrong
