"""What people decide by command: judgements, silences, acknowledgements; in the whole program, over several months."""

import json
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from engine import app
from engine.cli import main
from engine.model.run import RunOut
from tests.test_runs_over_months import MONTHS, PORTFOLIO, Months, of


class Deciding(Months):
    """Months in which people decide, by the commands as they type them."""

    def telltale(self, now: str, *words: str, expect: int = 0) -> None:
        assert main(["-C", str(self.root), "--now", f"{now}T07:00", *words]) == expect

    def decide(self, *words: str, now: str = "2019-02-08", until: str | None = None) -> None:
        ending = ("--until", until) if until else ()
        self.telltale(now, "decide", *words, "--by", "PMO", "--why", "a system is being replaced", *ending)

    def told(self, run: RunOut) -> dict[str, str]:
        return {ref: reason for message in run.messages for ref, reason in message.reasons.items()}

    def texts(self) -> list[str]:
        """The plain text of every mail, oldest first."""
        files = sorted((self.root / "var/outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        parts = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in files]
        return [str(part.get_body(("plain",)).get_content()) for part in parts]  # type: ignore[union-attr]


@pytest.fixture
def months(tmp_path: Path) -> Deciding:
    return Deciding(tmp_path)


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


# ---- judgements


def test_an_override_holds_to_its_last_period_and_the_derived_status_stays_beneath(months: Deciding) -> None:
    assert months.told(months.month("2019-01", "30", "100")) == {"north": "first"}
    months.decide("override", "north", "Amber", until="2019-02")
    run = months.run("2019-01")
    north = of(run, "north")
    assert (north.status, north.derived, north.revised and north.revised.by) == ("amber", "red", ("decision",))
    assert months.told(run) == {"north": "restated"}
    assert of(months.month("2019-02", "30", "100"), "north").status == "amber"
    assert of(months.month("2019-03", "30", "100"), "north").status == "red"


def test_a_judgement_for_an_earlier_period_derives_that_and_the_later_ones_again(months: Deciding) -> None:
    months.month("2019-01", "100", "100")
    months.month("2019-02", "100", "100")
    months.decide("floor", "south", "red", "--period", "2019-01", until="2019-02", now="2019-03-09")
    months.run("2019-02", now="2019-03-09")
    assert months.codes() == {"2019-01": "gr", "2019-02": "gr"}


def test_a_run_that_follows_from_an_act_keeps_it_among_its_inputs_and_is_run_once(months: Deciding) -> None:
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "G")
    run = months.run("2019-01")
    with app.open_the_store(months.office("2019-02-08")) as store:
        kept = json.loads(store.inputs(run.run) or "")
    assert [(act["kind"], act["subject"], act["status"]) for act in kept["acts"]] == [("override", "north", "green")]
    assert months.run("2019-01").published == "unchanged"


def test_an_override_that_is_ended_counts_no_longer_from_then_on(months: Deciding) -> None:
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "green", until="2019-12")
    months.run("2019-01")
    months.returns("2019-02", "30", "100")
    months.decide("end", "1", "--period", "2019-02", now="2019-03-08")
    months.run("2019-02")
    assert months.codes() == {"2019-01": "gg", "2019-02": "rg"}


def test_an_override_ended_for_the_period_it_began_in_never_was(months: Deciding) -> None:
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "green", until="2019-12")
    months.run("2019-01")
    months.decide("end", "1")
    assert of(months.run("2019-01"), "north").status == "red"


def test_an_act_holds_over_the_same_judgement_in_a_return_and_that_is_said(months: Deciding) -> None:
    judged = ["subject,kind,status,reason,by,from,until", "north,override,amber,as agreed,PMO,,", ""]
    months.write("returns/office/2019-01/pmo/judgements.csv", "\n".join(judged))
    assert of(months.month("2019-01", "30", "100"), "north").status == "amber"
    months.decide("override", "north", "green")
    run = months.run("2019-01")
    assert of(run, "north").status == "green"
    assert any("two judgements of the kind `override` on north" in problem.what for problem in run.problems)


def test_a_judgement_of_a_month_counts_no_more_where_the_portfolio_reports_quarterly_now(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "Green", until="2019-06-30")
    quarterly = PORTFOLIO.replace("starts: 2019-01", "starts: 2019-Q1\nreports: quarterly")
    months.write("config/portfolios/office.yaml", quarterly)
    months.returns("2019-Q1", "30", "100")
    assert of(months.run("2019-Q1", now="2019-04-08"), "north").status == "red"
    capsys.readouterr()
    months.telltale("2019-04-08", "decide", "list", "--format", "json")
    assert answer(capsys)["acts"] == []  # nothing stands any more


