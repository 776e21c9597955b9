"""Whatever happens: nobody is told twice, nobody misses what lasts, and nobody hears of a false recovery.

A machine publishes months, silences and ends silences, tells again and starts anew from what is kept, in any order.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from engine.alerts.threshold import Threshold
from engine.model.acts import OfficeAct
from engine.model.alerts import Case, HistoryPoint, Reason, Silenced, Told
from tests.alerts.months import GAR, OWNERS, STATUS, Office, giving, month_name, run_of, silence, subject, workspace

SEES = Threshold(GAR, "exceptions")


class WhateverHappens(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.office = Office(workspace({"owners": OWNERS}))
        self.last, self.owner = "", "meals_lead"

    @rule(letter=st.sampled_from(list(STATUS)), mark=st.sampled_from(["", "", "!"]))
    def publish(self, letter: str, mark: str) -> None:
        office, before = self.office, self.told_last()
        to_another = office.told[-1] if office.told else None  # where the owner has changed since
        run = run_of(subject(letter, mark=mark, previous=self.last or None), period=month_name(len(office.periods)))
        told = office.month(run)
        (decision,) = told.decisions
        self.last = letter
        after = self.told_last()
        if office.acts:
            assert (decision.reason, told.messages) == (Reason.SILENCED, [])
        if letter == "_":
            assert decision.reason is not Reason.REMEDIATED
        if decision.tells and before is not None and after is not None:
            reopened = any(case.reopened and case.opened > before.period for case in office.open_cases)
            believed = [(one.status, set(one.cases)) for one in (before, to_another) if one is not None]
            assert any(one != (after.status, set(after.cases)) for one in believed) or reopened
        if decision.reason is Reason.ANOTHER:
            assert before is not None
            assert before.status == STATUS[letter]  # "continuing" is said of nothing else
            assert giving(letter, office) - set(before.cases)
        if not office.acts and SEES.sees(STATUS[letter]):
            assert after is not None
            assert (GAR.rank(after.status) or 0) >= (GAR.rank(STATUS[letter]) or 0)
            assert after.status != STATUS[letter] or giving(letter, office) <= set(after.cases)
        if not office.acts and STATUS[letter] == "green" and office.told:
            assert not SEES.sees(office.told[-1].status)  # who was told of trouble is told that it is over, or who
            assert after is None or not SEES.sees(after.status)  # took over

    def told_last(self) -> Told | None:
        """What the owner of now was told last."""
        return next((one for one in reversed(self.office.told) if one.recipient == self.owner), None)

    @rule(owner=st.sampled_from(["meals_lead", "visits_lead"]))
    def change_the_owner(self, owner: str) -> None:
        self.owner, self.office.workspace = owner, workspace({"owners": OWNERS}, meals_owner=owner)

    @rule()
    def silence(self) -> None:
        self.office.acts = [silence()]

    @rule()
    def end_the_silence(self) -> None:
        self.office.acts = []

    @rule()
    def tell_again(self) -> None:
        if self.last and not self.office.acts:
            office = self.office
            before = Office(office.workspace, list(office.told), office.open_cases, office.closed, dict(office.history))
            before.periods, before.silenced = office.periods[:-1], office.silenced
            before.history = {ref: points[:-1] for ref, points in office.history.items()}
            told = before.revise(run_of(subject(self.last), period=office.periods[-1], revision=2))[1]
            last = self.told_last()
            assert last is None or last.period != office.periods[-1] or not told.messages

    @rule()
    def start_anew(self) -> None:
        """Everything that is kept goes through its text, and nothing else is remembered."""
        office = self.office
        office.told = [Told.model_validate_json(one.model_dump_json()) for one in office.told]
        office.open_cases = [Case.model_validate_json(one.model_dump_json()) for one in office.open_cases]
        office.silenced = [Silenced.model_validate_json(one.model_dump_json()) for one in office.silenced]
        office.acts = [OfficeAct.model_validate_json(one.model_dump_json()) for one in office.acts]
        office.history = {
            ref: [HistoryPoint.model_validate_json(one.model_dump_json()) for one in points]
            for ref, points in office.history.items()
        }


TestWhateverHappens = WhateverHappens.TestCase
TestWhateverHappens.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
