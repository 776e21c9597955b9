"""All returns of a period together: each row from one submitter, or from none."""

from decimal import Decimal

from engine.model.returns import Return
from engine.returns.merge import merge
from tests.returns.small import read


def returned(submitter: str, **tables: tuple[str, ...]) -> Return:
    """A return of these lines by table."""
    rows = {name: tuple(getattr(read(name, *lines), name)) for name, lines in tables.items()}
    source = f"lives/2019-01/{submitter}"
    return Return.model_validate(
        {
            "portfolio": "lives",
            "period": "2019-01",
            "submitter": submitter,
            "source": source,
            "sha256": submitter,
            **rows,
        }
    )


def test_rows_of_different_submitters_lie_side_by_side() -> None:
    owners = returned(
        "owners",
        measures=("payments,recruited,,15.1%,,,,,", "care,used,South,95%,,,,,", "care,used,Mid,60%,,,,,"),
        milestones=("payments,Calculator built,,,,slipped,,", "payments,Rollout,,,,,,"),
        explanations=("payments,recruited,Hard to find people,",),
    )
    pmo = returned(
        "pmo", savings=("lives,2018/19,8569,,,,,,",), judgements=("cross,floor,EO,A decision is awaited,,,",)
    )
    rows, problems = merge([pmo, owners])
    assert problems == ()
    assert rows.measures["payments", "recruited", None].actual == Decimal("15.1")
    assert [key for key in rows.measures if key[0] == "care"] == [("care", "used", "South"), ("care", "used", "Mid")]
    assert [row.milestone for row in rows.milestones["payments"]] == ["Calculator built", "Rollout"]
    assert rows.savings["lives"][0].target == 8_569_000
    assert [row.subject for row in rows.judgements] == ["cross"]
    assert rows.explanations["payments", "recruited"].reason == "Hard to find people"
    assert rows.returned == {"payments", "care", "lives", "cross"}


def test_a_row_from_two_submitters_is_a_problem_that_names_both_and_is_not_used() -> None:
    first = returned("owners", measures=("payments,recruited,,15%,,,,,", "care,moves,,34,,,,,"))
    second = returned("payments_lead", measures=("payments,recruited,,15%,,,,,",))
    rows, [problem] = merge([second, first])
    assert list(rows.measures) == [("care", "moves", None)]
    assert rows.returned == {"payments", "care"}
    assert problem.subject == "payments"
    assert str(problem) == (
        "measures.csv, line 2: owners and payments_lead sent the same row "
        "(also measures.csv, line 2), so neither was used; "
        "agree who returns it, and take it out of the other return"
    )


def test_every_table_is_watched_for_two_submitters() -> None:
    lines = {
        "savings": ("payments,2018/19,1,,,,,,",),
        "milestones": ("payments,Rollout,,,,,,",),
        "judgements": ("payments,declared,OT,So,,,",),
        "explanations": ("payments,recruited,So,",),
    }
    other = {**lines, "milestones": ("payments,ROLLOUT,,,,,,",), "savings": ("payments,18/19,2,,,,,,",)}
    rows, problems = merge([returned("a", **lines), returned("b", **other)])
    assert len(problems) == 4
    assert (rows.savings, rows.milestones) == ({"payments": ()}, {"payments": ()})  # owed, and none that stands
    assert (rows.judgements, rows.explanations) == ((), {})
    assert rows.returned == {"payments"}


def test_two_savings_rows_of_one_submitter_are_both_kept_and_other_years_may_be_anothers() -> None:
    first = returned("a", savings=("payments,2018/19,,1,,,,,", "payments,2018/19,,2,,,,,"))
    rows, problems = merge([first, returned("b", savings=("payments,2019/20,,4,,,,,",))])
    assert problems == ()
    assert [(row.year, row.delivered) for row in rows.savings["payments"]] == [
        ("2018/19", Decimal(1000)),
        ("2018/19", Decimal(2000)),
        ("2019/20", Decimal(4000)),
    ]


def test_the_order_in_which_returns_are_found_makes_no_difference() -> None:
    one = returned("a", measures=("care,moves,,1,,,,,",), milestones=("care,A,,,,,,",))
    two = returned("b", measures=("care,moves,,2,,,,,",), milestones=("care,B,,,,,,",))
    assert merge([one, two]) == merge([two, one])


def test_nothing_returned_is_no_rows() -> None:
    rows, problems = merge([])
    assert (rows.measures, rows.returned, problems) == ({}, frozenset(), ())


def test_a_subject_with_a_savings_row_that_could_not_be_used_stands_with_none() -> None:
    read_ = read("savings", "payments,previous yrs,,,,211,,,", "payments,2018/19,500,,,,,,", "care,2018/19,1,,,,,,")
    assert read_.incomplete == {("savings", "payments")}
    assert [row.subject for row in read_.savings] == ["payments", "care"]
    whole = Return(
        portfolio="lives", period="2019-01", submitter="owners", source="owners", sha256="x",
        savings=tuple(read_.savings), incomplete=tuple(read_.incomplete),
    )  # fmt: skip
    rows, _ = merge([whole])
    assert rows.savings["payments"] == ()
    assert len(rows.savings["care"]) == 1