@pytest.mark.parametrize(("done", "status", "state"), [("", "amber", "in force"), ("2019-02-20", "red", "over")])
def test_a_judgement_until_a_milestone_is_over_once_that_is_done(
    months: Deciding, capsys: pytest.CaptureFixture[str], done: str, status: str, state: str
) -> None:
    milestone(months, "2019-01")
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "amber", until="milestone rota AGREED")
    months.run("2019-01")
    milestone(months, "2019-02", done)
    assert of(months.month("2019-02", "30", "100"), "north").status == status
    capsys.readouterr()
    months.telltale("2019-03-08", "decide", "list", "--all", "--format", "json")
    assert [act["state"] for act in answer(capsys)["acts"]] == [state]


def milestone(months: Deciding, month: str, done: str = "", name: str = "Rota agreed", ref: str = "north") -> None:
    """A return of a month says of a subject's milestone when it was done, or that it is not."""
    rows = f"subject,milestone,planned,done\n{ref},{name},2019-02-28,{done}\n"
    months.write(f"returns/office/{month}/owners/milestones.csv", rows)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "no return of north names a milestone 'Rota agred'; did you mean `Rota agreed`?"),
        ({"name": "Vans bought"}, "names a milestone 'Rota agred'; write `Vans bought`"),
        ({"ref": "south"}, "names a milestone 'Rota agred'; name a day or a period, or return the milestone first"),
    ],
)
def test_a_milestone_that_no_return_of_the_subject_names_is_refused(
    months: Deciding, capsys: pytest.CaptureFixture[str], named: dict[str, str], said: str
) -> None:
    milestone(months, "2019-01", **named)
    months.month("2019-01", "30", "100")
    refused = ["override", "north", "amber", "--by", "PMO", "--why", "agreed", "--until", "milestone Rota agred"]
    months.telltale("2019-02-08", "decide", *refused, expect=2)
    assert said in capsys.readouterr().err
    with app.open_the_store(months.office("2019-02-08")) as store:
        assert store.acts("office") == ()


