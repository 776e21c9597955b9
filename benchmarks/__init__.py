"""Timings, as ratios to a yardstick measured in the same minute: never asserted in tests."""
