"""The messages of a run: one a recipient and audience, what each shows, and whom nobody could reach."""

from datetime import UTC, datetime

import pytest

from engine.alerts.release import accident, state_when_queued
from engine.model.alerts import Reason, Telling
from engine.model.calendars import OwnCalendar
from engine.model.run import RunOut, SubjectOut
from engine.model.settings import MailSettings
from engine.model.workspace import About, Audience, Deputy, Level, Person
from tests.alerts.months import DIGEST, NOW, OWNERS, Office, run_of, subject, workspace


def whole(row: str, before: str = "     ", period: str = "2019-01") -> RunOut:
    """A run of all five subjects: care, older, meals, visits, transport; `before` is last month's row."""
    places: list[tuple[str, Level, str | None]] = [
        ("care", Level.PORTFOLIO, None), ("older", Level.PROGRAMME, "care"), ("meals", Level.PROJECT, "older"),
        ("visits", Level.PROJECT, "older"), ("transport", Level.PROJECT, "care"),
    ]  # fmt: skip
    return run_of(*map(_subject, row, before, places), period=period)


def _subject(letter: str, before: str, place: tuple[str, Level, str | None]) -> SubjectOut:
    return subject(letter, *place, previous=before.strip() or None)


def shown(message: Telling) -> str:
    return " ".join(one.ref for one in message.subjects)


def news(message: Telling) -> dict[str, str]:
    return {decision.subject: decision.reason.value for decision in message.news}


def test_each_owner_has_one_message_about_all_that_is_theirs() -> None:
    messages = Office(workspace({"owners": OWNERS})).month(whole("ggara")).messages
    assert [(one.recipient, shown(one)) for one in messages] == [
        ("meals_lead", "meals transport"),
        ("visits_lead", "visits"),
    ]
    assert all(one.kind == "owner" and one.address == f"{one.recipient}@council.example" for one in messages)


def test_without_news_there_is_no_message_but_every_decision_is_kept() -> None:
    result = Office(workspace({"owners": OWNERS, "leaders": DIGEST})).month(whole("ggggg"))
    assert result.messages == []
    assert len(result.decisions) == 10
    assert {decision.reason for decision in result.decisions} == {Reason.NEVER_AN_EXCEPTION}


def test_an_owners_message_shows_the_news_and_apart_what_goes_on() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(whole("ggagg", period="2018-12"))
    (message,) = office.month(whole("ggaga", "ggagg")).messages
    assert shown(message) == "meals transport"
    assert news(message) == {"transport": "first"}


def test_an_owner_whose_trouble_only_goes_on_is_left_in_peace() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(whole("ggaag", period="2018-12"))
    messages = office.month(whole("ggarg", "ggaag")).messages
    assert [one.recipient for one in messages] == ["visits_lead"]


def test_a_digest_shows_every_exception_and_remediated_exception_whoever_was_told() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.month(whole("ggaag", period="2018-12"))
    (message,) = office.month(whole("ggaga", "ggaag")).messages
    assert message.kind == "digest"
    assert shown(message) == "meals visits transport"
    assert news(message) == {"visits": "remediated", "transport": "first"}


def test_what_was_an_exception_and_is_no_longer_rated_is_shown_and_is_no_news() -> None:
    office = Office(workspace({"owners": OWNERS, "leaders": DIGEST}))
    office.month(whole("ggaag", period="2018-11"))
    assert office.month(whole("gg_ag", "ggaag", period="2018-12")).messages == []
    for month, row in ((1, "gg_aa"), (2, "gg_ar")):  # as long as it lasts, whenever a message goes out anyway
        result = office.month(whole(row, "gg_aa", period=f"2019-{month:02}"))
        assert [(one.recipient, shown(one), list(news(one))) for one in result.messages] == [
            ("meals_lead", "meals transport", ["transport"]),
            ("leaders_office", "meals visits transport", ["transport"]),
        ]


def test_what_comes_back_after_it_could_not_be_rated_is_still_told() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.month(whole("ggaag", period="2018-11"))
    office.month(whole("gg_aa", "ggaag", period="2018-12"))  # shown as no longer rated, which takes nothing back
    assert office.month(whole("ggaaa", "gg_aa", period="2019-01")).messages == []
    (message,) = office.month(whole("ggraa", "ggaaa", period="2019-02")).messages
    assert news(message) == {"meals": "worsened"}


def test_what_was_never_an_exception_is_not_shown_when_it_is_not_rated() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.month(whole("ggggg", period="2018-12"))
    (message,) = office.month(whole("gg_ga", "ggggg")).messages
    assert shown(message) == "transport"


