"""Random conditions, in the form that the parser gives them."""

from decimal import Decimal

from hypothesis import strategies as st

from engine.model.values import Unit
from engine.rulebook.syntax import (
    And,
    Arithmetic,
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

_digits = st.decimals(min_value=-99999, max_value=99999, places=2).map(
    lambda value: Decimal(format(value.normalize(), "f")) if value else Decimal(0)
)
numbers = st.builds(Number, _digits, st.sampled_from(Unit)).filter(lambda one: one.value or one.unit is not Unit.WEEKS)
_money: st.SearchStrategy[Expression] = st.sampled_from(
    [
        *map(Fact, ("income", "income.target", "savings.target in this year", "savings.at_risk in 2018/19")),
        ThresholdRef("limit"),
        *(Number(Decimal(pounds), Unit.MONEY) for pounds in ("50000", "-1250000", "12345.67")),
    ]
)
_percent: st.SearchStrategy[Expression] = st.sampled_from(
    [Fact("recruitment"), ThresholdRef("tolerance"), Number(Decimal("15.1"), Unit.PERCENT)]
)
_plain: st.SearchStrategy[Expression] = st.sampled_from(
    [Fact("delays"), Fact("milestones.unmitigated"), Number(Decimal("0.7"), Unit.NUMBER)]
)
_leaves: tuple[st.SearchStrategy[Expression], ...] = (_money, _percent, _plain)


def _grown(leaves: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Expressions in the unit of the leaves."""

    def more(below: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.one_of(
            st.builds(Arithmetic, st.sampled_from("+-"), below, below),
            st.builds(Arithmetic, st.just("*"), below, _plain),
            st.builds(Arithmetic, st.just("*"), _plain, below),
            st.builds(Arithmetic, st.just("/"), below, _plain),
            st.builds(Share, _percent, below),
            st.builds(Negative, below.filter(lambda one: not isinstance(one, Number))),
        )

    return st.recursive(leaves, more, max_leaves=5)


_comparisons = st.one_of(
    *(
        st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), _grown(leaves), _grown(leaves))
        for leaves in _leaves
    )
)
_states = st.builds(
    Is,
    st.sampled_from([Fact("income"), Fact("recruitment")]),
    st.sampled_from(["missing", "off target", "under review", "not due", "not captured", "explained"]),
) | st.builds(Is, st.just(Fact("lifecycle")), st.sampled_from(["live", "not started", "closed"]))


def _more_conditions(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(And),
        several.map(Or),
        below.map(Not),
        st.builds(ForPeriods, below, st.integers(min_value=2, max_value=24)),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(_comparisons | _states, _more_conditions, max_leaves=6)
