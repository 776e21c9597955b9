"""Unit checks: money is compared with money, a percentage with a percentage; only nought goes with everything."""

from decimal import Decimal

from engine.model.numbers import KIND, shifted
from engine.model.values import Unit, plain
from engine.rulebook.describe import describe, describe_number
from engine.rulebook.names import Vocabulary
from engine.rulebook.slips import Slip
from engine.rulebook.syntax import (
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Fact,
    Negative,
    Number,
    Share,
    ThresholdRef,
    walk,
)
from engine.workspace.spelling import quoted

EXAMPLE = {Unit.NUMBER: "12", Unit.PERCENT: "60%", Unit.MONEY: "£50k", Unit.WEEKS: "4 weeks"}


def unit_slips(condition: Condition, vocabulary: Vocabulary) -> list[Slip]:
    """Every comparison of a condition whose sides don't go together.

    Where a rule is for measures of several units, the comparison has to hold good for each of them.
    """
    slips: list[Slip] = []
    for node in walk(condition):
        if isinstance(node, Comparison):
            slips += _first_failing(node, vocabulary)
    return slips


def expression_slips(expression: Expression, vocabulary: Vocabulary) -> list[Slip]:
    """What in an expression that stands alone does not go together."""
    return _first_failing(expression, vocabulary)


def unit_of(expression: Expression, vocabulary: Vocabulary, own: Unit | None = None) -> Unit | None:
    """An expression's unit; None where it can't be told (or is nought, which has any)."""
    return _Checker(vocabulary, own).unit(expression)


def _first_failing(node: Comparison | Expression, vocabulary: Vocabulary) -> list[Slip]:
    owns: tuple[Unit | None, ...] = tuple(vocabulary.own) or (None,)
    found: dict[Unit | None, list[Slip]] = {}
    for own in owns:
        checker = _Checker(vocabulary, own)
        checker.check(node)
        found[own] = checker.slips
    failing = [own for own in owns if found[own]]
    if not failing:
        return []
    first, slips = failing[0], found[failing[0]]
    if first is None or len(failing) == len(owns):
        return slips
    what = f"{slips[0].what}, where the measure is {KIND[first]} (`{vocabulary.own[first]}`)"
    return [Slip(slips[0].at, slips[0].code, what, "name the measures it is meant for with `measure:` or `only:`")]


