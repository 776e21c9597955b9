"""Small sheets of figures for tests: this period's first, then the earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from engine.inference.questions import Question
from engine.model.values import Quantity, Unit
from engine.model.verdicts import Place
from engine.model.workspace import Level
from engine.rulebook.rules import Band, Rule
from engine.rulebook.syntax import Comparison, Condition, Expression, Fact, Number, Operator

Figures = Mapping[str, Decimal]


@dataclass(frozen=True)
class Sheet:
    """A scope made of tables: figures by name for each period, words by (name, word), thresholds by name."""

    figures: tuple[Figures, ...] = ({},)
    words: tuple[Mapping[tuple[str, str], bool], ...] = ()
    thresholds: Figures = field(default_factory=dict)
    back: int = 0

    def fact(self, fact: Fact) -> Quantity | None:
        return _number(self.figures[self.back].get(fact.name))

    def holds(self, fact: Fact, word: str) -> bool | None:
        return self.words[self.back].get((fact.name, word)) if self.back < len(self.words) else None

    def threshold(self, name: str) -> Quantity | None:
        return _number(self.thresholds.get(name))

    def earlier(self, back: int, about: tuple[Fact, ...]) -> "Sheet | None":
        there = self.back + back
        return replace(self, back=there) if there < len(self.figures) else None


def sheet(*periods: Mapping[str, str | int], **thresholds: str) -> Sheet:
    """`sheet({"x": "1.5"}, {"x": 2})`: x is 1.5 now and was 2 a period ago."""
    figures = tuple({name: Decimal(value) for name, value in period.items()} for period in periods)
    return Sheet(figures or ({},), thresholds={name: Decimal(value) for name, value in thresholds.items()})


def number(value: str | int) -> Number:
    return Number(Decimal(value), Unit.NUMBER)


def compare(left: str | Expression, op: Operator, right: str | int | Expression) -> Comparison:
    """`compare("x", "<", 3)`; a text on the right is a number too."""
    return Comparison(
        op,
        Fact(left) if isinstance(left, str) else left,
        number(right) if isinstance(right, str | int) else right,
    )


def rule(when: Condition, name: str = "a_rule") -> Rule:
    return Rule(name, name, frozenset(Level), of_measures=False, yields="status", status="amber", when=when)


def ladder(*bands: tuple[str, Condition | None], name: str = "a_ladder") -> Rule:
    made = tuple(Band(status, when) for status, when in bands)
    return Rule(name, name, frozenset(Level), of_measures=False, yields="status", bands=made)


def ask(rule: Rule, scope: Sheet, subject: str = "a_project", measure: str | None = None) -> Question:
    return Question(rule, Place(subject, measure), scope)


def _number(value: Decimal | None) -> Quantity | None:
    return None if value is None else Quantity(value, Unit.NUMBER)
