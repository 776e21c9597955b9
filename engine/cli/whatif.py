"""`telltale what-if`: what another threshold, or other rules, would have changed. Nothing is stored or sent."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from engine.app import declared, open_the_store
from engine.cli import DONE, NO, show
from engine.cli.common import Options, emit, open_office
from engine.model.whatif import EmailChange, StatusChange, SweepOut, WhatIfOut
from engine.model.workspace import Level, Scheme
from engine.office import FaultsError, Office, UsageError

if TYPE_CHECKING:
    from engine.pipeline import Declared
    from engine.whatif.looked import Looked

LEVELS = {"projects": Level.PROJECT, "programmes": Level.PROGRAMME, "portfolio": Level.PORTFOLIO}
_HELD_AGAINST = (
    "Today's rules and those tried are both worked out anew, period by period, on the figures as they are known now; "
    "what was published may differ. Nothing is stored or sent."
)
_KINDS = {".svg": "svg", ".png": "png"}
_HOW = "--set NAME=VALUE, --rules FILE, or --sweep NAME=FIRST..LAST/STEP"


def what_if(options: Options) -> int:
    """One of `--set`, `--rules` and `--sweep`."""
    given = [f"--{name}" for name in ("set", "rules", "sweep") if getattr(options, name)]
    if not given:
        raise UsageError(f"say what to try: {_HOW}")
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} do not go together; give one of them")
    for option in ("picture", "level"):
        if getattr(options, option) and not options.sweep:
            raise UsageError(f"--{option} is about a sweep; give it with --sweep NAME=FIRST..LAST/STEP")
    if options.period and (options.from_ or options.to):
        raise UsageError("--period names one period; leave --from and --to out beside it")
    office = open_office(options)
    about = declared(office, _portfolio(options, office))
    if options.sweep:
        return _sweep(options, office, about)
    return _set(options, office, about) if options.set else _rules(options, office, about)


def _portfolio(options: Options, office: Office) -> str:
    """The portfolio named, or the only one, or the only one with the threshold that is tried. Raises UsageError."""
    tried = options.sweep or (options.set[0] if options.set else "")
    threshold = tried.partition("=")[0].strip()
    if threshold and options.portfolio is None:
        return office.portfolio_with(threshold, None)
    return office.the_portfolio(options.portfolio)


def _set(options: Options, office: Office, about: "Declared") -> int:
    from engine.whatif.candidates import read_settings
    from engine.whatif.compared import try_values

    settings = read_settings(options.set, about.rulebook)
    return _compared(options, try_values(_looked(options, office, about), settings), about)


def _rules(options: Options, office: Office, about: "Declared") -> int:
    from engine.whatif.candidates import read_other_rules
    from engine.whatif.compared import try_rules

    try:
        tried = read_other_rules(Path(options.rules), office, about)
    except FaultsError as error:  # `check` does not read that file: all of them are told here
        faults = error.faults
        answer = {"schema": 1, "ok": False, "faults": [fault.model_dump(mode="json") for fault in faults]}
        emit(options, answer, lambda: show.faults_text(faults))
        return NO
    return _compared(options, try_rules(_looked(options, office, about), tried, options.rules), about)


def _looked(options: Options, office: Office, about: "Declared") -> "Looked":
    from engine.intake import take_in
    from engine.pipeline import facts_of
    from engine.whatif.looked import Looked, periods_to_replay, periods_to_show, run_at

    name = about.portfolio.portfolio
    with open_the_store(office) as store:
        returns = take_in(office, about, store, keep=False).returns
        published = store.published_periods(name)
    periods = periods_to_replay(office, about, published, returns, options.period or options.to)
    shown = periods_to_show(office, about, periods, options.period or options.from_)
    return Looked(about, facts_of(about, returns, office.today), periods, shown, run_at(office, about), office.today)


# ---- what differs


def _compared(options: Options, out: WhatIfOut, about: "Declared") -> int:
    text = _compared_text(out, about.scheme, about.portfolio.subjects)
    emit(options, out.model_dump(mode="json", by_alias=True), lambda: "\n".join(text))
    return DONE


def _compared_text(out: WhatIfOut, scheme: Scheme, refs: Iterable[str]) -> Iterator[str]:
    yield f"{out.title}, {_range(out.periods)}: {out.sentence}"
    if out.changes:
        rows = [
            (_range(periods), scheme.name(one.was), scheme.name(one.status), f"{one.title} ({one.ref})")
            for one, periods in _runs(out, refs)
        ]
        yield "\nWhose status would be another:"
        yield show.table(("Period", "Today's rules", "Tried", "Subject"), rows)
    for kind, head in (
        ("more", "Emails sent besides:"),
        ("fewer", "Emails no longer sent:"),
        ("changed", "Emails sent for other reasons:"),
    ):
        emails = [one for one in out.emails if one.change == kind]
        if emails:
            yield f"\n{head}"
            yield from show.bullets(map(_email, emails))
    yield ""
    yield fill(_HELD_AGAINST, show.WIDTH)


def _email(one: EmailChange) -> str:
    """ "2019-01, owners, direct_payments_lead: direct_payments (first)" """
    return f"{one.period}, {one.audience}, {one.person}: {_reasons(one)}"


def _reasons(one: EmailChange) -> str:
    if one.change != "changed":
        return ", ".join(f"{ref} ({reason})" for ref, reason in (one.reasons or one.was).items())
    both = {ref: (one.was.get(ref), one.reasons.get(ref)) for ref in dict.fromkeys((*one.was, *one.reasons))}
    return ", ".join(_other_reason(ref, was, now) for ref, (was, now) in both.items() if was != now)


def _other_reason(ref: str, was: str | None, now: str | None) -> str:
    if now is None:
        return f"not {ref} ({was})"
    return f"{ref} ({now})" if was is None else f"{ref} ({now} instead of {was})"


def _runs(out: WhatIfOut, refs: Iterable[str]) -> Iterator[tuple[StatusChange, list[str]]]:
    """The changes with the periods in a row in which each is the same, by subject in the order of `refs`."""
    place = {period: at for at, period in enumerate(out.periods)}
    by_subject: dict[str, list[StatusChange]] = {ref: [] for ref in refs}
    for one in out.changes:
        by_subject[one.ref].append(one)
    for changes in filter(None, by_subject.values()):
        run = [changes[0]]
        for one in changes[1:]:
            goes_on = place[one.period] == place[run[-1].period] + 1
            if not goes_on or (one.was, one.status) != (run[-1].was, run[-1].status):
                yield run[0], [each.period for each in run]
                run = []
            run.append(one)
        yield run[0], [each.period for each in run]


def _range(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


# ---- a sweep


def _sweep(options: Options, office: Office, about: "Declared") -> int:
    from engine.reports.bars import bars
    from engine.whatif.candidates import read_sweep
    from engine.whatif.counted import sweep

    picture = Path(options.picture) if options.picture else None
    if picture is not None and picture.suffix.lower() not in _KINDS:
        raise UsageError(f"{options.picture!r} is no picture that can be drawn; call it .svg or .png")
    if picture is not None:
        _refuse_to_overwrite(picture)
    threshold, values = read_sweep(options.sweep, about.rulebook)
    level = LEVELS[options.level or "projects"]
    out = sweep(_looked(options, office, about), threshold, values, level)
    if picture is not None:
        from engine.reports.chart import sweep_chart

        picture.write_bytes(sweep_chart(out, about.scheme, "svg" if picture.suffix.lower() == ".svg" else "png"))
        out = out.model_copy(update={"picture": options.picture})
    text = [f"{out.title}, {_range(out.periods)}: {out.threshold}, {out.threshold_title}"]
    text += [f"Counted under each value: {out.counted} ({out.total:,} in all).", ""]
    emit(
        options,
        out.model_dump(mode="json", by_alias=True),
        lambda: "\n".join((*text, bars(out, about.scheme), "", *out.sentences, *_written(out))),
    )
    return DONE


def _written(out: SweepOut) -> list[str]:
    return [f"The picture is in {out.picture}."] if out.picture else []


def _refuse_to_overwrite(picture: Path) -> None:
    """Raises UsageError where there is a file that no sweep has drawn: only those are drawn anew."""
    from engine.reports.chart import is_sweep_chart

    if picture.exists() and not (picture.is_file() and is_sweep_chart(picture.read_bytes())):
        raise UsageError(f"{picture} is there already, and is no picture of a sweep; give --picture another name")
