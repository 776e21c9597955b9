"""From an alert to a delivered message."""
