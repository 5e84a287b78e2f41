#!/usr/bin/env python
"""The command line: `uv run manage.py demo`, `uv run manage.py help`."""

import sys
from pathlib import Path

# site/ is a plain folder that holds the package `portal`; Python's own module `site`
# is imported before us, so a package of that name could never be reached.
sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))

from portal.__main__ import main

if __name__ == "__main__":
    main()
