"""nnU-Net from a shell: `python -m inference.nnunet export | train | model`; no Django."""

import argparse
import shutil
import sys
from pathlib import Path

from inference.nnunet.backend import NnUnet
from inference.nnunet.folders import dataset_number, from_frozen, from_phantoms, write_dataset
from inference.nnunet.programs import Place, plan_command, run, train_command


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    arguments = _parser().parse_args(words)
    try:
        sys.stdout.write(arguments.act(arguments) + "\n")
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.nnunet", description=__doc__)
    commands = parser.add_subparsers(required=True)
    export = commands.add_parser("export", help="write a dataset folder")
    export.add_argument("dataset", type=Path, help="ROOT/raw/Dataset101_Vertebrae")
    export.add_argument("--folder", type=Path, help="a frozen folder with finished cases")
    export.add_argument("--phantoms", metavar="FIRST:LAST", help="seeds of phantoms, both included")
    export.set_defaults(act=_export)
    train = commands.add_parser("train", help="plan, preprocess and train")
    train.add_argument("dataset", type=Path, help="as exported")
    train.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    train.add_argument("--iterations", type=int, help="stop after so few, to try the way out")
    train.set_defaults(act=_train)
    model = commands.add_parser("model", help="take a trained model in")
    model.add_argument("trained", type=Path, help="folder with plans.json and fold_all")
    model.add_argument("out", type=Path, help="where it is to lie")
    model.set_defaults(act=_take)
    return parser


def _export(arguments: argparse.Namespace) -> str:
    if (arguments.folder is None) == (arguments.phantoms is None):
        raise ValueError("say either --folder or --phantoms")
    if arguments.folder is not None:
        n = write_dataset(from_frozen(arguments.folder), arguments.dataset)
    else:
        n = write_dataset(from_phantoms(_seeds(arguments.phantoms)), arguments.dataset)
    return f"{n} cases in {arguments.dataset}"


def _seeds(text: str) -> range:
    first, _, last = text.partition(":")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise ValueError(f"seeds are FIRST:LAST, not {text!r}")
    return range(int(first), int(last) + 1)


def _train(arguments: argparse.Namespace) -> str:
    number = dataset_number(arguments.dataset)
    place = Place(arguments.dataset.resolve().parents[1], arguments.device)
    run(plan_command(number, place), place.variables())
    run(train_command(number, place, arguments.iterations), place.variables())
    trained = place.model(arguments.dataset)
    NnUnet(trained).check()
    return f"trained: {trained}"


def _take(arguments: argparse.Namespace) -> str:
    """Copy what prediction needs of a trained model, nothing of the training."""
    NnUnet(arguments.trained).check()
    (arguments.out / "fold_all").mkdir(parents=True, exist_ok=True)
    for part in ("dataset.json", "plans.json", "fold_all/checkpoint_final.pth"):
        shutil.copyfile(arguments.trained / part, arguments.out / part)
    return f"taken in: {arguments.out}"


if __name__ == "__main__":
    sys.exit(main())
