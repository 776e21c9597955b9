"""Telltale: from returns to alerts."""
