"""`make bench`: every benchmark, one after another."""

from benchmarks import monthly_run, what_if

monthly_run.main()
what_if.main()
