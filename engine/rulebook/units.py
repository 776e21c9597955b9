"""Unit checks: money is compared with money, a percentage with a percentage; only nought goes with everything."""

from engine.model.values import Unit, plain
from engine.rulebook.describe import describe
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

KIND = {
    Unit.NUMBER: "a plain number",
    Unit.PERCENT: "a percentage",
    Unit.MONEY: "money",
    Unit.WEEKS: "a number of weeks",
}
_EXAMPLE = {Unit.NUMBER: "12", Unit.PERCENT: "60%", Unit.MONEY: "£50k", Unit.WEEKS: "4 weeks"}


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
            self.slips.append(Slip(at, "unit", what, _cure(node, left, right)))

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
            self.slips.append(Slip(share.at, "unit", f"{_shown(share)} is {KIND[part]}, not a percentage", cure))
        return whole

    def _sum(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is not None and right is not None and left is not right:
            verb = "added to" if node.op == "+" else "taken from"
            first, second = (node.left, node.right) if node.op == "+" else (node.right, node.left)
            kinds = (left, right) if node.op == "+" else (right, left)
            what = f"{_shown(first)}, {KIND[kinds[0]]}, can't be {verb} {_shown(second)}, {KIND[kinds[1]]}"
            self.slips.append(Slip(node.right.at, "unit", what, _sum_cure(node, left, right)))
        return left if left is not None else right

    def _product(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is None or right is None:
            return None
        if Unit.NUMBER not in (left, right):
            share = Unit.PERCENT in (left, right)
            cure = "write a share with `of`, such as `90% of target`" if share else "multiply by a plain number"
            what = f"{KIND[left]} can't be multiplied by {KIND[right]}"
            self.slips.append(Slip(node.right.at, "unit", what, cure))
        return right if left is Unit.NUMBER else left

    def _quotient(self, node: Arithmetic, left: Unit | None, right: Unit | None) -> Unit | None:
        if left is None or right is None:
            return None
        if right not in (left, Unit.NUMBER):
            what = f"{KIND[left]} can't be divided by {KIND[right]}"
            self.slips.append(Slip(node.right.at, "unit", what, "divide by the same kind, or by a plain number"))
        return Unit.NUMBER if left is right else left


def _shown(node: Expression) -> str:
    return quoted(describe(node))


def _cure(node: Comparison, left: Unit, right: Unit) -> str:
    if isinstance(node.right, Number):
        return _cure_number(node, node.left, node.right, left, number_is_right=True)
    if isinstance(node.left, Number):
        return _cure_number(node, node.right, node.left, right, number_is_right=False)
    return "compare figures of one kind"


def _cure_number(node: Comparison, figure: Expression, number: Number, unit: Unit, *, number_is_right: bool) -> str:
    """What the comparison would be with the number in the figure's unit."""
    if number.unit not in (Unit.NUMBER, Unit.PERCENT):
        return f"write {KIND[unit]}, such as `{_EXAMPLE[unit]}`"
    digits = plain(number.value)
    sign, size = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    share = f"{digits}% of {_whole(figure)}"
    if unit is Unit.MONEY:
        right = f"{sign}£{size}k"
        also = f", or `{share}`" if number.unit is Unit.PERCENT else f" for thousands, or `{sign}£{size}`"
    elif unit is Unit.PERCENT:
        right, also = f"{digits}%", ""
    elif unit is Unit.WEEKS:
        right, also = f"{digits} weeks", ""
    else:
        right, also = digits, f", or `{share}`" if number.unit is Unit.PERCENT else ""
    whole = f"{describe(figure)} {node.op} {right}" if number_is_right else f"{right} {node.op} {describe(figure)}"
    return f"write `{whole}`{also}"


def _sum_cure(node: Arithmetic, left: Unit, right: Unit) -> str:
    if isinstance(node.right, Number) and node.right.unit is Unit.PERCENT:
        return f"write a share with `of`, such as `{plain(node.right.value)}% of {_whole(node.left)}`"
    if isinstance(node.right, Number) and node.right.unit is Unit.NUMBER:
        example = {Unit.MONEY: f"£{plain(node.right.value)}k", Unit.WEEKS: f"{plain(node.right.value)} weeks"}
        return f"write its unit, such as `{example.get(left, f'{plain(node.right.value)}%')}`"
    return "bring both to one kind"


def _whole(figure: Expression) -> str:
    """What a share would be of: the target that belongs to a figure."""
    if not isinstance(figure, Fact):
        return "…"
    if figure.alone:
        return "target"
    name, year = figure.name.partition(" in ")[::2]
    return f"{name.partition('.')[0]}.target{' in ' + year if year else ''}"
