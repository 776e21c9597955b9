"""What a person reads of a run: the table of statuses and the explanation of one subject, as plain text."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from engine.facts.signals import SIGNAL
from engine.model.facts import FactSheet
from engine.model.problems import Fault, Severity
from engine.model.returns import Return
from engine.model.run import NO_DIRECTION, AlsoRevised, DecisionOut, FindingOut, MeasureOut, RunOut, SubjectOut
from engine.model.values import Quantity, Unit, plain, show
from engine.model.workspace import Person, Scheme
from engine.periods import period_in_words, period_words

WIDTH = 100


def status_table(run: RunOut, scheme: Scheme) -> str:
    """Every subject with its status, trend and what decided it, children indented below their parents."""
    depth = depths(run.subjects)
    rows = [
        (scheme.name(s.status), s.trend or "-", decided_by(s), "  " * depth[s.ref] + f"{s.title} ({s.ref})")
        for s in run.subjects
    ]
    return table(("Status", "Trend", "Decided by", "Subject"), rows)


def depths(subjects: Sequence[SubjectOut]) -> dict[str, int]:
    """How far below the portfolio each subject stands; parents come before their children."""
    found: dict[str, int] = {}
    for subject in subjects:
        found[subject.ref] = 0 if subject.parent is None else found[subject.parent] + 1
    return found


def decided_by(subject: SubjectOut) -> str:
    """Who or what gave the status: "rule", "judgement", "lifecycle", or nobody."""
    if subject.lifecycle != "live":
        return "lifecycle"
    if subject.override is not None:
        return "judgement"
    if subject.status is None:
        return "-"
    if _rests_on_floor(subject, subject.status):
        return "judgement"
    return "rule"


def run_summary(run: RunOut, scheme: Scheme) -> str:
    """The few lines after a table: counts, problems, messages."""
    exceptions = [s for s in run.subjects if s.exception]
    remediated = [s for s in run.subjects if s.remediated]
    not_rated = [s for s in run.subjects if s.status is None]
    counts = [count(len(exceptions), "exception"), f"{len(remediated)} remediated"]
    lines = [", ".join([*counts, *([f"{len(not_rated)} not rated"] if not_rated else [])]) + "."]
    if run.judged_by == "plain":
        lines.append("Judged by the plain evaluator alone: durable-rules can't be used on this machine.")
    if run.problems:
        lines += ["", f"{count(len(run.problems), 'problem')} in the returns, for the PMO:"]
        lines += list(bullets(str(problem) for problem in run.problems))
    if run.undelivered:
        lines += ["", f"NOT DELIVERED: {count(len(run.undelivered), 'problem')}"]
        lines += list(bullets(str(problem) for problem in run.undelivered))
    if run.messages:
        lines += ["", f"{count(len(run.messages), 'message')}:"]
        rows = [(m.state, m.audience, ", ".join(m.to), m.subject) for m in run.messages]
        lines.append(table(("State", "Audience", "To", "Subject"), rows))
    return "\n".join(lines)


def also_revised(one: AlsoRevised, scheme: Scheme) -> Iterator[str]:
    """What a run moved in another published period, and whom it told of it."""
    yield f"\n{one.period} was derived again ({one.run}): {count(len(one.moved), 'status')} moved."
    for ref, (was, now) in one.moved.items():
        yield from bullets([f"{ref}: {scheme.name(was)} before, {scheme.name(now)} now"])
    for message in one.messages:
        yield from bullets([f"message to {', '.join(message.to)} ({message.audience})"])


def explanation(
    run: RunOut,
    subject: SubjectOut,
    scheme: Scheme,
    people: Mapping[str, Person],
    period: str,
) -> str:
    """One subject's status as its owner can read it.

    `period` is the period in words.
    """
    parent = next((s.title for s in run.subjects if s.ref == subject.parent), None)
    heading = f"{subject.title} ({subject.ref}), {subject.level.value}" + (f" in {parent}" if parent else "")
    lines = [heading, "", f"{period[:1].upper()}{period[1:]}: {_standing(subject, scheme)}"]
    decided = list(_decisions(subject, scheme))
    if decided:
        lines += ["", "What a person decided", *decided]
    found = [line for finding in subject.findings for line in _finding(finding, scheme)]
    if found:
        lines += ["", "Why", *found]
    elif subject.earned:
        held = any(set(one.rules) - set(one.never_judged) for one in subject.not_assessed)
        earned = _NONE_FIRED if held else _EARNED
        lines += ["", "Why", *bullets([earned])]
    elif subject.status is None and not subject.not_assessed and not subject.judged:
        lines += ["", "Why", *bullets(["No rule that gives a status is asked of it in this period."])]
    if subject.remarks:
        lines += ["", "Remarks (they move no status)", *bullets(subject.remarks)]
    unchecked = list(_not_assessed(subject, run.rules))
    if unchecked:
        lines += ["", "What could not be checked", *bullets(unchecked)]
    if subject.measures:
        lines += ["", "Measures", _measures(subject, scheme)]
        notes = list(_notes(subject))
        if notes:
            lines += ["", "Notes on the figures", *bullets(notes)]
    if subject.savings:
        shown = ", ".join(f"{name.replace('_', ' ')} {figure.shown}" for name, figure in subject.savings.items())
        lines += ["", f"Savings, {subject.savings_in or 'all years'}", *bullets([shown])]
    if subject.judged:
        lines += ["", "Judged, and quiet", *bullets(["; ".join(_quiet(subject, run.rules))])]
    problems = [problem for problem in run.problems if problem.subject == subject.ref]
    if problems:
        lines += ["", "Problems in the return", *bullets(map(str, problems))]
    owner = people.get(subject.owner or "")
    address = f"<{owner.email}>" if owner and owner.email else "(without an address)"
    lines += ["", f"Owner: {owner.name} {address}" if owner else "Owner: none named"]
    return "\n".join(lines)


def _quiet(subject: SubjectOut, titles: Mapping[str, str]) -> Iterator[str]:
    """The titles of the rules that found nothing; of those that lacked figures elsewhere, that it is not all."""
    lacking = {rule for group in subject.not_assessed for rule in group.rules}
    for rule in subject.judged:
        yield titles.get(rule, rule) + (" (where its figures are known)" if rule in lacking else "")


_EARNED = "Every rule that is required could be judged, and none fired."
_NONE_FIRED = (
    "No rule fired. Those that could not be judged were quiet when they last were, or are not needed "
    "for the best status."
)


def _standing(subject: SubjectOut, scheme: Scheme) -> str:
    text = f"{scheme.name(subject.status)}."
    if subject.trend == "New":
        text += " New: no status before this period."
    elif subject.trend is not None:
        text += f" {subject.trend} {'as' if subject.trend == 'Same' else 'than'} last time"
        text += f" (published then: {scheme.name(subject.previous)})." if subject.previous else "."
    elif scheme.rank(subject.status) is not None:
        text += " No trend: what was known last time can't be compared."
    if subject.moved_by:
        text += f" Moved by: {', '.join(subject.moved_by)}."
    if subject.ended:
        text += f" Ended since: {' and '.join(f'the {kind}' for kind in subject.ended)}."
    if subject.revised is not None:
        text += f" Revision {subject.revised.revision} of this period said {scheme.name(subject.revised.status)}"
        text += f"; changed since: {', '.join(subject.revised.by)}."
    if subject.remediated:
        text += " It was an exception and no longer is."
    if subject.held_from:
        text += f" As at {period_words(subject.held_from)}: held from then, for want of figures since."
    return text


def _decisions(subject: SubjectOut, scheme: Scheme) -> Iterator[str]:
    kinds: tuple[tuple[str, DecisionOut | None], ...] = (
        ("Override", subject.override),
        ("No better than", subject.floor),
        ("The owner's own view", subject.declared),
    )
    for words, decision in kinds:
        if decision is None:
            continue
        until = f", until {_until(decision.until)}" if decision.until else ""
        yield from bullets([f"{words}: {scheme.name(decision.status)} (by {decision.by}{until}): {decision.reason}"])
    if subject.override is not None:
        beneath = scheme.name(subject.derived) if subject.derived else "no status: too little could be judged"
        whose = "the PMO's floor gives" if _rests_on_floor(subject, subject.derived) else "the rules give"
        yield from bullets([f"Beneath it {whose} {beneath}."])


def _rests_on_floor(subject: SubjectOut, status: str | None) -> bool:
    """Whether a status is the floor's alone: no rule found anything as bad."""
    return (
        status is not None
        and subject.floor is not None
        and not any(finding.status == status and finding.rule != "floor" for finding in subject.findings)
    )


