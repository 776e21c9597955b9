"""What each command does: asks `engine.app`, and prints the answer as text or JSON."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from engine.cli import DONE, FAILED, NO, show
from engine.cli.common import Options, acting_at, emit, open_office
from engine.model.run import RunOut
from engine.office import Office, UsageError
from engine.periods import period_in_words


def perform(options: Options) -> int:
    """Runs the command that the options name and returns its exit code."""
    name = " ".join(filter(None, (options.command, getattr(options, "subcommand", None))))
    return COMMANDS[name](options)


def _init(options: Options) -> int:
    from engine.cli.setup import init

    return init(options)


def _check(options: Options) -> int:
    from engine.cli import checking

    return checking.perform(options)


def _test(options: Options) -> int:
    from engine.cli.testing import test

    return test(options)


def _run(options: Options) -> int:
    from engine import app

    office = open_office(options)
    run = app.run(office, office.the_portfolio(options.portfolio), options.period, hold=options.hold)
    emit(options, run.model_dump(mode="json", by_alias=True), lambda: _run_text(office, run))
    return _exception_code(options, run)


def _status(options: Options) -> int:
    from engine.cli import answers

    office = open_office(options)
    run = answers.published(office, office.the_portfolio(options.portfolio), options.period)
    emit(options, run.model_dump(mode="json", by_alias=True), lambda: _run_text(office, run))
    return _exception_code(options, run)


def _run_text(office: Office, run: RunOut) -> str:
    scheme = office.workspace.schemes[run.scheme]
    period = _in_words(office, run)
    said = {
        "new": f"published as {run.run}{_changed(run)}",
        "unchanged": f"nothing new since {run.run}",
        "no": "not published",
    }[run.published]
    return "\n".join((
        f"{run.title}, {period}: {said}.",
        "",
        show.status_table(run, scheme),
        "",
        show.run_summary(run, scheme),
        *(line for one in run.also for line in show.also_revised(one, scheme)),
    ))  # fmt: skip


def _changed(run: RunOut) -> str:
    """Why a period was published again."""
    if run.changed is None:
        return ""
    words = {"figures": "the figures", "rules": "rules or config", "decision": "judgements by command"}
    changed = ", ".join(words[one] for one in run.changed) or "who is told and how, or what is overdue"
    return f"; changed since r{run.revision - 1}: {changed}"


def _in_words(office: Office, run: RunOut) -> str:
    """The run's period in words, or by its name where the portfolio has it no longer."""
    known = office.has_period(run.portfolio, run.period)
    return period_in_words(office.period(run.portfolio, run.period)) if known else run.period


def _exception_code(options: Options, run: RunOut) -> int:
    if run.undelivered:
        return FAILED
    return NO if options.fail_on_exception and any(subject.exception for subject in run.subjects) else DONE


def _facts(options: Options) -> int:
    from engine.cli import answers

    office = open_office(options)
    portfolio, ref = office.find_subject(options.subject)
    sheet = answers.fact_sheet(office, portfolio, ref, options.period)
    emit(options, show.sheet_as_json(sheet), lambda: show.fact_sheet(sheet))
    return DONE


def _explain(options: Options) -> int:
    from engine.cli import answers

    office = open_office(options)
    portfolio, ref = office.find_subject(options.subject)
    run = answers.published(office, portfolio, options.period)
    subject = next((one for one in run.subjects if one.ref == ref), None)
    if subject is None:
        raise UsageError(f"{ref} was not in the portfolio when {run.period} was published")
    answer = {
        "schema": 1,
        "portfolio": portfolio,
        "period": run.period,
        "run": run.run,
        "subject": subject.model_dump(mode="json"),
        "problems": [problem.model_dump(mode="json") for problem in run.problems if problem.subject == ref],
    }
    period = _in_words(office, run)
    emit(
        options,
        answer,
        lambda: show.explanation(run, subject, office.workspace.schemes[run.scheme], office.workspace.people, period),
    )
    return DONE


def _tune(options: Options) -> int:
    from engine.cli.tune import tune

    return tune(options)


def _what_if(options: Options) -> int:
    from engine.cli.whatif import what_if

    return what_if(options)


def _schedule(options: Options) -> int:
    from engine.cli.schedule import schedule

    return schedule(options)


def _serve(options: Options) -> int:
    from engine.cli.schedule import serve

    return serve(options)


def _doctor(options: Options) -> int:
    from engine.cli import answers

    checks = answers.doctor(Path(options.workspace), acting_at(options))
    healthy = all(check.ok for check in checks)
    answer = {"schema": 1, "ok": healthy, "checks": [asdict(check) for check in checks]}
    rows = [("ok" if check.ok else "NOT OK", check.what, check.found) for check in checks]
    emit(options, answer, lambda: show.table(("", "What", "Found"), rows))
    return DONE if healthy else NO


