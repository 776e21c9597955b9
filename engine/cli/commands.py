"""What each command does: asks `engine.app`, and prints the answer as text or JSON."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from engine import app
from engine.cli import DONE, FAILED, NO, answers, show
from engine.cli.common import Options, acting_at, emit, open_office
from engine.model.problems import Severity
from engine.model.run import RunOut
from engine.office import Office, UsageError
from engine.periods import period_in_words


def perform(options: Options) -> int:
    """Runs the command that the options name and returns its exit code."""
    name = " ".join(filter(None, (options.command, getattr(options, "subcommand", None))))
    return COMMANDS[name](options)


def _init(options: Options) -> int:
    from engine.workspace.starter import StarterError, init_workspace

    folder = Path(options.folder)
    try:
        made = init_workspace(folder)
    except StarterError as error:
        raise UsageError(str(error)) from None
    answer = {"schema": 1, "made": [str(path) for path in made]}
    text = [
        f"Made a workspace in {folder}:",
        *show.bullets(str(path.relative_to(folder)) for path in made),
        f"Next: telltale -C {folder} check, and telltale -C {folder} test; {folder}/README.txt says more.",
    ]
    emit(options, answer, lambda: "\n".join(text))
    return DONE


def _check(options: Options) -> int:
    faults = answers.check(Path(options.workspace))
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    answer = {"schema": 1, "ok": not errors, "faults": [fault.model_dump(mode="json") for fault in faults]}
    warnings = len(faults) - errors
    counts = ((errors, "fault"), (warnings, "warning"))
    counted = " and ".join(show.count(number, noun) for number, noun in counts if number)
    emit(options, answer, lambda: "\n".join(filter(None, (show.faults_text(faults), f"{counted or 'No fault'}."))))
    return NO if errors else DONE


def _test(options: Options) -> int:
    office = open_office(options)
    results = [result for name in office.names(options.portfolio) for result in answers.test_rules(office, name)]
    failed = [result for result in results if not result.ok]
    answer = {
        "schema": 1,
        "passed": len(results) - len(failed),
        "failed": len(failed),
        "failures": [asdict(result) for result in failed],
    }
    lines = [str(result) for result in failed]
    emit(options, answer, lambda: "\n".join((*lines, f"{len(results) - len(failed)} passed, {len(failed)} failed.")))
    return NO if failed else DONE


def _run(options: Options) -> int:
    office = open_office(options)
    run = app.run(office, office.the_portfolio(options.portfolio), options.period)
    emit(options, run.model_dump(mode="json", by_alias=True), lambda: _run_text(office, run))
    return _exception_code(options, run)


def _status(options: Options) -> int:
    office = open_office(options)
    run = answers.published(office, office.the_portfolio(options.portfolio), options.period)
    emit(options, run.model_dump(mode="json", by_alias=True), lambda: _run_text(office, run))
    return _exception_code(options, run)


def _run_text(office: Office, run: RunOut) -> str:
    scheme = office.workspace.schemes[run.scheme]
    period = _in_words(office, run)
    said = {
        "new": f"published as {run.run}",
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


def _in_words(office: Office, run: RunOut) -> str:
    """The run's period in words, or by its name where the portfolio has it no longer."""
    known = office.has_period(run.portfolio, run.period)
    return period_in_words(office.period(run.portfolio, run.period)) if known else run.period


def _exception_code(options: Options, run: RunOut) -> int:
    if run.undelivered:
        return FAILED
    return NO if options.fail_on_exception and any(subject.exception for subject in run.subjects) else DONE


def _facts(options: Options) -> int:
    office = open_office(options)
    portfolio, ref = office.find_subject(options.subject)
    sheet = answers.fact_sheet(office, portfolio, ref, options.period)
    emit(options, show.sheet_as_json(sheet), lambda: show.fact_sheet(sheet))
    return DONE


def _explain(options: Options) -> int:
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


def _doctor(options: Options) -> int:
    checks = answers.doctor(Path(options.workspace), acting_at(options))
    healthy = all(check.ok for check in checks)
    answer = {"schema": 1, "ok": healthy, "checks": [asdict(check) for check in checks]}
    rows = [("ok" if check.ok else "NOT OK", check.what, check.found) for check in checks]
    emit(options, answer, lambda: show.table(("", "What", "Found"), rows))
    return DONE if healthy else NO


def _demo(options: Options) -> int:
    shown = app.demo(Path(options.workspace), options.portfolio)
    runs = [run.model_dump(mode="json", by_alias=True) for run in shown.runs]
    answer = {"schema": 1, "outbox": str(shown.outbox), "runs": runs}
    where = (
        f"The messages lie in {os.path.relpath(shown.outbox)}: open one in a mail program. Next, try:\n"
        "  telltale --help"
    )
    emit(options, answer, lambda: "\n\n".join((*(_run_text(shown.office, run) for run in shown.runs), where)))
    return DONE


def _returns_submit(options: Options) -> int:
    from engine.model.problems import Problem
    from engine.returns.submitting import submit

    office = open_office(options)
    name = office.the_portfolio(options.portfolio)
    portfolio = office.portfolio(name)
    scheme = office.workspace.scheme_of(portfolio)
    done = submit(
        Path(options.file), office.returns_folder, portfolio, scheme, options.period, options.submitter or None
    )
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
    office = open_office(options)
    names = office.names(options.portfolio)
    rows = [row for name in names for row in answers.list_returns(office, name, options.period)]
    answer = {"schema": 1, "returns": [asdict(row) for row in rows]}
    cells = [(r.portfolio, r.period, r.submitter, r.state, str(r.rows), str(r.problems)) for r in rows]
    heads = ("Portfolio", "Period", "Submitter", "State", "Rows", "Problems")
    emit(options, answer, lambda: show.table(heads, cells) if cells else "No returns.")
    return DONE


def _mail_list(options: Options) -> int:
    office = open_office(options)
    rows = [row for name in office.names(options.portfolio) for row in answers.list_mail(office, name, options.period)]
    answer = {"schema": 1, "messages": [asdict(row) for row in rows]}
    cells = [(r.period, r.state, r.audience, r.to, r.subject, r.detail) for r in rows]
    heads = ("Period", "State", "Audience", "To", "Subject", "File, or why not")
    emit(options, answer, lambda: show.table(heads, cells) if cells else "No messages.")
    return DONE


def _mail_preview(options: Options) -> int:
    office = open_office(options)
    portfolio = office.the_portfolio(options.portfolio)
    previews, problems = answers.preview_mail(office, portfolio, options.period, options.to)
    answer = {
        "schema": 1,
        "messages": [asdict(preview) for preview in previews],
        "problems": [problem.model_dump(mode="json") for problem in problems],
    }
    texts = [f"To: {p.to}\nSubject: {p.subject}\n\n{p.text}" for p in previews]
    if not texts:
        texts.append("A run now would send nothing.")
    if problems:
        texts.append("\n".join(["What could not be made:", *show.bullets(map(str, problems))]))
    rule = "\n" + "=" * show.WIDTH + "\n"
    emit(options, answer, lambda: rule.join(texts))
    return DONE


COMMANDS: dict[str, Callable[[Options], int]] = {
    "init": _init,
    "check": _check,
    "test": _test,
    "run": _run,
    "status": _status,
    "facts": _facts,
    "explain": _explain,
    "doctor": _doctor,
    "demo": _demo,
    "returns submit": _returns_submit,
    "returns list": _returns_list,
    "mail list": _mail_list,
    "mail preview": _mail_preview,
}
