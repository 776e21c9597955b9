"""`telltale tune`: a new value for a threshold, dated and with its reason, written into the rule file."""

import difflib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from engine.app import declared, open_the_store
from engine.cli import DONE, show
from engine.cli.common import Options, emit, open_office
from engine.model.values import Quantity, plain
from engine.model.values import show as shown
from engine.model.workspace import cadence_of
from engine.office import Office, UsageError
from engine.periods import day_in_words, period_in_words
from engine.pipeline import Declared
from engine.rulebook.tuning import NewValue, Tuned, TuningError, tuned
from engine.workspace.dates import NOT_SET, starts


@dataclass(frozen=True, slots=True)
class Failing:
    """A test beside a rule, or a scenario, that passed and fails with the new value."""

    name: str  # "test 1 of short_of_target", "scenario recruitment_recovers"
    place: str  # "rules/improving_lives.yaml:27"
    expected: str | None = None  # None for a scenario: telltale test shows its periods
    got: str | None = None

    def __str__(self) -> str:
        said = f" expects {self.expected} and gets {self.got}" if self.expected is not None else ""
        return f"{self.place}: {self.name}{said}"


def tune(options: Options) -> int:
    """The command. Raises UsageError where the value is refused, FaultsError where the rules have faults already."""
    from engine.workspace.rewriting import ChangedError, rewrite

    office = open_office(options)
    name = office.portfolio_with(options.threshold, options.portfolio)
    about = declared(office, name)
    file = f"rules/{name}.yaml"
    path = office.inside(file)
    was = path.read_bytes()
    new = NewValue(options.threshold, options.value, options.from_, options.why, options.by)
    try:
        done = tuned(was.decode("utf-8"), file, about.rulebook, office.workspace, about.portfolio, new)
    except TuningError as error:
        raise UsageError(str(error)) from None
    judged = _published(office, name, done)
    after = replace(about, rulebook=done.rulebook)
    failing = [*_failing_tests(about, after, dry_run=options.dry_run), *_failing_scenarios(office, about, after)]
    if not options.dry_run:
        try:
            rewrite(path, was, done.text.encode("utf-8"))
        except ChangedError as error:
            raise UsageError(str(error)) from None
    diff = _diff(was.decode("utf-8-sig"), done.text.removeprefix("\ufeff"), file)
    answer = {
        "schema": 1,
        "written": not options.dry_run,
        "portfolio": name,
        "threshold": done.threshold.name,
        "file": file,
        "line": done.value.at.line,
        "from": done.value.from_.isoformat(),
        "until": None if done.until is None else done.until.from_.isoformat(),
        "value": _as_json(done.value.value),
        "before": _as_json(done.before),
        "published": judged if isinstance(judged, list) else None,
        "failing": [asdict(one) for one in failing],
        "warnings": [fault.model_dump(mode="json") for fault in done.warnings],
        "diff": diff,
    }
    telltale = "telltale" if options.workspace == "." else f"telltale -C {options.workspace}"
    text = [
        diff,
        "",
        _holds(done, about),
        *_consequences(f"{telltale} run {name}", done, judged, failing),
        *_next(options, telltale, name, file),
    ]
    emit(options, answer, lambda: "\n".join(text))
    return DONE


def _published(office: Office, name: str, done: Tuned) -> list[str] | str:
    """The published periods whose last day the new value holds on; why they can't be told, where they can't."""
    from engine.store.errors import StoreError

    try:
        with open_the_store(office) as store:
            periods = store.published_periods(name)
    except StoreError as error:  # rules can be written without a database
        return str(error)
    ends = {one: office.period(name, one).end for one in periods if office.has_period(name, one)}
    until = done.until.from_ if done.until is not None else None
    return [one for one, end in ends.items() if done.value.from_ <= end and (until is None or end < until)]


