"""Writes what a phase found, whatever its dataclass, and reads it back.

`NAME.json` is for people and programs: fields by name, small arrays in full. Large arrays lie
beside it in `NAME.npz` and are named in their place. Nothing is pickled.
"""

import json
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_INLINE: Final = 64
"""Arrays of at most so many numbers stand in the JSON."""
_FORMAT: Final = "lamina.phase/1"
Result = TypeVar("Result")
Arrays = dict[str, NDArray[Any]]


class NotReadable(ValueError):
    """Files that are not what a phase writes."""


def write_kept(result: Any, folder: Path, name: str) -> list[Path]:
    """Write a dataclass and return the files."""
    arrays: Arrays = {}
    tree = {"format": _FORMAT, "phase": name, "found": _plain(result, name, arrays)}
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{name}.json"]
    if arrays:
        written.append(folder / f"{name}.npz")
        with written[-1].open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub wants a bool
    written[0].write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
    return written


def read_kept(kind: type[Result], folder: Path, name: str) -> Result:
    """Return the dataclass that was written.

    Raises:
        NotReadable: if the files are of another format or do not hold it.
    """
    arrays: Arrays = {}
    try:
        tree = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        if (folder / f"{name}.npz").exists():
            with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
                arrays = {key: stored[key] for key in stored.files}
        if tree["format"] != _FORMAT:
            raise NotReadable(f"{name}.json is not {_FORMAT}")
        return _typed(kind, tree["found"], arrays)  # type: ignore[no-any-return]
    except (KeyError, TypeError, ValueError) as fault:
        raise NotReadable(f"{name}.json does not hold a {kind.__name__}: {fault}") from fault


def _plain(value: Any, place: str, arrays: Arrays) -> Any:
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        return _plain_array(value, place, arrays)
    if is_dataclass(value):
        return {
            each.name: _plain(getattr(value, each.name), f"{place}.{each.name}", arrays)
            for each in fields(value)
        }
    if isinstance(value, dict):
        return {key: _plain(each, f"{place}.{key}", arrays) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each, f"{place}.{n}", arrays) for n, each in enumerate(value)]
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value.item() if isinstance(value, np.generic) else value


def _plain_array(value: NDArray[Any], place: str, arrays: Arrays) -> dict[str, Any]:
    told = {"dtype": str(value.dtype), "shape": list(value.shape)}
    if value.size <= _INLINE:
        return {**told, "values": value.tolist()}
    arrays[place] = value
    return {**told, "array": place}


def _typed(kind: Any, plain: Any, arrays: Arrays) -> Any:
    """Return the value of a kind: a dataclass, an array, a tensor, an enum or a container."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        known = [each for each in inner if each is not type(None)]
        return None if plain is None else _typed(known[0], plain, arrays)
    if origin in (tuple, list, frozenset, dict):
        return _container(origin, inner, plain, arrays)
    if origin is np.ndarray or kind is Tensor:
        array = _array(plain, arrays)
        return torch.from_numpy(array) if kind is Tensor else array
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        values = {
            each.name: _typed(hints[each.name], plain[each.name], arrays) for each in fields(kind)
        }
        return kind(**values)  # type: ignore[operator]  # a class, not an instance
    return kind(plain) if isinstance(kind, type) and issubclass(kind, Enum) else plain


def _container(origin: Any, inner: tuple[Any, ...], plain: Any, arrays: Arrays) -> Any:
    if origin is dict:
        return {key: _typed(inner[1], each, arrays) for key, each in plain.items()}
    kinds = inner if origin is tuple and inner[-1] is not ... else inner[:1] * len(plain)
    values = (_typed(kind, each, arrays) for kind, each in zip(kinds, plain, strict=True))
    return origin(values)


def _array(plain: dict[str, Any], arrays: Arrays) -> NDArray[Any]:
    if "array" in plain:
        return arrays[plain["array"]]
    return np.array(plain["values"], dtype=plain["dtype"]).reshape(plain["shape"])
