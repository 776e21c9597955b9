"""Pictures, from plain values: in characters for a terminal, and as SVG and PNG. Alone uses matplotlib."""
