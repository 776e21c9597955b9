"""Of whom rules can be asked at all: rules that nothing is asked of, and measures that no rule asks about."""

import re
from collections.abc import Iterator

from engine.model.workspace import Level, Portfolio, Subject
from engine.rulebook.names import measures_asked
from engine.rulebook.rules import Rule, Rulebook
from engine.rulebook.slips import Slip
from engine.rulebook.stretches import turns
from engine.rulebook.syntax import facts_in
from engine.rulebook.templates import names_in
from engine.workspace.spelling import listed

_BELOW = {"projects": Level.PROJECT, "programmes": Level.PROGRAMME}


def never_asked(rule: Rule, portfolio: Portfolio) -> Iterator[Slip]:
    """A rule that can be asked of nothing in this portfolio."""
    named = names_about(rule)
    here = [subject for subject in portfolio.subjects.values() if subject.level in rule.levels]
    if not turns(rule, (), portfolio):
        what = f"the rule `{rule.id}` holds in no period since the portfolio starts ({portfolio.starts})"
        yield Slip(rule.at, "never-asked", what, "change its `from` or `until`, or take it out")
    elif not any(_is_asked(rule, named, subject, portfolio) for subject in here):
        what = f"the rule `{rule.id}` is asked of nothing: {_why(rule, named, here, portfolio)}"
        yield Slip(rule.at, "never-asked", what, "change what it names, or what it is for")


def unjudged(rulebook: Rulebook, portfolio: Portfolio) -> list[str]:
    """The measures with a direction and an agreed target of which no rule ever asks whether they meet it.

    A measure without either is there to be shown. Counts of measures ask about all of them.
    """
    named = {base for rule in rulebook.rules for base in (*names_about(rule), *_told(rule))}
    if "measures" in named:
        return []
    for rule in rulebook.rules:
        if rule.of_measures:
            named.update(measures_asked(portfolio, rule.measure, rule.only))
    for measure in portfolio.measures.values():
        named.update(re.findall(r"\w+", measure.equals or ""))
    agreed = {
        name
        for subject in portfolio.subjects.values()
        for name, here in subject.measures.items()
        if here.target is not None
    }
    return [
        name
        for name, measure in portfolio.measures.items()
        if name in agreed and measure.better is not None and name not in named
    ]


def _is_asked(rule: Rule, named: frozenset[str], subject: Subject, portfolio: Portfolio) -> bool:
    below = {one.level for one in portfolio.descendants(subject.ref)}
    if any(_BELOW[name] not in below for name in named & _BELOW.keys()):
        return False
    if not named & portfolio.measures.keys() <= subject.measures.keys() or (
        "measures" in named and not subject.measures
    ):
        return False
    if not rule.of_measures:
        return not rule.only or subject.ref in rule.only
    return any(
        rule.measure in (None, name)
        and (not rule.only or name in rule.only or subject.ref in rule.only)
        and (measure.better is not None or rule.yields != "status")
        for name, measure in portfolio.measures.items()
        if name in subject.measures
    )


def _why(rule: Rule, named: frozenset[str], here: list[Subject], portfolio: Portfolio) -> str:
    levels = listed(sorted(level.value for level in rule.levels)).replace("`", "")
    if not here:
        return f"there is no {levels}"
    below = [name for name in _BELOW if name in named]
    measures = [name for name in portfolio.measures if name in named or name == rule.measure]
    if rule.measure is not None and portfolio.measures[rule.measure].better is None and rule.yields == "status":
        return f"`{rule.measure}` has no `better`, so that it is never coloured"
    if measures:
        together = " together" if len(measures) > 1 else ""
        return f"no {levels} that it is for carries {listed(measures).replace(' or ', ' and ')}{together}"
    if below:
        return f"no {levels} has {below[0]} below it"
    coloured = rule.of_measures and rule.yields == "status"
    return f"no {levels} that it is for carries a measure" + (" with `better`" if coloured else "")


def names_about(rule: Rule) -> frozenset[str]:
    """What a subject's sheet has to expect for a rule to be asked of it: measures, "savings", "projects" …"""
    facts = (fact for condition in rule.conditions for fact in facts_in(condition) if not fact.alone)
    return frozenset(_base(fact.name) for fact in facts)


def _told(rule: Rule) -> Iterator[str]:
    yield from map(_base, names_in(rule.because))


def _base(name: str) -> str:
    return name.partition(" ")[0].partition(".")[0]
