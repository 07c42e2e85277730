"""Where weights lie, whether they are what they claim to be, and each set loaded once.

A set is a folder of three safetensors files and a `card.json` that names their SHA-256. Weights are
stored as float16, the running statistics of normalisation as float32.
"""

import hashlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from inference.config import COMMITTED, PRESETS, Machine, Preset, this_machine
from inference.nets.blocks import fast_format
from inference.nets.detector import Detector
from inference.nets.localizer import Localizer
from inference.nets.segmenter import Segmenter

FORMAT: Final = "lamina.weights/1"
CARD: Final = "card.json"
NETS: Final = ("localizer", "detector", "segmenter")
FOLDER: Final = Path(__file__).parent / "weights"
"""Weights that are part of the repository; one folder per name."""


class UnknownWeights(ValueError):
    """A folder that holds no set of weights this program can read."""


class AlteredWeights(ValueError):
    """A file of weights whose content is not what its card says."""


@dataclass(frozen=True)
class Nets:
    """The three networks of the anchor-free system."""

    localizer: Localizer
    detector: Detector
    segmenter: Segmenter

    def each(self) -> dict[str, nn.Module]:
        """Return the networks by name."""
        return {"localizer": self.localizer, "detector": self.detector, "segmenter": self.segmenter}


@dataclass(frozen=True)
class Weights:
    """A loaded set.

    Attributes:
        name: the folder's name, or what the card calls it.
        sha256: of the three files' SHA-256 in order; names the set for ever.
        preset: sizes of the networks.
        nets: in evaluation mode, on the machine's device.
        machine: what they run on.
        card: content of card.json.
    """

    name: str
    sha256: str
    preset: Preset
    nets: Nets
    machine: Machine
    card: dict[str, Any]

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


def new_nets(preset: Preset) -> Nets:
    """Return untrained networks of a preset."""
    return Nets(Localizer(preset.localizer), Detector(preset.detector), Segmenter(preset.segmenter))


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
    if card.get("preset") not in PRESETS:
        raise UnknownWeights(f"the card names an unknown preset {card.get('preset')!r}")
    return dict(card)


def save_weights(nets: Nets, preset: Preset, folder: Path, card: dict[str, Any]) -> str:
    """Write a set; the card is completed by format, preset and hashes.

    Returns:
        The set's SHA-256.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, net in nets.each().items():
        data = save_tensors(packed(net), {"about": f"{FORMAT} {preset.name} {name}"})
        (folder / f"{name}.safetensors").write_bytes(data)
        files[name] = hashlib.sha256(data).hexdigest()
    whole = _set_sha256(files)
    text = {**card, "format": FORMAT, "preset": preset.name, "files": files, "sha256": whole}
    (folder / CARD).write_text(json.dumps(text, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return whole


def packed(net: nn.Module) -> dict[str, Tensor]:
    """Return the state of a network as it is stored."""
    return {
        key: (value.half() if _is_weight(key, value) else value).cpu().contiguous()
        for key, value in net.state_dict().items()
    }


def _is_weight(key: str, value: Tensor) -> bool:
    return value.is_floating_point() and "running_" not in key


def _set_sha256(files: dict[str, str]) -> str:
    return hashlib.sha256("".join(files[name] for name in NETS).encode()).hexdigest()


def _load(folder: Path, card: dict[str, Any], machine: Machine) -> Weights:
    preset = PRESETS[card["preset"]]
    nets = new_nets(preset)
    files: dict[str, str] = {}
    for name, net in nets.each().items():
        path = folder / f"{name}.safetensors"
        if not path.is_file():
            raise UnknownWeights(f"the set of weights lacks {name}.safetensors")
        data = path.read_bytes()
        files[name] = hashlib.sha256(data).hexdigest()
        if files[name] != card["files"].get(name):
            raise AlteredWeights(f"{name}.safetensors is not the file its card describes")
        net.load_state_dict({key: value.float() for key, value in load_tensors(data).items()})
        net.to(machine.device).eval()
        fast_format(net)
    if _set_sha256(files) != card["sha256"]:
        raise AlteredWeights("the card's SHA-256 of the whole set does not match its files")
    return Weights(str(card.get("name", folder.name)), card["sha256"], preset, nets, machine, card)