def test_a_judgement_until_what_is_done_already_is_refused(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    milestone(months, "2019-01", "2019-01-20")
    months.month("2019-01", "30", "100")
    refused = ["floor", "north", "red", "--by", "PMO", "--why", "agreed", "--until", "milestone Rota agreed"]
    months.telltale("2019-02-08", "decide", *refused, expect=2)
    assert "would never be in force: Rota agreed was done on 20 January 2019, by the end" in capsys.readouterr().err


def test_a_judgement_whose_milestone_no_return_names_any_more_is_over_as_the_status_shows(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    milestone(months, "2019-01")
    months.month("2019-01", "30", "100")
    months.decide("override", "north", "amber", until="milestone Rota agreed")
    milestone(months, "2019-01", name="Vans bought")
    said = []
    for month in ("2019-01", "2019-02"):  # it is for its own month
        status = of(months.month(month, "30", "100"), "north").status
        capsys.readouterr()
        months.telltale(MONTHS[month], "decide", "list", "--all", "--format", "json")
        said += [(status, act["state"]) for act in answer(capsys)["acts"]]
    assert said == [("amber", "in force"), ("red", "over")]


def test_a_declared_view_moves_nothing(months: Deciding) -> None:
    months.month("2019-01", "30", "100")
    months.decide("declare", "north", "Green")
    north = of(months.run("2019-01"), "north")
    assert (north.status, north.declared and north.declared.status) == ("red", "green")


# ---- silences and acknowledgements


def test_while_silent_nobody_is_told_and_after_it_once(months: Deciding) -> None:
    months.month("2019-01", "100", "100")
    months.decide("silence", "programme", "--below", until="2019-03-20")
    assert months.told(months.month("2019-02", "30", "80")) == {}
    after = months.run("2019-02", now="2019-03-21")
    assert (after.revision, months.told(after)) == (2, {"north": "first", "south": "first"})
    assert months.run("2019-02", now="2019-03-22").published == "unchanged"


def test_what_came_and_went_in_a_silence_is_never_told(months: Deciding) -> None:
    months.month("2019-01", "80", "100")
    months.decide("silence", "north", until="2019-03-20")
    assert months.told(months.month("2019-02", "30", "100")) == {}
    assert months.told(months.month("2019-03", "80", "100")) == {}


def test_an_acknowledged_case_brings_no_reminder_and_is_said_in_mails(months: Deciding) -> None:
    audience = "{who: owners, about: {level: projects}, remind_every: 1 periods}"
    digest = "{who: [lead], at: amber}"
    months.write("config/audiences.yaml", f"owners: {audience}\nboard: {digest}\n")
    months.month("2019-01", "80", "80")
    months.decide("acknowledge", "north", until="2019-12")
    assert months.told(months.month("2019-02", "80", "80")) == {"south": "reminder"}
    run = months.month("2019-03", "80", "30")
    assert {message.audience: message.reasons for message in run.messages} == {
        "owners": {"south": "worsened"},
        "board": {"south": "worsened"},
    }
    assert any("Acknowledged" in text and "a system is being replaced" in text.lower() for text in months.texts())


def by_fortnight(months: Deciding, figures: str, *, acknowledged: bool) -> list[dict[str, str]]:
    """North's figures, a fortnight each; what its owner is told in each. The first may be acknowledged, once told."""
    first = date(2019, 1, 14)
    fortnights = PORTFOLIO.replace("starts: 2019-01", f"starts: {first}\nreports: {{every: 2 weeks, from: {first}}}")
    months.write("config/portfolios/office.yaml", fortnights)
    owners = "{who: owners, about: {level: projects}, remind_every: 14 periods}"
    months.write("config/audiences.yaml", f"owners: {owners}\n")
    told = []
    for number, figure in enumerate(figures.split()):
        period = first + timedelta(weeks=2 * number)
        months.returns(period.isoformat(), figure, "100")
        told.append(months.told(months.run(period.isoformat(), now=(period + timedelta(days=10)).isoformat())))
        if number == 0 and acknowledged:
            months.decide("acknowledge", "north", now="2019-01-25", until="2020-12-31")
    return told


def test_an_acknowledgement_that_has_lapsed_stays_so_however_long_ago_that_was(
    months: Deciding, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "available", lambda: False)  # sixteen runs
    told = by_fortnight(months, "80 30" + 14 * " 80", acknowledged=True)
    assert told == [{"north": "first"}, {"north": "worsened"}, *13 * [{}], {"north": "reminder"}]
    capsys.readouterr()
    months.telltale("2019-08-23", "decide", "list", "--all", "--format", "json")
    assert [act["state"] for act in answer(capsys)["acts"]] == ["lapsed"]


def test_what_was_told_long_ago_and_is_corrected_is_told_as_restated(
    months: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "available", lambda: False)
    by_fortnight(months, "30" + 13 * " 80", acknowledged=False)
    months.returns("2019-01-14", "80", "100")
    assert months.told(months.run("2019-07-15", now="2019-07-25")) == {"north": "restated"}


def test_acts_are_listed_with_where_they_stand(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.month("2019-01", "80", "100")
    months.decide("override", "north", "red", until="2019-02")
    months.decide("silence", "south", "--audience", "owners", "--rule", "short", until="2019-02-10")
    months.decide("acknowledge", "north", until="2019-12")
    months.decide("end", "2")
    months.run("2019-01")
    capsys.readouterr()
    months.telltale("2019-02-11", "decide", "list", "--all", "--format", "json")
    states = {act["number"]: act["state"] for act in answer(capsys)["acts"]}
    assert states == {1: "in force", 2: "ended", 3: "lapsed"}
    months.telltale("2019-02-11", "decide", "list")
    said = capsys.readouterr().out
    assert "override of office/north: Red, from 2019-01" in said
    assert "silence" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("override north purple", "there is no status 'purple'; write `green`, `amber` or `red`"),
        ("override nort red", "there is no subject 'nort'; did you mean `north`?"),
        ("override north red --period 2018-12", "2018-12 is history: office starts with 2019-01"),
        ("override north red --period 2019-03", "2019-03 has not begun: today is 2019-02-08"),
        ("override north red --until 2019-01-15", "that would never be in force: it ends on 15 January 2019"),
        ("floor north red --until soon", "`soon` is not a date; write a day as 31/10/2019"),
        ("silence north", "say until when it holds"),
        ("silence north --until 2019-01", "31 January 2019 is past"),
        ("silence north --until 2019-03 --rule shrt", "there is no rule 'shrt' in rules/office.yaml; did you mean"),
        (
            "silence north --until 2019-03 --audience clt",
            "there is no audience 'clt' in config/audiences.yaml; there is owners",
        ),
        ("silence offise/north --until 2019-03", "there is no portfolio 'offise'; did you mean `office`?"),
        ("acknowledge south --until 2019-03", "south has no open case: there is nothing to acknowledge"),
        ("acknowledge north --until 2019-03 --rule far_short", "north has no open case of the rule far_short"),
        ("end 7", "there is no act 7"),
    ],
)
def test_an_act_that_cannot_be_meant_is_refused_in_a_sentence(
    months: Deciding, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    months.month("2019-01", "80", "100")
    months.telltale("2019-02-08", "decide", *words.split(), "--by", "PMO", "--why", "so", expect=2)
    assert said in capsys.readouterr().err
    with app.open_the_store(months.office("2019-02-08")) as store:
        assert store.acts("office") == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("silence south --until 2019-03-10", "act 1 says so already. By PMO until 20 March 2019, about all news of"),
        ("silence programme --below --audience owners --until 2019-03-20", "end it first: telltale decide end 1"),
        ("silence south --rule short --until 2019-03-20", "act 1 says so already"),
        ("acknowledge north --until 2019-05", "act 2 says so already. By PMO until 30 June 2019, about every case"),
        ("acknowledge north --rule short --until 2019-06", "end it first: telltale decide end 2"),
    ],
)
def test_what_is_in_force_already_for_as_long_is_not_entered_again(
    months: Deciding, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    months.month("2019-01", "80", "100")
    months.decide("silence", "programme", "--below", until="2019-03-20")
    months.decide("acknowledge", "north", until="2019-06")
    months.telltale("2019-02-08", "decide", *words.split(), "--by", "PMO", "--why", "so", expect=2)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        ("silence south --until 2019-04", ["Act 1 says so until 20 March 2019; this one lasts longer."]),
        ("silence office --until 2019-03-10", []),  # above the programme
        ("acknowledge north --until 2019-07", ["Act 2 says so until 30 June 2019; this one lasts longer."]),
    ],
)
def test_what_lasts_longer_is_entered_and_the_shorter_one_named(
    months: Deciding, capsys: pytest.CaptureFixture[str], words: str, notes: list[str]
) -> None:
    months.month("2019-01", "80", "100")
    months.decide("silence", "programme", "--below", until="2019-03-20")
    months.decide("acknowledge", "north", until="2019-06")
    capsys.readouterr()
    command = [*words.split(), "--by", "PMO", "--why", "so", "--format", "json"]
    months.telltale("2019-02-08", "decide", *command)
    entered = answer(capsys)
    assert (entered["act"]["number"], entered["notes"]) == (3, notes)


