"""A sweep as a picture in a file: SVG or PNG, by matplotlib. Nowhere else is that imported.

The same sweep gives the same bytes. Statuses are told apart by colour and by hatching, so that a grey print is read
as well, and the SVG says in words what it shows.
"""

import io
import re
import warnings
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

from engine.model.whatif import SweepOut, SweptValue
from engine.model.workspace import Scheme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["svg", "png"]

_SIZE, _DPI = (9.0, 5.4), 150  # inches
_HATCHES = ("", "//", "xx", "..", "\\\\", "++", "oo", "--", "**", "||")
_NOT_RATED = ("#ffffff", "|||")
_MARK = "A sweep, as telltale what-if draws it"  # in the file: by it a picture is known that may be drawn anew
_INK, _PAPER = "#0b0c0c", "#ffffff"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "telltale",  # without one the parts of an SVG are named at random
    "svg.fonttype": "path",  # looks alike wherever it is opened
    "font.family": "DejaVu Sans",
    "text.parse_math": False,  # a dollar is a dollar
    "hatch.linewidth": 0.6,
}


def sweep_chart(sweep: SweepOut, scheme: Scheme, kind: Kind) -> bytes:
    """The file's bytes: for each value along the bottom, how many stand at each status, the worst at the bottom."""
    import matplotlib
    from matplotlib.figure import Figure  # without pyplot nothing opens a window

    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font has not is drawn as a box
        figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, sweep, scheme)
        file = io.BytesIO()
        figure.savefig(
            file,
            format=kind,
            facecolor=_PAPER,
            metadata={"Date": None, "Description": _MARK}
            if kind == "svg"
            else {"Software": None, "Description": _MARK},
        )
    return _in_words(file.getvalue(), sweep, scheme) if kind == "svg" else file.getvalue()


def is_sweep_chart(content: bytes) -> bool:
    """Whether a file is a picture that `sweep_chart` has drawn."""
    return content.startswith((b"<?xml", b"\x89PNG")) and _MARK.encode() in content


def _draw(axes: "Axes", sweep: SweepOut, scheme: Scheme) -> None:
    from matplotlib.ticker import MaxNLocator

    places = [float(Decimal(point.value)) for point in sweep.values]
    floor = [0] * len(places)
    for name, colour, hatch, counts in reversed(_layers(sweep, scheme)):
        top = [below + count for below, count in zip(floor, counts, strict=True)]
        axes.fill_between(
            places, floor, top, step="mid", facecolor=colour, edgecolor=_hatch_on(colour), hatch=hatch, linewidth=0.4,
            label=name,
        )  # fmt: skip
        floor = top
    _mark_today(axes, sweep)
    axes.set_xlim(places[0], places[-1])
    axes.set_ylim(0, max(sweep.total, 1))
    ticks = _some(len(places), 11)
    axes.set_xticks([places[at] for at in ticks], [sweep.values[at].shown for at in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    title = f"{sweep.title}: statuses under each value of {sweep.threshold}"
    axes.set_title(fill(title, 80), loc="left", color=_INK, fontsize=12, pad=22)
    below = [f"{sweep.threshold_title} ({sweep.threshold})", *sweep.sentences]
    axes.set_xlabel("\n".join(fill(one, 105) for one in below), fontsize=9)
    axes.set_ylabel(fill(f"{sweep.counted[0].upper()}{sweep.counted[1:]}", 48), fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9,
        handlelength=2.4, handleheight=1.8, title="Status", alignment="left",
    )  # fmt: skip


def _layers(sweep: SweepOut, scheme: Scheme) -> list[tuple[str, str, str, list[int]]]:
    """Name, colour, hatching and counts of each status, best first, then of what is not rated."""
    layers = [
        (f"{status.name} ({status.code})", status.colour.strip(), _HATCHES[place % len(_HATCHES)],
         [point.counts[status.id] for point in sweep.values])
        for place, status in enumerate(scheme.statuses)
    ]  # fmt: skip
    not_rated = [point.not_rated for point in sweep.values]
    if any(not_rated):
        layers.append((scheme.name(None), *_NOT_RATED, not_rated))
    return layers


def _mark_today(axes: "Axes", sweep: SweepOut) -> None:
    for point in sweep.values:
        if point.is_today:
            place = float(Decimal(point.value))
            axes.axvline(place, color=_PAPER, linewidth=4)
            axes.axvline(place, color=_INK, linewidth=1.6, linestyle=(0, (4, 2)))
            axes.annotate(
                f"today {point.shown}", (place, 1), (0, 4), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", fontsize=9, color=_INK, annotation_clip=False,
            )  # fmt: skip


def _hatch_on(colour: str) -> str:
    """The ink that is seen on a colour: white on dark ones, black on light."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return _PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else _INK


def _some(count: int, most: int) -> Sequence[int]:
    """So many places evenly chosen among all, the first among them."""
    return range(0, count, -(-count // most))


def _in_words(svg: bytes, sweep: SweepOut, scheme: Scheme) -> bytes:
    """The SVG with a title and a description, which is what a screen reader says of it."""
    title = f"{sweep.title}: {sweep.counted}, by {sweep.threshold}"
    said = [f"{sweep.threshold_title}.", *sweep.sentences]
    said += [f"Under {point.shown}: {_counts_in_words(point, scheme)}." for point in sweep.values]
    words = (
        f'<title id="sweep-title">{escape(title)}</title>\n <desc id="sweep-words">{escape(" ".join(said))}</desc>\n '
    )
    text = svg.decode("utf-8")
    start = re.search(r"<svg\b[^>]*>", text)
    if start is None:  # not in any version of matplotlib
        return svg
    named = start[0][:-1] + ' role="img" aria-labelledby="sweep-title sweep-words">'
    return (text[: start.start()] + named + "\n " + words + text[start.end() :].lstrip()).encode("utf-8")


def _counts_in_words(point: SweptValue, scheme: Scheme) -> str:
    counts = [f"{count} {scheme.name(status)}" for status, count in point.counts.items()]
    return ", ".join([*counts, *([f"{point.not_rated} {scheme.name(None)}"] if point.not_rated else [])])
