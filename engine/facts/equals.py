"""Measures that are worked out from other figures of their subject (`equals`), or checked against them."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from engine.facts.arithmetic import in_full
from engine.model.values import EXACT, Quantity

# The expression as written, and the subject's figures by their full names; None where it can't be worked out.
Evaluator = Callable[[str, Mapping[str, Quantity]], Quantity | None]


def worked_out(
    formulas: Mapping[str, str], known: Mapping[str, Quantity], evaluate: Evaluator
) -> Mapping[str, Quantity]:
    """The measures whose formulas can be worked out from what is known, or from each other, with their values.

    Formulas that depend on each other in a circle come to nothing.
    """
    names, left = dict(known), dict(formulas)
    found: dict[str, Quantity] = {}
    while True:
        new = {name: value for name, text in left.items() if (value := evaluate(text, names)) is not None}
        if not new:
            return found
        found |= new
        names |= new
        left = {name: text for name, text in left.items() if name not in new}


def differing(stated: Quantity, calculated: Quantity) -> str:
    """How a stated figure differs from the calculated one, beyond the places it is stated to; "" where it doesn't."""
    exponent = stated.value.as_tuple().exponent
    places = Decimal(1).scaleb(min(int(exponent), 0))
    rounded = calculated.value.quantize(places, ROUND_HALF_EVEN, EXACT)
    if rounded == stated.value:
        return ""
    return f"{in_full(stated)} was returned, and its formula gives {in_full(Quantity(rounded, stated.unit))}"
