"""Two replays of the same periods held against each other: whose status differs, and which messages."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from engine.model.alerts import Rendered
from engine.model.values import Quantity, plain
from engine.model.whatif import EmailChange, EmailKind, StatusChange, ThresholdOut, WhatIfOut
from engine.model.workspace import Level, Scheme
from engine.pipeline import Declared
from engine.replay import Replayed
from engine.rulebook.rules import Threshold
from engine.whatif.candidates import shown, shown_all, values_between, with_values
from engine.whatif.looked import Looked, noun_of

_LEVELS = (Level.PROJECT, Level.PROGRAMME, Level.PORTFOLIO)


class Differences(NamedTuple):
    """What differs, in the order of the periods and of the portfolio."""

    statuses: Sequence[StatusChange]
    emails: Sequence[EmailChange]


def try_values(looked: Looked, settings: Sequence[tuple[Threshold, Quantity | None]]) -> WhatIfOut:
    """Each of the thresholds at another value (None: not set) throughout."""
    first, last = looked.shown[0].end, looked.shown[-1].end
    set_ = tuple(_threshold(one, values_between(one, first, last), value) for one, value in settings)
    said = " with ".join(one.shown if len(set_) == 1 else f"{one.threshold} {one.shown}" for one in set_)
    return _what_if(looked, with_values(looked.about, settings), said).model_copy(update={"set": set_})


def try_rules(looked: Looked, tried: Declared, file: str) -> WhatIfOut:
    """Other rules, read from a file that is shown by this name."""
    return _what_if(looked, tried, file).model_copy(update={"rules": file})


def _threshold(threshold: Threshold, was: Sequence[Quantity | None], value: Quantity | None) -> ThresholdOut:
    return ThresholdOut(
        threshold=threshold.name,
        title=threshold.title,
        unit=threshold.unit,
        was=tuple(None if one is None else plain(one.value) for one in was),
        value=None if value is None else plain(value.value),
        shown=f"{shown_all(was)} to {shown(value)}",
    )


def _what_if(looked: Looked, tried: Declared, said: str) -> WhatIfOut:
    about = looked.about
    found = _compared(looked.replayed(about), looked.replayed(tried), {period.id for period in looked.shown})
    return WhatIfOut(
        portfolio=about.portfolio.portfolio,
        title=about.portfolio.title,
        scheme=about.scheme.scheme,
        periods=tuple(period.id for period in looked.shown),
        sentence=sentence(said, found, about.scheme, len(looked.shown), noun_of(about.portfolio)),
        changes=tuple(found.statuses),
        emails=tuple(found.emails),
    )


def _compared(today: Iterable[Replayed], tried: Iterable[Replayed], names: Collection[str]) -> Differences:
    """What differs in the periods shown (by name)."""
    found = Differences([], [])
    for one, other in zip(today, tried, strict=True):
        if one.period.id in names:
            found = Differences([*found.statuses, *_statuses(one, other)], [*found.emails, *_emails(one, other)])
    return found


def _statuses(today: Replayed, tried: Replayed) -> Iterator[StatusChange]:
    for was, now in zip(today.run.subjects, tried.run.subjects, strict=True):
        if was.status != now.status:
            yield StatusChange(
                period=today.period.id, ref=was.ref, title=was.title, level=was.level, was=was.status, status=now.status
            )


def _emails(today: Replayed, tried: Replayed) -> Iterator[EmailChange]:
    before, after = _by_recipient(today), _by_recipient(tried)
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        some = now or was
        if some is None or (was is not None and now is not None and was.reasons == now.reasons):
            continue
        change: EmailKind = "more" if was is None else "fewer" if now is None else "changed"
        yield EmailChange(
            period=today.period.id,
            change=change,
            audience=some.audience,
            person=some.recipient,
            address=some.address,
            was=was.reasons if was is not None else {},
            reasons=now.reasons if now is not None else {},
        )


def _by_recipient(replayed: Replayed) -> Mapping[tuple[str, str], Rendered]:
    return {(one.rendered.audience, one.rendered.recipient): one.rendered for one in replayed.alerted.messages}


# ---- in one sentence


def sentence(tried: str, found: Differences, scheme: Scheme, periods: int, noun: str) -> str:
    """ "60% to 65% turns 4 projects Off track in 3 of 12 months and sends 5 more emails." """
    return f"{tried} {_turns(found.statuses, scheme, periods, noun)} and {_sends(found.emails)}."


def _turns(changes: Sequence[StatusChange], scheme: Scheme, periods: int, noun: str) -> str:
    if not changes:
        return "turns no status"
    to = {one.status for one in changes}
    worst_first = sorted(to, key=lambda status: (status is None, -(scheme.rank(status) or 0)))
    turned = [
        f"{_subjects([one for one in changes if one.status == status])} {scheme.name(status)}" for status in worst_first
    ]
    when = f" in {len({one.period for one in changes})} of {periods} {noun}s" if periods > 1 else ""
    return f"turns {_listed(turned)}{when}"


def _subjects(changes: Sequence[StatusChange]) -> str:
    """ "4 projects, 1 programme and the portfolio" """
    found: list[str] = []
    for level in _LEVELS:
        count = len({one.ref for one in changes if one.level is level})
        if count:
            some = f"{count} {level.value}{'' if count == 1 else 's'}"
            found.append("the portfolio" if level is Level.PORTFOLIO else some)
    return _listed(found)


def _sends(emails: Sequence[EmailChange]) -> str:
    """ "sends 5 more and 2 fewer emails", "changes 1 email" """
    more, fewer, changed = (sum(one.change == kind for one in emails) for kind in get_args(EmailKind))
    sent = [f"{count} {words}" for count, words in ((more, "more"), (fewer, "fewer")) if count]
    said = [f"sends {_listed(sent)} email{'' if more + fewer == 1 else 's'}"] if sent else []
    if changed:
        said.append(f"changes {changed}" if sent else f"changes {changed} email{'' if changed == 1 else 's'}")
    return _listed(said) if said else "sends the same emails"


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
