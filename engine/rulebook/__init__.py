"""Rule files: their language, loading, checks, tests and words."""