def _until(until: str) -> str:
    """The end of a judgement: "February 2019", "5 March 2019", "the milestone “Rollout” is met"."""
    name = until.removeprefix("milestone ")
    return period_words(until) if name == until else f"the milestone “{name}” is met"


def _finding(finding: FindingOut, scheme: Scheme) -> Iterator[str]:
    if finding.rule == "floor":
        return
    yield from bullets([f"{finding.title}: {scheme.name(finding.status)}"])
    details = [finding.because]
    details += [f"Milestone: {_dated(one.name, planned=one.planned, now=one.forecast)}" for one in finding.milestones]
    details += [
        f"Explained ({one.title}): {_dated(one.reason, recovery=one.recovery_by)}" for one in finding.explanations
    ]
    if finding.to_clear:
        details.append(f"To clear it: {finding.to_clear}")
    if finding.action:
        details.append(f"What is asked: {finding.action}")
    if finding.as_at:
        details.append(f"As at {period_words(finding.as_at)}: held from then.")
    if finding.source:
        details.append(f"Rule {finding.rule}, {finding.source}")
    for detail in details:
        yield textwrap.fill(detail, WIDTH, initial_indent="    ", subsequent_indent="    ")


def _dated(text: str, **days: str | None) -> str:
    """A text with the days that are known: "Rollout (planned 1 May 2019, now 3 June 2019)" """
    known = ", ".join(f"{name} {period_words(day)}" for name, day in days.items() if day is not None)
    return f"{text} ({known})" if known else text


