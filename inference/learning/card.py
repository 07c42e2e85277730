"""The model card: what a set of weights has learnt from, how, and how good it was found to be."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inference.systems import SYSTEMS

NAMES: Mapping[str, str] = {
    "n_phantoms": "phantoms",
    "n_vertebrae": "whole vertebrae",
    "line_mm": "centre line, mean error in axial planes (mm)",
    "limits_mm": "limits, mean absolute error (mm)",
    "precision": "detection precision, centres within 20 mm",
    "recall": "detection recall, centres within 20 mm",
    "overlap_precision": "detection precision, hexagons overlap by 0.1",
    "overlap_recall": "detection recall, hexagons overlap by 0.1",
    "keypoint_mm": "six points, mean in-plane error (mm)",
    "sd_of_g": "standard deviation of the error of G",
    "n_fractured": "vertebrae with G <= 0.75",
    "auc": "ROC AUC for G <= 0.75, missed ones lowest",
    "sensitivity": "sensitivity at 90 % specificity",
    "n_anchored": "phantoms with an anchor in view",
    "labels_right": "of these, share with all labels right",
    "n_without_anchor": "phantoms without an anchor in view",
    "assumed": "of these, share that came out as assumed",
    "dice": "Dice per vertebra, missed ones zero",
    "seconds": "seconds per phantom",
    "line_within_3mm": "share with the centre line within 3 mm",
    "limits_within_8mm": "share with the limits within 8 mm",
    "points_within_2mm": "share of six points within 2 mm",
}


def new_card(name: str, training: Mapping[str, Any], lineage: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card of freshly trained weights; saving adds system, preset and hashes."""
    return {
        "name": name,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "torch": torch.__version__,
        "training": dict(training),
        "metrics": {},
        **lineage,
    }


def write_text(card: Mapping[str, Any], folder: Path) -> None:
    """Write the card as a page for people, card.md."""
    system = SYSTEMS[card["system"]]
    lines = [
        f"# {card['name']}",
        "",
        f"Weights of the system {system.title} ({system.source}), preset `{card['preset']}`.",
        "",
        f"**Trained on {card['trained_on']}.** "
        + (
            "No real CT was in the training. Grades it suggests on real CT are untested: read them "
            "as a place to look, not as a finding. Research only, not for diagnosis."
            if card["phantoms_only"]
            else "Research only, not for diagnosis."
        ),
        "",
        f"SHA-256 of the set: `{card['sha256']}`. Made {card['created_at']} by code version "
        f"`{card['code_version']}` with torch {card['torch']}.",
        "",
        "## What it has seen",
        "",
        *_manifest_lines(card["manifest"]),
        "",
        "## Training",
        "",
        "| network | iterations | minutes | last loss |",
        "|---|---|---|---|",
        *[
            f"| {net} | {row['iterations']} | {row['seconds'] / 60:.1f} | {row['loss']:.3f} |"
            for net, row in card["training"].items()
        ],
        "",
        "## Figures",
        "",
        "On held-out phantoms, and on frozen cases where there are any. Phantoms of training and "
        "test come from one generator; such figures flatter.",
        *_held_out_lines(card),
        "",
        "| figure | value |",
        "|---|---|",
        *_figure_lines(card["metrics"]),
        "",
    ]
    (folder / "card.md").write_text("\n".join(lines), encoding="utf-8")


def _figure_lines(metrics: Mapping[str, Any]) -> list[str]:
    """Return the rows of known figures in their order, then the others by their own names."""
    names = {**NAMES, **{key: key.replace("_", " ") for key in metrics if key not in NAMES}}
    return [
        f"| {name} | {metrics[key]:.4g} |"
        for key, name in names.items()
        if metrics.get(key) is not None
    ]


def _held_out_lines(card: Mapping[str, Any]) -> list[str]:
    if not card.get("held_out", {}).get("n"):
        return []
    first, n = card["held_out"]["first"], card["held_out"]["n"]
    return [f"Held-out seeds: {first} to {first + n - 1}."]


def _manifest_lines(manifest: Mapping[str, Any]) -> list[str]:
    lines = [
        f"- {kind}: {seeds['n']} phantoms, seeds "
        + (
            ", ".join(map(str, seeds["seeds"]))
            if "seeds" in seeds
            else f"{seeds['first']} to {seeds['first'] + seeds['n'] - 1}"
        )
        for kind, seeds in manifest.get("phantoms", {}).items()
    ]
    lines.append(f"- real cases: {len(manifest.get('cases', []))}")
    if "note" in manifest:
        lines += ["", str(manifest["note"])]
    return lines
