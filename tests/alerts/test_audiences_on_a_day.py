"""Who an audience is on a day: owners and named people, their deputies, and those without an address."""

from datetime import date

import pytest

from engine.alerts.audiences import Recipients, concerns, recipients
from engine.model.workspace import About, Audience, Deputy, Person
from tests.alerts.months import workspace

DAY = date(2019, 2, 7)


def found(audience: Audience, people: dict[str, Person] | None = None, day: date = DAY) -> Recipients:
    office = workspace({}, people)
    return recipients(audience, office.portfolios["care"], office.people, day)


def owners(level: str | None = None, *subjects: str) -> Audience:
    return Audience(who="owners", about=About.model_validate({"level": level, "subjects": subjects}))


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (owners(), {"leaders_office": "care", "meals_lead": "older meals transport", "visits_lead": "visits"}),
        (owners("projects"), {"meals_lead": "meals transport", "visits_lead": "visits"}),
        (owners("programmes"), {"meals_lead": "older"}),
        (owners("portfolio"), {"leaders_office": "care"}),
        (owners(None, "visits", "meals"), {"meals_lead": "meals", "visits_lead": "visits"}),
        (owners("programmes", "visits"), {}),
        (Audience(who=("leaders_office",)), {"leaders_office": "care older meals visits transport"}),
        (
            Audience(who=("leaders_office", "visits_lead"), about=About(level="portfolio")),
            {"leaders_office": "care", "visits_lead": "care"},
        ),
    ],
)
def test_an_audience_reaches_each_person_with_what_concerns_them(audience: Audience, reached: dict[str, str]) -> None:
    assert {who: " ".join(refs) for who, refs in found(audience).reachable.items()} == reached


@pytest.mark.parametrize(("about", "told"), [(None, True), ("care", True), ("other", False)])
def test_an_audience_of_another_portfolio_is_not_concerned(about: str | None, told: bool) -> None:
    audience = Audience(who="owners", about=About(portfolio=about))
    assert concerns(audience, workspace({}).portfolios["care"]) is told


def away(first: date, last: date, who: str = "meals_lead") -> dict[str, Person]:
    deputy = Deputy(who=who, from_=first, until=last)
    return {"visits_lead": Person(name="Visits Lead", email="visits_lead@council.example", deputy=deputy)}


@pytest.mark.parametrize(
    ("day", "reader"),
    [(6, "visits_lead"), (7, "meals_lead"), (14, "meals_lead"), (15, "visits_lead")],
)
def test_a_deputy_reads_instead_of_the_person_from_the_first_day_to_the_last(day: int, reader: str) -> None:
    people = away(date(2019, 2, 7), date(2019, 2, 14))
    reached = found(owners("projects"), people, date(2019, 2, day)).reachable
    assert "visits" in reached[reader]
    assert sum("visits" in refs for refs in reached.values()) == 1


def test_a_deputy_who_is_told_already_is_told_once() -> None:
    both = Audience(who=("meals_lead", "visits_lead"))
    reached = found(both, away(DAY, DAY)).reachable
    assert reached == {"meals_lead": ("care", "older", "meals", "visits", "transport")}


@pytest.mark.parametrize("who", ["nobody_known", "addressless"])
def test_a_deputy_without_an_address_changes_nothing(who: str) -> None:
    people = {**away(DAY, DAY, who), "addressless": Person(name="Addressless", email=" ")}
    assert "visits_lead" in found(owners("projects"), people).reachable


def test_who_has_no_address_is_found_with_what_they_miss() -> None:
    nobody = {"visits_lead": Person(name="Visits Lead", email="")}
    assert found(owners("projects"), nobody).unreachable == {"visits_lead": ("visits",)}
    assert found(Audience(who=("stranger",), about=About(level="programmes"))).unreachable == {"stranger": ("older",)}


def test_a_subject_without_an_owner_concerns_nobody() -> None:
    office = workspace({})
    portfolio = office.portfolios["care"].model_copy(update={"owner": None})
    assert recipients(owners("portfolio"), portfolio, office.people, DAY).unreachable == {"": ("care",)}
