"""``python -m xsfreader`` is ``xsfreader``."""

import gc
import sys


def run() -> int:
    """Run the command."""
    # A twentieth of the app's start would go into collections that find nothing. The app enables
    # them once it is ready, other commands once they know what to do. With Python's own threshold,
    # every third specification would open with a full collection, of up to a tenth of a second.
    gc.disable()
    gc.set_threshold(5_000)
    try:
        from xsfreader.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