class _Checker:
    """Finds units from the leaves up, the measure's own unit being known."""

    def __init__(self, vocabulary: Vocabulary, own: Unit | None) -> None:
        self.slips: list[Slip] = []
        self._vocabulary = vocabulary
        self._own = own

    def check(self, node: Comparison | Expression) -> None:
        if not isinstance(node, Comparison):
            self.unit(node)
            return
        left, right = self.unit(node.left), self.unit(node.right)
        if left is not None and right is not None and left is not right and not self.slips:
            what = f"{_shown(node.left)} is {KIND[left]}, {_shown(node.right)} is {KIND[right]}"
            # The figure is what the rule is about, so the place is that of what is measured against it.
            at = node.left.at if isinstance(node.left, Number) else node.right.at
            self.slips.append(Slip(at, "wrong-unit", what, self._cure(node, left, right)))

    def unit(self, node: Expression) -> Unit | None:
        match node:
            case Number(value=value, unit=unit):
                return None if unit is Unit.NUMBER and not value else unit
            case Fact():
                return self._vocabulary.unit(node, self._own)
            case ThresholdRef(name=name):
                return self._vocabulary.thresholds.get(name)
            case Negative(operand=operand):
                return self.unit(operand)
            case Share(share=share, whole=whole):
                return self._share(share, self.unit(share), self.unit(whole))
            case Arithmetic(op=("+" | "-"), left=left, right=right):
                return self._sum(node, self.unit(left), self.unit(right))
            case Arithmetic(op="*", left=left, right=right):
                return self._product(node, self.unit(left), self.unit(right))
            case Arithmetic(left=left, right=right):
                return self._quotient(node, self.unit(left), self.unit(right))

    def _share(self, share: Expression, part: Unit | None, whole: Unit | None) -> Unit | None:
        if part not in (None, Unit.PERCENT):
            cure = f"write `{plain(share.value)}% of …`" if isinstance(share, Number) else "write `60% of …`"
            self.slips.append(Slip(share.at, "wrong-unit", f"{_shown(share)} is {KIND[part]}, not a percentage", cure))
        return whole

    def _sum(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is not None and right is not None and left is not right:
            verb = "added to" if node.op == "+" else "taken from"
            first, second = (node.left, node.right) if node.op == "+" else (node.right, node.left)
            kinds = (left, right) if node.op == "+" else (right, left)
            what = f"{_shown(first)}, {KIND[kinds[0]]}, can't be {verb} {_shown(second)}, {KIND[kinds[1]]}"
            # A number is more likely wrong than a figure.
            at = node.left.at if isinstance(node.left, Number) and isinstance(node.right, Fact) else node.right.at
            self.slips.append(Slip(at, "wrong-unit", what, self._sum_cure(node, left, right)))
        return left if left is not None else right

    def _product(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is None or right is None:
            return None
        if Unit.NUMBER not in (left, right):
            share = Unit.PERCENT in (left, right)
            cure = "write a share with `of`, such as `90% of target`" if share else "multiply by a plain number"
            what = f"{KIND[left]} can't be multiplied by {KIND[right]}"
            self.slips.append(Slip(node.right.at, "wrong-unit", what, cure))
        return right if left is Unit.NUMBER else left

    def _quotient(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is None or right is None:
            return None
        if right not in (left, Unit.NUMBER):
            what = f"{KIND[left]} can't be divided by {KIND[right]}"
            self.slips.append(Slip(node.right.at, "wrong-unit", what, "divide by the same kind, or by a plain number"))
        return Unit.NUMBER if left is right else left

    # ---- what to write instead

    def _cure(self, node: Comparison, left: Unit, right: Unit) -> str:
        if isinstance(node.right, Number):
            return self._cure_number(node, node.left, node.right, left, number_is_right=True)
        if isinstance(node.left, Number):
            return self._cure_number(node, node.right, node.left, right, number_is_right=False)
        figure, other, unit, others = node.left, node.right, left, right
        if isinstance(figure, ThresholdRef) or (isinstance(other, Fact) and not isinstance(figure, Fact)):
            figure, other, unit, others = node.right, node.left, right, left
        whole = self._whole(figure, unit)
        if isinstance(other, ThresholdRef):
            if others is not Unit.PERCENT or whole is None:
                return _other_threshold(unit)
            sides = (describe(figure), f"{other.name} of {whole}")
            return f"write `{f' {node.op} '.join(sides if figure is node.left else reversed(sides))}`"
        return f"compare {_shown(figure)} with {KIND[unit]}, such as `{whole or EXAMPLE[unit]}`"

    def _cure_number(
        self, node: Comparison, figure: Expression, number: Number, unit: Unit, *, number_is_right: bool
    ) -> str:
        """What the comparison would be with the number in the figure's unit."""
        if number.unit not in (Unit.NUMBER, Unit.PERCENT):
            return f"write {KIND[unit]}, such as `{EXAMPLE[unit]}`"
        right, also = in_unit(number.value, unit), ""
        if number.unit is Unit.PERCENT and (whole := self._whole(figure, unit)):
            also = f", or `{describe(number)} of {whole}`"
        elif number.unit is Unit.PERCENT and unit is Unit.NUMBER and isinstance(figure, Arithmetic):  # a ratio
            right = in_unit(shifted(number.value, -2), unit)
        elif number.unit is Unit.NUMBER and unit is Unit.MONEY:
            also = f" for thousands, or `{right[:-1]}`"
        elif unit is Unit.PERCENT and 0 < abs(number.value) < 1:  # as a spreadsheet keeps 30%
            right, also = in_unit(shifted(number.value, 2), unit), f", or `{right}` if that is meant"
        sides = (describe(figure), right) if number_is_right else (right, describe(figure))
        return f"write `{f' {node.op} '.join(sides)}`{also}"

    def _sum_cure(self, node: Arithmetic, left: Unit, right: Unit) -> str:
        if isinstance(node.right, Number) and node.right.unit is Unit.PERCENT:
            whole = self._whole(node.left, left) or "…"
            return f"write a share with `of`, such as `{describe(node.right)} of {whole}`"
        if isinstance(node.right, Number) and node.right.unit is Unit.NUMBER:
            return f"write its unit, such as `{in_unit(node.right.value, left)}`"
        if isinstance(node.left, Number) and node.left.unit is Unit.NUMBER and isinstance(node.right, Fact):
            return f"write `{in_unit(node.left.value, right)}`"
        if isinstance(node.right, ThresholdRef):
            return _other_threshold(left)
        if isinstance(node.left, ThresholdRef):
            return _other_threshold(right)
        return f"write {KIND[left]}, such as `{self._whole(node.left, left) or EXAMPLE[left]}`"

    def _whole(self, figure: Expression, unit: Unit) -> str | None:
        """What a share would be of: the target that belongs to a figure, if there is one in its unit."""
        if not isinstance(figure, Fact):
            return None
        name, year = figure.name.partition(" in ")[::2]
        full = "target" if figure.alone else f"{name.partition('.')[0]}.target{' in ' + year if year else ''}"
        if full == figure.name or (not figure.alone and self._vocabulary.names.unit(full) is None):
            return None
        return full if self._vocabulary.unit(Fact(full, figure.alone), self._own) is unit else None


def in_unit(value: Decimal, unit: Unit) -> str:
    """A number as a rule would write it had it been meant in a unit: its digits, money in thousands."""
    if unit is not Unit.MONEY:
        return describe_number(value, unit)
    digits = plain(value)
    return f"-£{digits[1:]}k" if digits.startswith("-") else f"£{digits}k"


def _shown(node: Expression) -> str:
    return quoted(describe(node))


def _other_threshold(unit: Unit) -> str:
    return f"write {KIND[unit]}, such as `{EXAMPLE[unit]}`, or a threshold that is one"
