"""`telltale decide …`: people's acts entered, ended and listed."""

from typing import TYPE_CHECKING

from engine.cli import DONE, show
from engine.cli.common import Options, emit, open_office
from engine.model.acts import ActKind, OfficeAct
from engine.model.workspace import Workspace
from engine.periods import day_in_words

if TYPE_CHECKING:
    from engine.deciding import ListedAct

_TITLES = {
    ActKind.OVERRIDE: "override", ActKind.FLOOR: "floor", ActKind.DECLARED: "declared view",
    ActKind.SILENCE: "silence", ActKind.ACKNOWLEDGEMENT: "acknowledgement",
}  # fmt: skip


def enter(options: Options, kind: ActKind) -> int:
    """Keep an act, and say what it does and what is to be done next."""
    from engine.app import open_the_store
    from engine.deciding import Entry, enter

    office = open_office(options)
    entry = Entry(
        kind=kind, subject=options.subject, by=options.by, why=options.why, until=options.until,
        status=getattr(options, "status", None), period=getattr(options, "period", None),
        rule=getattr(options, "rule", None), audience=getattr(options, "audience", None),
        below=getattr(options, "below", False),
    )  # fmt: skip
    with open_the_store(office) as store:
        entered = enter(office, store, entry)
    answer = {"schema": 1, "act": _as_json(entered.act), "notes": list(entered.notes)}
    emit(options, answer, lambda: "\n".join((_entered(entered.act, office.workspace), *entered.notes)))
    return DONE


def end(options: Options) -> int:
    """End an act before its time."""
    from engine.app import open_the_store
    from engine.deciding import end

    office = open_office(options)
    with open_the_store(office) as store:
        act = end(office, store, options.number, options.by, options.why, options.period)

    def text() -> str:
        return f"Act {act.ends} on {act.portfolio}/{act.subject} is ended. {_next(act)}"

    emit(options, {"schema": 1, "act": _as_json(act)}, text)
    return DONE


def list_acts(options: Options) -> int:
    """Those in force or to come; with --all also those that are over, ended or lapsed."""
    from engine.app import open_the_store
    from engine.deciding import list_acts

    office = open_office(options)
    with open_the_store(office) as store:
        every = [one for name in office.names(options.portfolio) for one in list_acts(office, store, name)]
    shown = [one for one in every if options.all or one.state in ("in force", "not yet")]
    answer = {
        "schema": 1,
        "acts": [
            {**_as_json(one.act), "state": one.state, "ended": _as_json(one.ended) if one.ended else None}
            for one in shown
        ],
    }

    def text() -> str:
        if not shown:
            return "Nobody has decided anything" + ("." if options.all else " that is in force.")
        rows = [
            (str(one.act.number), one.state, _what(one.act, office.workspace), _until(one.act), one.act.by, _why(one))
            for one in shown
        ]
        return show.table(("No.", "State", "What", "Until", "By", "Why"), rows)

    emit(options, answer, text)
    return DONE


def _why(one: "ListedAct") -> str:
    return one.act.why if one.ended is None else f"{one.act.why}; ended by {one.ended.by}: {one.ended.why}"


def _entered(act: OfficeAct, workspace: Workspace) -> str:
    return f"{act.number}: {_what(act, workspace)}, until {_until(act)}. {_next(act)}"


def _what(act: OfficeAct, workspace: Workspace) -> str:
    """The act in a few words: "override of care/meals: At risk", "silence on care/older and all below it, for clt"."""
    title, subject = _TITLES[act.kind], f"{act.portfolio}/{act.subject}"
    if act.kind.is_judgement:
        scheme = workspace.scheme_of(workspace.portfolios[act.portfolio])
        return f"{title} of {subject}: {scheme.name(act.status)}, from {act.period}"
    below = " and all below it" if act.below else ""
    rule = f", rule {act.rule}" if act.rule else ""
    audience = f", for {act.audience}" if act.audience else ""
    return f"{title} {'on' if act.kind is ActKind.SILENCE else 'of'} {subject}{below}{rule}{audience}"


def _until(act: OfficeAct) -> str:
    if act.until_milestone is not None:
        return f"the milestone “{act.until_milestone}” is done"
    return day_in_words(act.until) if act.until is not None else f"the end of {act.period}"


def _next(act: OfficeAct) -> str:
    if act.kind.is_judgement or (act.kind is ActKind.END and act.period):
        return f"Next: telltale run {act.portfolio}."
    counts = "It counts from the next telling on"
    if act.kind is ActKind.SILENCE and act.until is not None:
        return f"{counts}; what is news then is told at the first run or telling after {day_in_words(act.until)}."
    return f"{counts}."


def _as_json(act: OfficeAct) -> dict[str, object]:
    return act.model_dump(mode="json")
