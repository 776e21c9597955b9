"""What a scenario expects: statuses, trends, findings, problems and messages, one word a period."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.model.alerts import Reason
from engine.model.problems import Fault
from engine.model.run import Trend
from engine.model.verdicts import FIRES, QUIET
from engine.model.workspace import Portfolio, Scheme, Workspace
from engine.returns.known import Known
from engine.returns.words import Names
from engine.rulebook.rules import Rulebook
from engine.rulebook.testreading import UNKNOWN
from engine.scenarios.file import Cells, ExpectedEntry, Series
from engine.scenarios.given import OWNERS
from engine.scenarios.scenario import HELD, NOTHING, UNCHECKED, Expected, Kind
from engine.scenarios.values import Values, fault_at, read_values
from engine.workspace.spelling import did_you_mean, listed, quoted
from engine.workspace.yamlfile import Loc, YamlFile

_TRENDS: tuple[Trend, ...] = ("Better", "Same", "Worse", "New")
_REASONS = tuple(reason.value for reason in Reason if reason.tells)
_NONE = (NOTHING, "-")  # the second reads well, but YAML takes it for a list where it comes first

Read = Callable[[str], str | None]  # a word in its canonical form; None where it can't stand there


@dataclass(frozen=True, slots=True)
class Written:
    """An expected series with its values as they stand in the file."""

    expected: Expected
    values: Values


class Expectations:
    """Reads `expect` and `messages`; faults are collected. Without a rulebook, rules are taken on trust."""

    def __init__(
        self, file: YamlFile, workspace: Workspace, portfolio: Portfolio, scheme: Scheme, rulebook: Rulebook | None
    ) -> None:
        """Raises PeriodError where the portfolio's cadence can't be read."""
        self.faults: list[Fault] = []
        self.written: list[Written] = []
        self._file, self._workspace, self._portfolio = file, workspace, portfolio
        self._known = Known(portfolio, scheme, OWNERS)
        self._rules = None if rulebook is None else {rule.id: rule for rule in rulebook.rules}

    def read(self, expect: Mapping[str, ExpectedEntry], messages: Mapping[str, Cells]) -> None:
        """Take in all that is expected."""
        for subject, entry in expect.items():
            loc: Loc = ("expect", subject)
            ref = self._subject(subject, loc)
            if ref is not None:
                self._of_subject(ref, entry, loc)
        for audience, told in messages.items():
            self._of_audience(audience, told, ("messages", audience))

    def _of_subject(self, ref: str, entry: ExpectedEntry, loc: Loc) -> None:
        if entry.status is not None:
            self._series(Kind.STATUS, entry.status, (*loc, "status"), self._status, self._statuses(), subject=ref)
        if entry.trend is not None:
            trends = _words(_TRENDS)
            self._series(Kind.TREND, entry.trend, (*loc, "trend"), trends.find, trends.ids, subject=ref)
        if entry.problems is not None:
            self._series(Kind.PROBLEM, entry.problems, (*loc, "problems"), lambda text: text, (), subject=ref)
        for key, series in entry.findings.items():
            self._finding(ref, key, series, (*loc, "findings", key))

    def _finding(self, ref: str, key: str, series: Series, loc: Loc) -> None:
        rule, _, place = " ".join(key.split()).partition(" ")
        measure, _, part = place.partition(" ")
        if self._rules is not None and rule not in self._rules:
            cure = did_you_mean(rule, self._rules) or "write the id of a rule"
            self._fault(loc, "unknown-rule", f"there is no rule {quoted(rule)}", cure)
            return
        named = self._known.measures_at(ref).find(measure) if measure else None
        if measure and named is None:
            cure = self._known.measures_at(ref).cure(measure, "write a measure that it has")
            self._fault(loc, "unknown-measure", f"{ref} has no measure {quoted(measure)}", cure)
            return
        parts = self._known.parts_of(named) if named is not None else None
        named_part = parts.find(part) if parts is not None else None
        if part and named_part is None:
            what = f"{quoted(part)} is no part of {named}" if parts is not None else f"{named} has no parts"
            cure = parts.cure(part, "write one of its parts") if parts is not None else "write the measure alone"
            self._fault(loc, "unknown-measure", what, cure)
            return
        bands = tuple(band.status for band in self._rules[rule].bands) if self._rules is not None else ()
        words = _words((*(bands or (FIRES, QUIET)), UNKNOWN, HELD))

        def read(text: str) -> str | None:
            return words.find(text) or (self._status(text) if bands or self._rules is None else None)

        self._series(Kind.FINDING, series, loc, read, words.ids, subject=ref, rule=rule, measure=named, part=named_part)

    def _of_audience(self, audience: str, told: Cells, loc: Loc) -> None:
        known = self._workspace.audiences
        if audience not in known:
            cure = did_you_mean(audience, known) or "define it in config/audiences.yaml"
            self._fault(loc, "unknown-audience", f"there is no audience {quoted(audience)}", cure)
            return
        if known[audience].when != "after run":
            what = f"`{audience}` is told on a calendar of its own, and a scenario tells of runs alone"
            self._fault(loc, "own-calendar", what, f"take `{audience}` out of `messages`")
            return
        if not isinstance(told, dict):
            self._series(Kind.MESSAGES, told, loc, _count, ("0", "1", "2"), audience=audience)
            return
        reasons = _words(_REASONS)
        for subject, series in told.items():
            ref = self._subject(subject, (*loc, subject))
            if ref is not None:
                at = (*loc, subject)
                self._series(Kind.REASON, series, at, reasons.find, reasons.ids, subject=ref, audience=audience)

    # ---- one series

    def _series(
        self, kind: Kind, series: Series, loc: Loc, read: Read, known: tuple[str, ...], **about: str | None
    ) -> None:
        values = read_values(self._file, loc, series)
        if isinstance(values, Fault):
            self.faults.append(values)
            return
        words: list[str | None] = []
        for value in values.each:
            if value.text == UNCHECKED:
                words.append(None)
            elif value.text in _NONE:
                words.append(NOTHING)
            else:
                # A word with a space in it may be written with `_` in its place: the series is parted by spaces.
                word = read(value.text) or read(value.text.replace("_", " "))
                if word is None:
                    cure = did_you_mean(value.text, known) or f"write {listed(known)}"
                    what = f"{quoted(value.text)} is nothing that can be expected here"
                    self.faults.append(fault_at(self._file, value.at, "unknown-outcome", what, cure))
                words.append(word)
        self.written.append(Written(Expected(kind, tuple(words), values.at, **about), values))

    def _subject(self, written: str, loc: Loc) -> str | None:
        ref = self._known.subjects.find(written)
        if ref is None:
            cure = self._known.subjects.cure(written, "write the ref of a subject")
            self._fault(loc, "unknown-subject", f"there is no subject {quoted(written)}", cure)
        return ref

    def _status(self, text: str) -> str | None:
        found = self._known.statuses.find(text)
        return None if found is None else found.id

    def _statuses(self) -> tuple[str, ...]:
        return self._known.statuses.ids

    def _fault(self, loc: Loc, code: str, what: str, cure: str) -> None:
        self.faults.append(self._file.fault(loc, code, what, cure, key=True))


def _words(words: tuple[str, ...]) -> Names[str]:
    return Names((word, word) for word in words)


def _count(text: str) -> str | None:
    """A number of messages in its one form; none is NOTHING."""
    return (str(int(text)) if int(text) else NOTHING) if text.isascii() and text.isdigit() else None
