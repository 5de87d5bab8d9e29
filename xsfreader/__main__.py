"""``python -m xsfreader`` is ``xsfreader``."""

import sys

from xsfreader.cli import main


def run() -> int:
    """Run the command."""
    return main()


if __name__ == "__main__":
    sys.exit(run())