def _demo(options: Options) -> int:
    from engine.cli.overview import overview
    from engine.demo import demonstrate

    shown = demonstrate(Path(options.workspace), options.portfolio)
    runs = [run.model_dump(mode="json", by_alias=True) for run in shown.runs]
    answer = {"schema": 1, "outbox": str(shown.outbox), "runs": runs}
    where = f"The messages lie in {os.path.relpath(shown.outbox)}: open one in a mail program. Next, try:"
    further = ["telltale --help"]
    if options.portfolio is not None:
        texts = [_run_text(shown.office, run) for run in shown.runs]
    else:
        schemes = shown.office.workspace.schemes
        texts = [overview(run, schemes[run.scheme], _in_words(shown.office, run)) for run in shown.runs]
        further = [f"telltale demo {run.portfolio}" for run in shown.runs] + further
    emit(options, answer, lambda: "\n\n".join((*texts, "\n  ".join((where, *further)))))
    return DONE


def _returns_submit(options: Options) -> int:
    from engine.intake import check_begun
    from engine.model.problems import Problem
    from engine.returns.submitting import submit

    office = open_office(options)
    name = office.the_portfolio(options.portfolio)
    portfolio = office.portfolio(name)
    scheme = office.workspace.scheme_of(portfolio)
    period, file = office.period(name, options.period), Path(options.file)
    check_begun(office, period)
    if not file.exists():
        raise UsageError(f"there is no file or folder {file}; check the path")
    done = submit(file, office.returns_folder, portfolio, scheme, period.id, options.submitter or None)
    if isinstance(done, Problem):
        answer = {"schema": 1, "submitted": False, "problems": [done.model_dump(mode="json")]}
        emit(options, answer, lambda: f"Not submitted: {done}")
        return NO
    answer = {
        "schema": 1,
        "submitted": done.destination is not None,
        "already": done.already,
        "destination": None if done.destination is None else str(done.destination),
        "understood": done.return_.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }
    emit(options, answer, lambda: show.submitted(done.return_, done.destination, done.already))
    return DONE if done.destination is not None else NO


def _returns_list(options: Options) -> int:
    from engine.cli import answers

    office = open_office(options)
    names = office.names(options.portfolio)
    rows = [row for name in names for row in answers.list_returns(office, name, options.period)]
    answer = {"schema": 1, "returns": [asdict(row) for row in rows]}
    cells = [(r.portfolio, r.period, r.submitter, r.state, str(r.rows), str(r.problems)) for r in rows]
    heads = ("Portfolio", "Period", "Submitter", "State", "Rows", "Problems")
    emit(options, answer, lambda: show.table(heads, cells) if cells else "No returns.")
    return DONE


def _returns_overdue(options: Options) -> int:
    from engine.cli.overdue import list_overdue

    return list_overdue(options)


def _returns_template(options: Options) -> int:
    from engine.cli.setup import returns_template

    return returns_template(options)


def _mail(options: Options) -> int:
    from engine.cli import mail

    return mail.perform(options)


def _mail_preview(options: Options) -> int:
    from engine.cli.previewing import preview

    return preview(options)


def _mail_remind(options: Options) -> int:
    from engine.cli.chasing import ask_for_returns

    return ask_for_returns(options, "reminder")


def _mail_chase(options: Options) -> int:
    from engine.cli.chasing import ask_for_returns

    return ask_for_returns(options, "chaser")


def _db(options: Options) -> int:
    from engine.cli import db

    return db.perform(options)


def _mail_tell(options: Options) -> int:
    from engine.cli.mailing import tell

    return tell(options)


def _mail_why(options: Options) -> int:
    from engine.cli.mailing import why

    return why(options)


def _decide(options: Options) -> int:
    from engine.cli import deciding
    from engine.model.acts import ActKind

    match options.subcommand:
        case "end":
            return deciding.end(options)
        case "list":
            return deciding.list_acts(options)
        case word:
            verbs = {"declare": ActKind.DECLARED, "acknowledge": ActKind.ACKNOWLEDGEMENT}
            return deciding.enter(options, verbs.get(word) or ActKind(word))


COMMANDS: dict[str, Callable[[Options], int]] = {
    "init": _init,
    "check": _check,
    "test": _test,
    "run": _run,
    "status": _status,
    "facts": _facts,
    "explain": _explain,
    "tune": _tune,
    "what-if": _what_if,
    "db upgrade": _db,
    "db backup": _db,
    "db restore": _db,
    "schedule": _schedule,
    "serve": _serve,
    "doctor": _doctor,
    "demo": _demo,
    "returns submit": _returns_submit,
    "returns list": _returns_list,
    "returns overdue": _returns_overdue,
    "returns template": _returns_template,
    "mail list": _mail,
    "mail send": _mail,
    "mail release": _mail,
    "mail resolve": _mail,
    "mail preview": _mail_preview,
    "mail remind": _mail_remind,
    "mail chase": _mail_chase,
    "mail tell": _mail_tell,
    "mail why": _mail_why,
    **{f"decide {act}": _decide for act in ("override", "floor", "declare", "silence", "acknowledge", "end", "list")},
}