def test_what_was_told_as_an_exception_and_never_otherwise_is_shown() -> None:
    office = Office(workspace({"leaders": DIGEST.model_copy(update={"remediated": False})}))
    office.month(whole("ggagg", period="2018-11"))
    office.month(whole("ggggg", "ggagg", period="2018-12"))
    (message,) = office.month(whole("gg_ga", "ggggg")).messages
    assert shown(message) == "meals transport"


def test_every_remediated_exception_is_in_the_digest_though_it_was_published_as_none() -> None:
    office = Office(workspace({"leaders": DIGEST, "reds": Audience(who=("leaders_office",), at="red")}))
    run = whole("gggrr", "ggggg")
    remedied = run.subjects[2].model_copy(update={"remediated": True})  # by the figures as now known it was one
    run = run.model_copy(update={"subjects": (*run.subjects[:2], remedied, *run.subjects[3:])})
    assert [(one.audience, shown(one)) for one in office.month(run).messages] == [
        ("leaders", "meals visits transport"), ("reds", "visits transport"),
    ]  # fmt: skip


def test_a_digest_shows_what_was_remediated_though_its_audience_was_never_told() -> None:
    (message,) = Office(workspace({"leaders": DIGEST})).month(whole("gggga", "ggagg")).messages
    assert shown(message) == "meals transport"
    assert news(message) == {"transport": "first"}


def test_a_digest_shows_nothing_better_than_its_threshold() -> None:
    red = Audience(who=("leaders_office",), at="red")
    (message,) = Office(workspace({"leaders": red})).month(whole("ggarg", "ggggr")).messages
    assert shown(message) == "visits transport", "amber is hidden; what was red last month is remediated"


def test_what_a_digest_showed_is_known_though_it_was_no_news() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.month(whole("gggga", "ggagg", period="2018-12"))
    decisions = office.month(whole("ggaga", "gggga")).decisions
    assert {one.subject: one.reason for one in decisions}["meals"] is Reason.WORSENED


def test_a_digest_carries_the_portfolio_itself_whatever_its_status() -> None:
    office = Office(workspace({"leaders": DIGEST, "owners": OWNERS}))
    digest, owner = office.month(whole("ggagg")).messages
    assert digest.overview is not None
    assert (digest.overview.ref, digest.overview.status) == ("care", "green")
    assert owner.overview is None


def test_a_message_says_where_a_subject_belongs_and_since_when_it_is_in_trouble() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    office.month(whole("ggagg", period="2018-12"))
    (message,) = office.month(whole("ggaga", "ggagg")).messages
    assert [part.title for part in message.part_of["meals"]] == ["Older"]
    assert message.part_of["transport"] == ()
    assert message.since == {"meals": "2018-12", "transport": "2019-01"}


def test_a_message_has_the_last_twelve_months_with_this_one_last() -> None:
    office = Office(workspace({"leaders": DIGEST}))
    for number in range(1, 13):
        office.month(whole("ggggg", period=f"2018-{number:02}"))
    (message,) = office.month(whole("ggagg", "ggggg")).messages
    points = message.history["meals"]
    assert len(points) == 12
    assert (points[0].period, points[-1].period, points[-1].status) == ("2018-02", "2019-01", "amber")


def test_an_audience_with_a_calendar_of_its_own_is_not_told_after_a_run() -> None:
    later = Audience(who=("leaders_office",), when=OwnCalendar(every="month"))
    assert Office(workspace({"leaders": later})).month(whole("ggagg")) == ([], [], [])


def test_an_audience_of_another_portfolio_hears_nothing() -> None:
    elsewhere = Audience(who="owners", about=About(portfolio="other"))
    assert Office(workspace({"owners": elsewhere})).month(whole("ggagg")) == ([], [], [])


def test_two_audiences_of_one_person_are_two_messages() -> None:
    audiences = {"owners": OWNERS, "seniors": Audience(who=("meals_lead",))}
    messages = Office(workspace(audiences)).month(whole("ggagg")).messages
    assert [(one.audience, one.recipient) for one in messages] == [("owners", "meals_lead"), ("seniors", "meals_lead")]
    assert len({one.dedupe_key for one in messages}) == 2


# ---- who is reached


def test_a_new_owner_is_told_of_open_cases_as_first() -> None:
    office = Office(workspace({"owners": OWNERS}))
    office.month(whole("ggagg", period="2018-12"))
    deputy = Deputy(who="visits_lead", from_=NOW.date(), until=NOW.date())
    meals_lead = Person(name="Meals Lead", email="meals_lead@council.example", deputy=deputy)
    office.workspace = workspace({"owners": OWNERS}, {"meals_lead": meals_lead})
    (message,) = office.month(whole("ggagg", "ggagg")).messages
    assert (message.recipient, news(message)) == ("visits_lead", {"meals": "first"})


