"""What both evaluators are held against: the rules' meaning, written down once more from the design alone.

Figures are fractions, truth values are letters, and the three-valued tables are written out. Nothing here comes from
the evaluators or from what they stand on: not the lowering, not the exact decimals, not the rounding.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from engine.inference.questions import Settled, Standing
from engine.model.run import Trend
from engine.rulebook.rules import Rule
from engine.rulebook.syntax import (
    And,
    Comparison,
    Condition,
    Expression,
    Fact,
    ForPeriods,
    Is,
    Negative,
    Not,
    Number,
    Or,
    Share,
    ThresholdRef,
)
from tests.inference.sheets import Sheet

Truth = str  # "T", "F" or "U" for unknown

AND: Mapping[str, str] = {
    "TT": "T", "TF": "F", "TU": "U",
    "FT": "F", "FF": "F", "FU": "F",
    "UT": "U", "UF": "F", "UU": "U",
}  # fmt: skip
OR: Mapping[str, str] = {
    "TT": "T", "TF": "T", "TU": "T",
    "FT": "T", "FF": "F", "FU": "U",
    "UT": "T", "UF": "U", "UU": "U",
}  # fmt: skip
NOT: Mapping[str, str] = {"T": "F", "F": "T", "U": "U"}


def outcome(rule: Rule, sheet: Sheet) -> str | None:
    """What the rule says; None where it can't be known."""
    if rule.when is not None:
        return {"T": "fires", "F": "quiet", "U": None}[truth(rule.when, sheet, 0)]
    for band in rule.bands:
        held = "T" if band.when is None else truth(band.when, sheet, 0)
        if held == "T":
            return band.status
        if held == "U":
            return None
    return "quiet"


def outcome_until_cleared(rule: Rule, sheet: Sheet) -> str | None:
    """What a rule with `clears` says in the last period of a sheet, its periods read from the first on."""
    assert rule.when is not None
    assert rule.clears is not None
    stands, said = "no", ""
    for back in range(len(sheet.figures) - 1, -1, -1):
        said = truth(rule.when, sheet, back) + truth(rule.clears, sheet, back)
        stands = {
            "TT": "yes", "TF": "yes", "TU": "yes",
            "FT": "no", "FF": stands, "FU": stands,
            "UT": stands, "UF": stands, "UU": stands,
        }[said]  # fmt: skip
    return None if said[0] == "U" else {"yes": "fires", "no": "quiet"}[stands]


def truth(condition: Condition, sheet: Sheet, back: int) -> Truth:
    if isinstance(condition, Comparison):
        return compared(condition.op, value(condition.left, sheet, back), value(condition.right, sheet, back))
    if isinstance(condition, Is):
        words = sheet.words[back] if back < len(sheet.words) else {}
        return {True: "T", False: "F", None: "U"}[words.get((condition.fact.name, condition.word))]
    if isinstance(condition, Not):
        return NOT[truth(condition.item, sheet, back)]
    if isinstance(condition, ForPeriods):
        return fold(AND, "T", [truth_then(condition.condition, sheet, back + n) for n in range(condition.periods)])
    table, start = (AND, "T") if isinstance(condition, And) else (OR, "F")
    assert isinstance(condition, And | Or)
    return fold(table, start, [truth(item, sheet, back) for item in condition.items])


def truth_then(condition: Condition, sheet: Sheet, back: int) -> Truth:
    """Before the first period nothing can be known, not even what holds always."""
    return truth(condition, sheet, back) if back < len(sheet.figures) else "U"


def fold(table: Mapping[str, str], start: str, truths: Sequence[Truth]) -> Truth:
    for one in truths:
        start = table[start + one]
    return start


def compared(op: str, left: Fraction | None, right: Fraction | None) -> Truth:
    if left is None or right is None:
        return "U"
    a, b = round(left * 10**6), round(right * 10**6)  # Python rounds a fraction half to even
    if max(abs(a), abs(b)) > 2**53:
        return "U"
    sign = (a > b) - (a < b)
    return "T" if sign in {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "=": (0,), "!=": (-1, 1)}[op] else "F"


def value(expression: Expression, sheet: Sheet, back: int) -> Fraction | None:
    if isinstance(expression, Number):
        return Fraction(expression.value)
    if isinstance(expression, Fact | ThresholdRef):
        table = sheet.figures[back] if isinstance(expression, Fact) else sheet.thresholds
        return Fraction(table[expression.name]) if expression.name in table else None
    if isinstance(expression, Negative):
        positive = value(expression.operand, sheet, back)
        return None if positive is None else -positive
    a = value(expression.share if isinstance(expression, Share) else expression.left, sheet, back)
    b = value(expression.whole if isinstance(expression, Share) else expression.right, sheet, back)
    if a is None or b is None:
        return None
    if isinstance(expression, Share):
        return a * b / 100
    if expression.op == "/":
        return None if b == 0 else a / b
    return {"+": a + b, "-": a - b, "*": a * b}[expression.op]


def settled(standing: Standing) -> Settled:
    """The second pass as a table of decisions: the first row whose conditions all hold."""
    worse_found = standing.worst is not None and standing.worst != 0
    all_judged = standing.judged and not standing.required_unknown
    overridden = standing.override is not None
    rows = [
        # outside, overridden, worse found, all judged -> status, derived, earned  (None: either)
        (True, None, None, None, (None, None, False)),
        (False, True, True, None, (standing.override, standing.worst, False)),
        (False, True, False, True, (standing.override, 0, True)),
        (False, True, False, False, (standing.override, None, False)),
        (False, False, True, None, (standing.worst, standing.worst, False)),
        (False, False, False, True, (0, 0, True)),
        (False, False, False, False, (None, None, False)),
    ]
    is_so = (standing.outside, overridden, worse_found, all_judged)
    (status, derived, earned) = next(
        row[-1] for row in rows if all(asked in (None, so) for asked, so in zip(row[:4], is_so, strict=True))
    )
    now = "none" if status is None else "exception" if status >= standing.first_exception else "fine"
    then = "none" if standing.before is None else "exception" if standing.before >= standing.first_exception else "fine"
    return Settled(
        status, derived, earned, _trend(standing, status), now == "exception", (then, now) == ("exception", "fine")
    )


def _trend(standing: Standing, status: int | None) -> Trend | None:
    if status is None:
        return None
    moved = "none" if standing.before is None else "=" if status == standing.before else "<>"[status > standing.before]
    rows: list[tuple[bool | None, bool | None, str | None, Trend | None]] = [
        # new, comparable, moved -> trend  (None: either)
        (True, None, None, "New"),
        (False, None, "none", None),
        (False, False, None, None),
        (False, True, "<", "Better"),
        (False, True, "=", "Same"),
        (False, True, ">", "Worse"),
    ]
    is_so = (standing.new, standing.comparable, moved)
    return next(row[-1] for row in rows if all(a in (None, so) for a, so in zip(row[:3], is_so, strict=True)))
