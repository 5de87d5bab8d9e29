"""``python -m xsfreader`` is ``xsfreader``."""

import gc
import sys

# What a start loads is no garbage: looking for some among it takes longer than opening a post.
gc.set_threshold(50_000)

from xsfreader.cli import main  # noqa: E402


def run() -> int:
    """Run the command; its memory goes as a whole, no garbage need be found in it first."""
    try:
        return main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    sys.exit(run())