@pytest.mark.parametrize(
    ("now", "reader"),
    [
        (datetime(2019, 7, 6, 22, 59, tzinfo=UTC), "meals_lead"),
        (datetime(2019, 7, 6, 23, 1, tzinfo=UTC), "visits_lead"),
    ],
)
def test_the_day_is_that_of_the_workspaces_own_clock(now: datetime, reader: str) -> None:
    deputy = Deputy.model_validate({"who": "visits_lead", "from": "2019-07-07", "until": "2019-07-07"})
    people = {"meals_lead": Person(name="Meals Lead", email="meals_lead@council.example", deputy=deputy)}
    (message,) = Office(workspace({"owners": OWNERS}, people)).month(whole("ggagg"), now).messages
    assert message.recipient == reader


def test_news_for_an_owner_without_an_address_go_to_the_pmo_as_a_problem() -> None:
    office = Office(workspace({"owners": OWNERS}, {"visits_lead": Person(name="Visits Lead")}))
    result = office.month(whole("gggag"))
    assert result.messages == []
    (problem,) = result.problems
    assert str(problem) == (
        "visits: Visits has news, but its owner visits_lead has no address; "
        "give visits_lead an email in config/people.yaml"
    )
    assert problem.subject == "visits"
    assert {one.subject: one.reason for one in result.decisions}["visits"] is Reason.NO_ADDRESS


def test_who_has_no_address_and_no_news_is_no_problem() -> None:
    office = Office(workspace({"owners": OWNERS}, {"visits_lead": Person(name="Visits Lead")}))
    assert office.month(whole("ggagg")).problems == []


def test_a_subject_without_an_owner_is_a_problem_once_it_has_news() -> None:
    office = Office(workspace({"owners": OWNERS}))
    portfolio = office.workspace.portfolios["care"].model_copy(update={"owner": None})
    office.workspace = office.workspace.model_copy(update={"portfolios": {"care": portfolio}})
    assert [str(problem) for problem in office.month(whole("agggg")).problems] == [
        "care: Care has news, but no owner to tell; name its owner in the portfolio's file"
    ]


def test_a_member_of_an_audience_whom_nobody_knows_is_one_problem() -> None:
    office = Office(workspace({"leaders": Audience(who=("stranger",))}))
    (problem,) = office.month(whole("ggaag")).problems
    assert str(problem) == (
        "audience leaders: stranger of the audience leaders has no address, and was not told of 2 subjects; "
        "add stranger to config/people.yaml"
    )


# ---- held or not


@pytest.mark.parametrize(
    ("release", "messages", "state", "why"),
    [
        ("at once", 1, "pending", ""),
        ("at once", 3, "pending", ""),
        ("by hand", 1, "held", "this audience's messages are released by hand"),
        ("at once", 4, "held", "4 messages at once are more than the 3 that config/settings.yaml allows"),
    ],
)
def test_a_message_waits_for_a_hand_where_its_audience_says_so_or_there_are_too_many(
    release: str, messages: int, state: str, why: str
) -> None:
    audience = Audience.model_validate({"who": "owners", "release": release})
    held = accident(run_with(0, 0), messages, MailSettings(most_messages=3))
    assert state_when_queued(audience, held) == (state, why)


@pytest.mark.parametrize(
    ("changed", "same", "share", "why"),
    [
        (11, 10, "50%", "11 of 21 statuses changed at once, and config/settings.yaml allows 50%"),
        (11, 11, "50%", ""),
        (10, 0, "50%", ""),  # a share of few says little
        (1000, 0, "99.5%", "1000 of 1000 statuses changed at once, and config/settings.yaml allows 99.5%"),
        (1000, 0, "100%", ""),
    ],
)
def test_where_too_many_statuses_change_at_once_everything_waits_for_a_hand(
    changed: int, same: int, share: str, why: str
) -> None:
    assert accident(run_with(changed, same), 1, MailSettings(most_changed=share)) == why


def test_a_first_period_has_changed_nothing() -> None:
    first = tuple(one.model_copy(update={"previous": None}) for one in run_with(50, 0).subjects)
    assert accident(run_with(0, 0).model_copy(update={"subjects": first}), 1, MailSettings()) == ""


def run_with(changed: int, same: int) -> RunOut:
    """A run in which so many statuses differ from those of the period before."""
    subjects = [
        SubjectOut(
            ref=f"p{number}", level=Level.PROJECT, title="P", parent=None, owner=None, lifecycle="live",
            status="red" if number < changed else "green", derived=None, previous="green", exception=False,
            remediated=False,
        )
        for number in range(changed + same)
    ]  # fmt: skip
    return RunOut(
        portfolio="care", title="Care", scheme="gar", period="2019-01", run="r", revision=1, published="new",
        judged_by="both", now="", subjects=tuple(subjects),
    )  # fmt: skip
