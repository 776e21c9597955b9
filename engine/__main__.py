"""`python -m engine` is `telltale`."""

import sys

from engine.cli import main

sys.exit(main())