def test_an_acknowledgement_of_what_has_opened_since_is_no_repeat(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    months.month("2019-01", "80", "100")
    months.decide("acknowledge", "north", until="2019-12")
    months.month("2019-02", "30", "100")  # far short now, too: the first has lapsed
    months.decide("acknowledge", "north", until="2019-12", now="2019-03-09")
    assert "already" not in capsys.readouterr().err


@pytest.mark.parametrize(("until", "long"), [("2020-02-09", False), ("2020-02-10", True), ("2029-02", True)])
def test_an_act_that_holds_for_more_than_a_year_is_pointed_out(
    months: Deciding, capsys: pytest.CaptureFixture[str], until: str, long: bool
) -> None:
    months.month("2019-01", "80", "100")
    for words in (("silence", "north"), ("override", "south", "amber")):
        capsys.readouterr()
        months.decide(*words, until=until)
        assert ("That is more than a year: until " in capsys.readouterr().out) == long


def test_an_act_is_ended_once(months: Deciding, capsys: pytest.CaptureFixture[str]) -> None:
    months.month("2019-01", "80", "100")
    months.decide("silence", "north", until="2019-03")
    months.decide("end", "1")
    months.telltale("2019-02-08", "decide", "end", "1", "--by", "PMO", "--why", "so", expect=2)
    assert "act 1 is ended already" in capsys.readouterr().err


def test_the_office_is_told_once_of_a_silence_and_an_acknowledgement_before_they_end(months: Deciding) -> None:
    owners = "owners: {who: owners, about: {level: projects}}"
    months.write("config/audiences.yaml", f"{owners}\noffice: {{who: [lead], tell: problems}}\n")
    months.month("2019-01", "80", "30")
    months.decide("silence", "north", until="2019-04-05")  # February's run comes before March's, on 8 April
    months.decide("acknowledge", "south", until="2019-12")
    months.month("2019-02", "80", "30")
    (told,) = (text for text in months.texts() if "DECISIONS ABOUT TO END" in text)
    assert "North: Silence 1, about all news of north, for every audience, until 5 April 2019." in told
    assert "Acknowledgement" not in told
    months.run("2019-02", now="2019-03-09")
    assert sum("DECISIONS ABOUT TO END" in text for text in months.texts()) == 1


# ---- audiences with a calendar of their own


BOARD = 'board: {who: [lead], when: {every: month, on: last Friday, at: "06:00"}, release: by hand}\n'


def with_board(months: Deciding) -> None:
    months.write("config/audiences.yaml", f"owners: {{who: owners, about: {{level: projects}}}}\n{BOARD}")


def test_an_audience_with_a_calendar_is_told_by_its_own_command_once_an_occurrence(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    with_board(months)
    assert {message.audience for message in months.month("2019-01", "80", "100").messages} == {"owners"}
    capsys.readouterr()
    found = []
    for now, occurrence in (("2019-02-22", "2019-02-22"), ("2019-02-23", "2019-02-22"), ("2019-03-29", "2019-03-29")):
        months.telltale(now, "mail", "tell", "board", "--occurrence", occurrence, "--format", "json")
        (told,) = answer(capsys)["told"]
        found.append((told["state"], told["decisions"], [message["reasons"] for message in told["messages"]]))
    assert found == [
        ("told", 4, [{"north": "first"}]),
        ("told before", 0, []),
        ("told", 4, []),
    ]


def test_a_held_digest_of_a_month_that_is_corrected_is_replaced_in_the_run(months: Deciding) -> None:
    with_board(months)
    months.month("2019-01", "80", "100")
    months.telltale("2019-02-22", "mail", "tell", "board")
    for number, (north, reasons) in enumerate((("30", {"north": "first"}), ("80", {"north": "first"})), 1):
        months.returns("2019-01", north, "100")
        run = months.run("2019-01", now=f"2019-02-2{number + 2}")
        (board,) = (message for message in run.messages if message.audience == "board")
        assert (board.state, board.reasons) == ("held", reasons)
    with app.open_the_store(months.office("2019-02-28")) as store:
        states = [(one.rendered.revision, one.state) for one in store.outbox() if one.rendered.audience == "board"]
    assert states == [(3, "held"), (2, "withdrawn"), (1, "withdrawn")]


def test_a_telling_while_a_run_is_published_keeps_nothing(months: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store.store import Store

    with_board(months)
    months.month("2019-01", "80", "100")
    seen = Store.seen
    monkeypatch.setattr(
        Store, "seen", lambda self, portfolio: replace(seen(self, portfolio), runs=seen(self, portfolio).runs - 1)
    )
    months.telltale("2019-02-22", "mail", "tell", "board", expect=4)
    monkeypatch.undo()
    with app.open_the_store(months.office("2019-02-22")) as store:
        assert store.telling("board", "office", "2019-02-22") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("bord", "there is no audience 'bord' in config/audiences.yaml; did you mean `board`?"),
        ("owners", "owners has no calendar of its own: telltale run tells it"),
        ("board --occurrence friday", "'friday' is not a day; write it as 2019-02-22"),
        ("board --portfolio offices", "there is no portfolio 'offices'"),
    ],
)
def test_who_cannot_be_told_is_said(
    months: Deciding, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    with_board(months)
    months.telltale("2019-02-22", "mail", "tell", *words.split(), expect=2)
    assert said in capsys.readouterr().err


def test_before_anything_is_published_an_audience_is_told_nothing_and_may_be_told_later(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    with_board(months)
    months.telltale("2019-02-22", "mail", "tell", "board")
    assert "Nothing is published of office yet: board was told nothing." in capsys.readouterr().out
    months.month("2019-01", "80", "100")
    months.telltale("2019-02-22", "mail", "tell", "board")
    assert "1 message" in capsys.readouterr().out


def test_when_an_audience_was_told_is_said_in_the_office_s_own_time(
    months: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    with_board(months)
    months.returns("2019-06", "80", "100")
    months.run("2019-06", now="2019-07-08")
    months.telltale("2019-07-26", "mail", "tell", "board")  # at seven, in summer
    capsys.readouterr()
    for now, at in (("2019-07-26", "at 07:00"), ("2019-07-28", "at 2019-07-26 07:00")):
        months.telltale(now, "mail", "tell", "board", "--occurrence", "2019-07-26")
        said = " ".join(capsys.readouterr().out.split())
        assert said.startswith(
            f"board was told of office for 2019-07-26 already, {at}, from the run office-2019-06-r1."
        )
