"""The workspace room: `config/` read into one checked whole, the one reader of YAML, and a workspace to start from."""
