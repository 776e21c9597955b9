"""From findings to status and trend, with the decisions that people took."""
