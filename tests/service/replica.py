"""One replica of the service with a short lease, as a program: `python -m tests.service.replica ROOT NOW NAME`."""

import sys
from datetime import timedelta
from pathlib import Path

from engine.service.serve import Service

LEASE = 2.0  # seconds

if __name__ == "__main__":
    root, now, name = sys.argv[1:]
    lease = timedelta(seconds=LEASE)
    service = Service(Path(root), now, 1, grace=20, lease=lease, renew_every=LEASE / 4, me=name)
    service.serve("127.0.0.1:0")
