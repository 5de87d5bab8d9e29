"""The entry point: ``python -m xsfreader`` is ``xsfreader``."""

import sys

from xsfreader.cli import main as run

if __name__ == "__main__":
    sys.exit(run())
