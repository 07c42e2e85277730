"""The doors of this package from a shell: `python -m inference COMMAND`; no Django."""

import argparse
import sys

from inference import evaluating, phasing
from inference.learning import command


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m inference", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the networks of a system")
    command.add_arguments(train)
    evaluate = commands.add_parser("evaluate", help="judge a pipeline on held-out phantoms")
    evaluating.add_arguments(evaluate)
    phase = commands.add_parser("phase", help="run one phase alone on a NIfTI file")
    phasing.add_arguments(phase)
    arguments = parser.parse_args(words)
    arguments.words = sys.argv[1:] if words is None else words
    doors = {"train": command.run, "evaluate": evaluating.run, "phase": phasing.run}
    try:
        print(doors[arguments.command](arguments))
    except command.Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
