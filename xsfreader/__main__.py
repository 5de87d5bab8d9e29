"""``python -m xsfreader`` is ``xsfreader``."""

import sys

from xsfreader.cli import main

if __name__ == "__main__":
    sys.exit(main())
