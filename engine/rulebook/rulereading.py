"""Reading one rule of a rule file: its place in the portfolio, its condition or bands, its words and tests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.model.problems import Fault
from engine.model.returns import JudgementKind
from engine.model.values import Unit
from engine.model.workspace import Level, Portfolio, Scheme
from engine.periods import Cadence, PeriodError
from engine.rulebook.branches import size_slips
from engine.rulebook.file import RuleEntry
from engine.rulebook.names import Names, Vocabulary, grouped, measures_asked
from engine.rulebook.parser import OTHERWISE, read_band, read_condition
from engine.rulebook.rules import Band, Rule, RuleTest
from engine.rulebook.slips import Slip, Source
from engine.rulebook.syntax import At, Condition
from engine.rulebook.templates import template_slips
from engine.rulebook.testreading import TestReader
from engine.workspace.dates import first_day, last_day
from engine.workspace.portfoliochecks import check_id
from engine.workspace.spelling import closest, did_you_mean, fold, listed, quoted
from engine.workspace.yamlfile import Loc, YamlFile

_LEVELS = {"projects": Level.PROJECT, "programmes": Level.PROGRAMME, "portfolio": Level.PORTFOLIO}
_MEASURES = "measures"
_JUDGEMENTS = (JudgementKind.FLOOR, JudgementKind.OVERRIDE)  # the "rules" of findings and cases that are a person's


@dataclass(frozen=True)
class Around:
    """What a rule is read against."""

    portfolio: Portfolio
    scheme: Scheme
    names: Names
    thresholds: Mapping[str, Unit | None]
    cadence: Cadence

    @property
    def statuses(self) -> tuple[str, ...]:
        return tuple(status.id for status in self.scheme.statuses)


def read_rule(entry: RuleEntry, around: Around, file: YamlFile, loc: Loc) -> tuple[Rule | None, list[Fault]]:
    """The rule as the evaluators take it; None with every fault."""
    reader = _RuleReader(entry, around, file, loc)
    rule = reader.rule()
    return (None if reader.faults else rule), reader.faults


class _RuleReader:
    def __init__(self, entry: RuleEntry, around: Around, file: YamlFile, loc: Loc) -> None:
        self.faults: list[Fault] = []
        self._entry = entry
        self._around = around
        self._file = file
        self._loc = loc
        asked = (entry.for_,) if isinstance(entry.for_, str) else entry.for_ or ()
        self._of_measures = _MEASURES in asked or entry.measure is not None
        self._levels = frozenset(_LEVELS[one] for one in asked if one != _MEASURES) or frozenset(
            Level if self._of_measures else ()
        )
        self._only = (entry.only,) if isinstance(entry.only, str) else entry.only
        self._groups = grouped(around.portfolio)
        self._meant = tuple(one for name in self._only for one in self._groups.get(name, (name,)))
        self._head_is_clear = entry.for_ is not None or entry.measure is not None

    @property
    def _of_subjects(self) -> bool:
        return bool(self._levels) and not self._of_measures

    def rule(self) -> Rule:
        entry = self._entry
        self.faults += check_id(self._file, (*self._loc, "id"), entry.id)
        if entry.id in _JUDGEMENTS:
            what = f"`{entry.id}` marks a person's judgement, and can't be the name of a rule"
            self._fault(("id",), "bad-name", what, f"name it otherwise, such as `{entry.id}_rule`")
        if entry.for_ is None and entry.measure is None:
            self._fault((), "missing-key", "the rule does not say whom it is for", "write `for: projects`")
        self._check_measure()
        self._check_only()
        self._check_outcome()
        # Until it is known whom the rule is for, nothing can be said against the names that it uses.
        vocabulary = self._vocabulary() if self._head_is_clear else None
        when = self._condition("when", entry.when, vocabulary)
        clears = self._condition("clears", entry.clears, vocabulary)
        bands = self._bands(vocabulary)
        # What clears a rule is judged as a rule of its own.
        for conditions in ([when], [clears], [band.when for band in bands]):
            self._slips(size_slips(one for one in conditions if one is not None))
        if vocabulary is not None:
            self._slips(template_slips(self._source(entry.because, "because"), vocabulary))
        from_ = self._day("from", entry.from_, first_day)
        until = self._day("until", entry.until, last_day)
        if from_ is not None and until is not None and until < from_:
            what = f"the rule ends before it begins ({from_.isoformat()})"
            self._fault(("until",), "bad-date", what, "change a date")
        tests = self._tests(vocabulary) if vocabulary is not None else ()
        return Rule(
            id=entry.id, title=entry.title, levels=self._levels, of_measures=self._of_measures,
            yields=entry.as_ or "status", status=entry.status, when=when, clears=clears, bands=bands,
            because=entry.because, action=entry.action,
            required=entry.required, supporting=entry.supporting,
            only=frozenset(self._meant), measure=entry.measure, from_=from_, until=until, tests=tests,
            file=self._file.shown, at=At(*self._file.at(self._loc)),
        )  # fmt: skip

    # ---- whom it is for

    def _check_measure(self) -> None:
        measure, measures = self._entry.measure, self._around.portfolio.measures
        if measure is not None and measure not in measures:
            cure = did_you_mean(measure, measures) or "define it in the portfolio's file"
            self._fault(("measure",), "unknown-measure", f"there is no measure {quoted(measure)}", cure)
            self._head_is_clear = False

    def _check_only(self) -> None:
        portfolio = self._around.portfolio
        for i, name in enumerate(self._only):
            loc: Loc = ("only", i) if not isinstance(self._entry.only, str) else ("only",)
            subject = portfolio.subjects.get(name)
            if name in portfolio.measures or name in self._groups:
                if self._of_subjects:
                    cure = "write `for: measures`, or name subjects"
                    is_one = "is a measure" if name in portfolio.measures else "is a group of measures"
                    self._fault(loc, "wrong-subject", f"`{name}` {is_one}, and the rule is for subjects", cure)
                    self._head_is_clear = False
            elif subject is None:
                of_measures = () if self._of_subjects else (*portfolio.measures, *self._groups)
                known = (*portfolio.subjects, *of_measures)
                cure = did_you_mean(name, known) or "write the ref of a subject"
                self._fault(loc, "unknown-subject", f"there is no {quoted(name)} in the portfolio", cure)
                # The measures that a rule asks, and so its units, hang on its `only`.
                self._head_is_clear = self._head_is_clear and self._of_subjects
            elif self._levels and subject.level not in self._levels:
                what = f"`{name}` is a {subject.level.value}, which the rule is not for"
                self._fault(loc, "wrong-subject", what, "take it out, or change `for:`")

    def _vocabulary(self) -> Vocabulary:
        around = self._around
        measure = self._entry.measure if self._entry.measure in around.portfolio.measures else None
        own: dict[Unit, str] = {}
        if self._of_measures:
            for name in measures_asked(around.portfolio, self._entry.measure, self._meant):
                own.setdefault(around.portfolio.measures[name].unit, name)
        return Vocabulary(around.names, around.thresholds, self._of_measures, measure, own, around.statuses)

    # ---- what it says, and when

    def _check_outcome(self) -> None:
        entry = self._entry
        if entry.supporting and self._of_subjects and self._head_is_clear:
            what = "a rule for subjects gives no measure a status"
            self._fault(("supporting",), "outcome", what, "take `supporting` out, or write `for: measures`")
        if entry.bands:
            keys = (("when", entry.when), ("clears", entry.clears), ("status", entry.status), ("as", entry.as_))
            for key, present in keys:
                if present is not None:
                    self._fault((key,), "outcome", f"a rule with bands has no `{key}`", "take it out, or the bands")
            if self._of_subjects and self._head_is_clear:
                self._fault(("bands",), "outcome", "bands are for measures", "write `measure: …` or `for: measures`")
            return
        if entry.when is None:
            self._fault((), "missing-key", "the rule has no condition", "write `when: …`, or `bands:` for a ladder")
        if entry.supporting and entry.as_ is not None:
            self._fault(
                ("supporting",), "outcome", "a remark or problem moves nothing as it is", "take `supporting` out"
            )
        if entry.status is not None and entry.as_ is not None:
            self._fault(("as",), "outcome", "the rule gives a status and is a remark or problem", "keep one of them")
        elif entry.status is None and entry.as_ is None:
            cure = "write `status: …`, or `as: remark` or `as: problem`"
            self._fault((), "missing-key", "the rule does not say what follows", cure)
        if entry.status is not None:
            self._check_status(entry.status, ("status",))

    def _check_status(self, status: str, loc: Loc, *, key: bool = False) -> None:
        scheme = self._around.scheme
        if status in self._around.statuses:
            return
        if fold(status) in {fold(name) for one in scheme.outside for name in (one.id, one.name)}:
            what = f"{quoted(status)} is given by lifecycle, not by rules"
            self._fault(loc, "unknown-status", what, f"write {listed(self._around.statuses)}", key=key)
            return
        meant = {one.name: one.id for one in scheme.statuses} | {one.code: one.id for one in scheme.statuses}
        near = closest(status, (*self._around.statuses, *meant))
        cure = f"did you mean `{meant.get(near, near)}`?" if near else f"write {listed(self._around.statuses)}"
        self._fault(loc, "unknown-status", f"there is no status {quoted(status)}", cure, key=key)

    def _condition(self, key: str, text: str | None, vocabulary: Vocabulary | None) -> Condition | None:
        if vocabulary is None or text is None or self._entry.bands:
            return None
        condition, slips = read_condition(self._source(text, key), vocabulary)
        self._slips(slips)
        return condition

    def _bands(self, vocabulary: Vocabulary | None) -> tuple[Band, ...]:
        if self._of_subjects:
            return ()
        bands: list[Band] = []
        ended = False
        for status, text in self._entry.bands.items():
            loc: Loc = ("bands", status)
            self._check_status(status, loc, key=True)
            if ended:
                what = "this band comes after `otherwise`, which takes all that is left"
                self._fault(loc, "band-otherwise", what, "move `otherwise` to the end", key=True)
            condition: Condition | None = None
            if vocabulary is not None:
                condition, slips = read_band(self._source(text, "bands", status), vocabulary)
                self._slips(slips)
            ended = ended or text.strip().lower() == OTHERWISE
            bands.append(Band(status, condition, At(*self._file.at((*self._loc, *loc), key=True))))
        if bands and not ended:
            worst = self._around.statuses[-1]
            cure = f"end them with `{worst}: otherwise`"
            self._fault(("bands",), "band-otherwise", "the bands leave a gap", cure, key=True)
        return tuple(bands)

    def _tests(self, vocabulary: Vocabulary) -> tuple[RuleTest, ...]:
        reader = TestReader(self._file, vocabulary, self._around.cadence, self._entry.bands)
        tests = tuple(reader.read(test, (*self._loc, "tests", i)) for i, test in enumerate(self._entry.tests))
        self.faults += reader.faults
        return tests

    # ---- helpers

    def _source(self, text: str, *loc: str) -> Source:
        """A text with its place, which is at `loc` in the rule."""
        written = self._file.entry((*self._loc, *loc))
        return Source(text, At(*written.value), written.style)

    def _day(self, key: str, text: str | None, read: Callable[[str, Cadence], date]) -> date | None:
        if text is None:
            return None
        try:
            return read(text, self._around.cadence)
        except PeriodError as error:
            what, _, cure = str(error).partition("; ")
            self._fault((key,), "bad-date", what, cure)
            return None

    def _slips(self, slips: Iterable[Slip]) -> None:
        self.faults += [slip.as_fault(self._file.shown) for slip in slips]

    def _fault(self, loc: Loc, code: str, what: str, cure: str, *, key: bool = False) -> None:
        self.faults.append(self._file.fault((*self._loc, *loc), code, what, cure, key=key))
