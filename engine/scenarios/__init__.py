"""Scenarios: returns over several periods, and the statuses, findings and messages that must come of them."""