def _not_assessed(subject: SubjectOut, titles: Mapping[str, str]) -> Iterator[str]:
    """What is missing, and the titles of the rules that lack it, in quotes: each would read as a fact.

    Rules that need not be judged and never were are left out: beside each measure stands why it has no status.
    """
    lacking: dict[str, list[str]] = {}
    for group in subject.not_assessed:
        rules = [f"“{titles.get(rule, rule)}”" for rule in group.rules if rule not in group.never_judged]
        if rules:
            if group.quiet_as_at:
                rules[-1] += f" (as at {group.quiet_as_at}: found nothing then)"
            lacking.setdefault(", ".join(group.words or group.missing), []).extend(rules)
    for words, rules in lacking.items():
        yield f"For want of {words}: {'; '.join(rules)}"


def _measures(subject: SubjectOut, scheme: Scheme) -> str:
    """Each with its figure and status. Where several have no direction (a table of budgets) that is said once."""
    without = sum(one.not_rated_because == NO_DIRECTION for one in subject.measures)
    once = without > 1
    rows = [
        (
            one.title,
            one.shown,
            *(("-", "") if once and one.not_rated_because == NO_DIRECTION else _rated(one, scheme)),
        )
        for one in subject.measures
    ]
    shown = table(("Measure", "Figure", "Status", ""), rows)
    return f"{shown}\n\n  {_NO_STATUS_OF_ITS_OWN}" if once else shown


_NO_STATUS_OF_ITS_OWN = "“-”: neither higher nor lower is better, so the figure has no status of its own."


def _rated(measure: MeasureOut, scheme: Scheme) -> tuple[str, str]:
    return scheme.name(measure.status), measure.not_rated_because or ""


def _notes(subject: SubjectOut) -> Iterator[str]:
    """What was returned about the figures in words: explanations that hold, and notes; once where it is the same."""
    said: dict[str, list[str]] = {}
    for measure in subject.measures:
        title = measure.title  # which names its part
        if measure.explanation is not None:
            reason = _dated(measure.explanation.reason, recovery=measure.explanation.recovery_by)
            said.setdefault(f"explained: {reason}", []).append(title)
        if measure.note.strip():
            said.setdefault(measure.note.strip(), []).append(title)
    for words, titles in said.items():
        yield f"{'; '.join(titles)}: {words}"


