"""The doors of this package from a shell: `python -m inference train | evaluate`; no Django."""

import argparse
import sys

from inference import evaluating
from inference.learning import command


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m inference", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the networks of a system")
    command.add_arguments(train)
    evaluate = commands.add_parser("evaluate", help="judge a pipeline on held-out phantoms")
    evaluating.add_arguments(evaluate)
    arguments = parser.parse_args(words)
    arguments.words = sys.argv[1:] if words is None else words
    run = command.run if arguments.command == "train" else evaluating.run
    try:
        print(run(arguments))
    except command.Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
