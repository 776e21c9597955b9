"""Who is asked for a return: owners and deputies who owe something, with the day, what is missing and a workbook."""

from datetime import UTC, date, datetime
from typing import Literal

from engine.alerts.chasing import Asked, asked
from engine.model.notices import Owed, Workbook
from engine.model.workspace import Deputy, Person, Workspace
from tests.alerts.months import workspace
from tests.facts.made import month

DUE, TODAY = date(2019, 2, 7), date(2019, 2, 12)
BOOKS = {name: Workbook(name=f"{name}.xlsx", data=b"x") for name in ("meals_lead", "visits_lead")}


def owes(ref: str, *, nothing_yet: bool = True) -> Owed:
    return Owed(ref=ref, title=ref.title(), missing=("Figure",), nothing_yet=nothing_yet)


def ask(
    *owing: Owed, of: Workspace | None = None, kind: Literal["reminder", "chaser"] = "chaser", today: date = TODAY
) -> Asked:
    office = of or workspace({})
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    by_ref = {one.ref: one for one in owing}
    return asked(office, office.portfolios["care"], kind, month("2019-01"), DUE, by_ref, BOOKS, now, today)


def whom(asked_for: Asked) -> dict[str, list[str]]:
    return {one.recipient: [owed.ref for owed in one.owed] for one in asked_for.notices}


def test_each_owner_is_asked_once_for_all_that_is_owed() -> None:
    assert whom(ask(owes("meals"), owes("transport"), owes("visits"))) == {
        "meals_lead": ["meals", "transport"], "visits_lead": ["visits"],
    }  # fmt: skip


def test_whoever_has_returned_is_not_asked() -> None:
    assert whom(ask(owes("visits"))) == {"visits_lead": ["visits"]}
    assert whom(ask()) == {}


def test_the_deputy_of_the_day_is_asked_instead() -> None:
    away = Person(
        name="Visits Lead", email="visits_lead@council.example",
        deputy=Deputy.model_validate({"who": "leaders_office", "from": "2019-02-11", "until": "2019-02-15"}),
    )  # fmt: skip
    office = workspace({}, people={"visits_lead": away})
    assert whom(ask(owes("visits"), of=office)) == {"leaders_office": ["visits"]}
    assert whom(ask(owes("visits"), of=office, today=date(2019, 2, 18))) == {"visits_lead": ["visits"]}


def test_who_has_no_address_is_told_to_the_office() -> None:
    office = workspace({}, people={"visits_lead": Person(name="Visits Lead")})
    found = ask(owes("visits"), of=office)
    assert found.notices == []
    (problem,) = found.problems
    assert problem.what == "Visits owes a return, but its owner visits_lead has no address"
    assert problem.cure == "give visits_lead one in config/people.yaml"


def test_a_workbook_goes_with_the_message_where_nothing_was_returned() -> None:
    (notice,) = ask(owes("visits")).notices
    assert [one.name for one in notice.workbooks] == ["visits_lead.xlsx"]


def test_no_workbook_goes_to_who_has_returned_a_part_since_a_new_one_would_replace_it() -> None:
    (notice,) = ask(owes("meals", nothing_yet=False), owes("transport")).notices
    assert notice.workbooks == ()


def test_an_occurrence_is_the_day_for_the_period() -> None:
    (first,), (again,), (later,) = (
        ask(owes("visits"), today=day).notices for day in (TODAY, TODAY, date(2019, 2, 13))
    )  # fmt: skip
    assert first.dedupe_key == again.dedupe_key != later.dedupe_key
    (reminder,) = ask(owes("visits"), kind="reminder").notices
    assert reminder.dedupe_key != first.dedupe_key
