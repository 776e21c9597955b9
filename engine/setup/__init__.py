"""Setting up: from a list in Excel to the files of a workspace."""
