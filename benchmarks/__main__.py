"""`make bench`: every benchmark, one after another."""

from benchmarks import monthly_run

monthly_run.main()