def _failing_tests(about: Declared, after: Declared, *, dry_run: bool) -> Iterator[Failing]:
    """Those beside the rules, at their places in the file as it is when the command is over."""
    from engine.inference.plain import outcome
    from engine.rulebook.ruletests import run_tests

    results = [
        run_tests(one.rulebook, one.portfolio, lambda rule, scope, _: outcome(rule, scope)) for one in (about, after)
    ]
    for old, new in zip(*results, strict=True):
        if old.ok and not new.ok:
            place = f"{new.file}:{(old if dry_run else new).at.line}"
            yield Failing(f"test {new.index} of {new.rule}", place, new.expected, new.got)


def _failing_scenarios(office: Office, about: Declared, after: Declared) -> Iterator[Failing]:
    """Those of the portfolio that can be read; `telltale check` tells of the others."""
    from engine.scenarios.folder import read_scenarios
    from engine.scenarios.running import run_scenario

    name = about.portfolio.portfolio
    scenarios, _ = read_scenarios(office.root, office.workspace, {name: about.rulebook})
    for one in scenarios:
        if one.portfolio == name and run_scenario(about, one).ok and not run_scenario(after, one).ok:
            yield Failing(f"scenario {one.name}", f"{one.file}:{one.at.line}")


# ---- what is said of it


def _diff(was: str, now: str, file: str) -> str:
    return "\n".join(difflib.unified_diff(was.splitlines(), now.splitlines(), file, file, lineterm=""))


def _as_json(value: Quantity | None) -> dict[str, str] | None:
    return None if value is None else {"value": plain(value.value), "unit": value.unit.value, "shown": shown(value)}


def _holds(done: Tuned, about: Declared) -> str:
    """What the threshold is from when until when, and which period is the first to be judged by it."""
    day, until = done.value.from_, done.until
    end = "on" if until is None else f"to {day_in_words(until.from_ - timedelta(days=1))}"
    later = "" if until is None else f" and {_words(until.value)} after"
    joined = "," if until is not None else " and"
    says = (
        f"`{done.threshold.name}` is {done.written} from {day_in_words(day)} {end}{joined} {_words(done.before)} before"
    )
    first = cadence_of(about.portfolio).containing(day)
    opening = starts(about.portfolio)
    if first is not None and first.end < opening.end:
        first = opening
    if first is None or (until is not None and first.end >= until.from_):
        return f"{says}{later}. No period is judged by it."
    return f"{says}{later}. The first period judged by it is {period_in_words(first)}."


def _words(value: Quantity | None) -> str:
    return NOT_SET if value is None else shown(value)


def _consequences(command: str, done: Tuned, published: list[str] | str, failing: list[Failing]) -> Iterator[str]:
    """What is to be done about what was published, and about tests that have to change; new warnings."""
    if isinstance(published, str):
        yield f"Which published periods it changes is not known: {published}"
    elif published:
        many = len(published) > 1
        which = f"{published[0]} to {published[-1]}" if many else published[0]
        them = "them" if many else "it"
        yield ""
        yield f"Published already: {which}. To judge {them} by the new value and publish {them} anew:"
        yield f"  {command} --period {published[0]}"
    if failing:
        last = done.value.from_ - timedelta(days=1)
        on = f"{last:%Y-%m}" if done.value.from_.day == 1 else last.isoformat()
        yield ""
        yield f"Passed before, and {'fails' if len(failing) == 1 else 'fail'} now:"
        yield from show.bullets(map(str, failing))
        give = f"Give a test figures for {done.written}" if done.written != NOT_SET else "Let a test expect unknown"
        yield f"{give}, or say `on: {on}` where it is to test what held before."
    if done.warnings:
        yield ""
        yield show.faults_text(done.warnings)


def _next(options: Options, telltale: str, name: str, file: str) -> Iterator[str]:
    yield ""
    if not options.dry_run:
        yield f"Written to {file}. Next: {telltale} check, and {telltale} test."
        return
    yield "Nothing is written: this was a dry run. To see which statuses and mails it would change:"
    value = f'"{options.value}"' if " " in options.value else options.value
    yield f"  {telltale} what-if {name} --set {options.threshold}={value}"
