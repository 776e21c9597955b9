"""A sweep as a picture in plain characters: a bar for each value, each status with a character of its own."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.model.whatif import SweepOut
from engine.model.workspace import Scheme

WIDTH = 100
_LEAST = 20  # characters of a bar, however many columns of figures stand before it
_MARKS = ".-=#@%&*+~"  # best first: the denser, the worse
_NOT_RATED = "?"
_TODAY = ">"


def bars(sweep: SweepOut, scheme: Scheme, width: int = WIDTH) -> str:
    """One line for each value: today's is marked, then the value, the counts by status, and the bar; then a legend."""
    layers = _layers(sweep, scheme)
    heads = ["", *(layer.code for layer in layers)]
    rows = [
        [point.shown, *(f"{layer.counts[place]:,}" for layer in layers)] for place, point in enumerate(sweep.values)
    ]
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    room = max(_LEAST, width - len(_line(" ", heads, widths, "")))
    lines = [_line(" ", heads, widths, "").rstrip()]
    for place, (point, row) in enumerate(zip(sweep.values, rows, strict=True)):
        sizes = _sizes([layer.counts[place] for layer in layers], room)
        bar = "".join(layer.mark * size for layer, size in zip(layers, sizes, strict=True))
        lines.append(_line(_TODAY if point.is_today else " ", row, widths, bar))
    lines += ["", *(f"  {layer.mark} {layer.code.ljust(_longest(layers))}  {layer.name}" for layer in layers)]
    if any(point.is_today for point in sweep.values):
        lines.append(f"  {_TODAY} today's value")
    return "\n".join(lines)


class _Layer(NamedTuple):
    mark: str
    code: str
    name: str
    counts: tuple[int, ...]


def _layers(sweep: SweepOut, scheme: Scheme) -> list[_Layer]:
    """Every status, best first, also one at which nobody ever stands; then what is not rated, where anything is."""
    layers = [
        _Layer(_mark(place), status.code, status.name, tuple(point.counts[status.id] for point in sweep.values))
        for place, status in enumerate(scheme.statuses)
    ]
    not_rated = tuple(point.not_rated for point in sweep.values)
    if any(not_rated):
        layers.append(_Layer(_NOT_RATED, "none", scheme.name(None), not_rated))
    return layers


def _mark(place: int) -> str:
    return _MARKS[place] if place < len(_MARKS) else chr(ord("a") + place - len(_MARKS))


def _longest(layers: Sequence[_Layer]) -> int:
    return max(len(layer.code) for layer in layers)


def _line(mark: str, cells: Sequence[str], widths: Sequence[int], bar: str) -> str:
    return f"{mark} {'  '.join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))}  {bar}"


def _sizes(counts: Sequence[int], room: int) -> list[int]:
    """How many characters each count has of those there are: in proportion, and one at least where it is not 0."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    sizes = [max(1, round(count * room / total)) if count else 0 for count in counts]
    sizes[sizes.index(max(sizes))] += room - sum(sizes)  # where it is seen least
    return sizes
