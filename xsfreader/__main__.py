"""``python -m xsfreader`` is ``xsfreader``."""

import gc
import sys

from xsfreader.cli import main


def run() -> int:
    """Run the command; its memory goes as a whole, no garbage need be found in it first."""
    try:
        return main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    sys.exit(run())