def fact_sheet(sheet: FactSheet) -> str:
    """The fact sheet, name by name: the figure, and the words that hold of it."""
    names = sorted(sheet.facts.keys() | sheet.states.keys())
    rows = []
    for name in names:
        figure = sheet.facts.get(name)
        rows.append(
            (name, "" if figure is None else _shown(name, figure), ", ".join(sorted(sheet.states.get(name, ()))))
        )
    heading = f"{sheet.title} ({sheet.subject}), {period_in_words(sheet.period)}, {sheet.lifecycle.value}"
    lines = [heading, "", table(("Name", "Figure", "Is"), rows)]
    signals = [f"{measure.title}: {measure.signal}" for measure in sheet.measures if SIGNAL in measure.states]
    if signals:
        lines += ["", "Signals", *bullets(signals)]
    if sheet.problems:
        lines += ["", "Problems", *bullets(str(problem) for problem in sheet.problems)]
    return "\n".join(lines)


def _shown(name: str, figure: Quantity) -> str:
    """A figure of the sheet; the difference of two percentages is in points."""
    difference = figure.unit is Unit.PERCENT and name.endswith((".variance", ".change"))
    return f"{show(figure).removesuffix('%')} points" if difference else show(figure)


def sheet_as_json(sheet: FactSheet) -> dict[str, object]:
    """The fact sheet for `--format json`: exact figures, money in pounds and per cent as 15.1."""
    return {
        "schema": 1,
        "subject": sheet.subject,
        "level": sheet.level.value,
        "title": sheet.title,
        "period": sheet.period.id,
        "lifecycle": sheet.lifecycle.value,
        "facts": {
            name: {"value": plain(figure.value), "unit": figure.unit.value, "shown": show(figure)}
            for name, figure in sorted(sheet.facts.items())
        },
        "states": {name: sorted(words) for name, words in sorted(sheet.states.items())},
        "signals": [
            {"measure": one.measure, "part": one.part, "signal": SIGNAL in one.states, "why": one.signal}
            for one in sheet.measures
            if one.signal
        ],
        "problems": [problem.model_dump(mode="json") for problem in sheet.problems],
    }


def submitted(read: Return, destination: Path | None, already: bool) -> str:
    """What was understood of a return, and where it now lies."""
    tables = {
        "measures": read.measures,
        "savings": read.savings,
        "milestones": read.milestones,
        "judgements": read.judgements,
        "explanations": read.explanations,
    }
    understood = ", ".join(f"{len(rows)} of {name}" for name, rows in tables.items() if rows) or "no row"
    if destination is None:
        first = "Not submitted: nothing in it could be understood."
    elif already:
        first = f"Nothing new: {destination} has the same contents."
    else:
        first = f"Submitted as {destination}; the next run takes it in."
    lines = [first, f"Understood: {understood} ({read.portfolio}, {read.period}, submitter {read.submitter})."]
    if read.problems:
        lines += ["", f"{count(len(read.problems), 'problem')}:", *bullets(str(problem) for problem in read.problems)]
    return "\n".join(lines)


def faults_text(faults: Sequence[Fault]) -> str:
    """Each fault on a line of its own."""
    return "\n".join(map(fault_line, faults))


def fault_line(fault: Fault) -> str:
    """A fault as a compiler writes it: "rules/x.yaml:14:23: what; what to write [wrong-unit]"."""
    place = f"{fault.file}:{fault.line}:{fault.column}: "
    mark = "warning: " if fault.severity is Severity.WARNING else ""
    return f"{place}{mark}{str(fault).removeprefix(place)} [{fault.code}]"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned, two spaces in, two between; trailing blanks cut."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (heads, *rows)]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def bullets(items: Iterable[str]) -> Iterator[str]:
    """Each item as a wrapped line that begins with a dash."""
    for item in items:
        yield textwrap.fill(
            item, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )


def count(number: int, noun: str) -> str:
    """ "1 problem", "3 problems" """
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number} {noun}{ending}"
