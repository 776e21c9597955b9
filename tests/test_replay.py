"""Any published status can be derived again from what the store keeps of its run, and from nothing else."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine import app
from engine.assessment.assess import AssessmentInputs, assess
from engine.deciding import Entry, enter
from engine.facts.book import FactBook
from engine.model.acts import ActKind, OfficeAct
from engine.model.returns import Return
from engine.model.run import RunOut
from engine.model.settings import Settings
from engine.model.workspace import Calendar, Portfolio, Scheme, Workspace, cadence_of
from engine.returns.decided import with_acts
from engine.returns.merge import merge
from engine.rulebook.loading import read_rulebook
from engine.workspace.dates import working_days
from engine.workspace.yamlfile import read_yaml_text

ROOT = Path(__file__).parent.parent


def derived_again(inputs: str, period: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Status, derived status and trend by subject, from the kept inputs alone."""
    kept = json.loads(inputs)
    portfolio = Portfolio.model_validate(kept["portfolio"])
    scheme = Scheme.model_validate(kept["scheme"])
    calendar = Calendar.model_validate(kept["calendar"])
    workspace = Workspace(
        portfolios={portfolio.portfolio: portfolio}, schemes={scheme.scheme: scheme}, people={}, audiences={},
        calendar=calendar, settings=Settings(),
    )  # fmt: skip
    rulebook, faults = read_rulebook(read_yaml_text(kept["rules"], "rules"), workspace, portfolio)
    assert rulebook is not None, faults
    returns = [Return.model_validate(one) for one in kept["returns"]]
    named = {one.period for one in returns}
    acts = [OfficeAct.model_validate(one) for one in kept["acts"]]
    returned = {name: merge([one for one in returns if one.period == name])[0] for name in named}
    rows = with_acts(returned, acts, cadence_of(portfolio))
    today = date.fromisoformat(kept["today"])
    assessed = assess(
        AssessmentInputs(
            portfolio=portfolio, scheme=scheme, rulebook=rulebook, rows=rows,
            period=cadence_of(portfolio).period(period),
            book=FactBook(portfolio, scheme, rows, today=today, working=working_days(calendar)),
            previous=kept["previous"], ever=frozenset(kept["ever"]), rules_changed=False,
        ),
        None,
    )  # fmt: skip
    return {one.ref: (one.status, one.derived, one.trend) for one in assessed.subjects}


def test_january_with_an_act_is_derived_again_from_the_inputs_kept_with_its_run(tmp_path: Path) -> None:
    for name in ("config", "rules", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    office = app.open_office(tmp_path, "2019-02-08T07:00")
    entry = Entry(ActKind.OVERRIDE, "direct_payments", by="PMO", why="the figures came late", status="On Target")
    with app.open_the_store(office) as store:
        enter(office, store, replace(entry, period="2019-01"))
    run: RunOut = app.run(office, "improving_lives", "2019-01")
    assert {one.ref: one.status for one in run.subjects}["direct_payments"] == "on_target"
    shutil.rmtree(tmp_path / "config")
    shutil.rmtree(tmp_path / "rules")
    shutil.rmtree(tmp_path / "examples")
    with app.open_the_store(office) as store:
        inputs = store.inputs(run.run)
    assert inputs is not None
    assert derived_again(inputs, "2019-01") == {one.ref: (one.status, one.derived, one.trend) for one in run.subjects}
