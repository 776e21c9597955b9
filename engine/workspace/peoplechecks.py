"""What people.yaml and audiences.yaml say that nothing bears out, or that could send mail astray."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from engine.model.calendars import OwnCalendar
from engine.model.problems import Fault
from engine.model.workspace import Audience, Person, Portfolio, Scheme
from engine.workspace.dates import periods_in
from engine.workspace.portfoliochecks import check_id, unreadable
from engine.workspace.schedulechecks import check_when
from engine.workspace.spelling import did_you_mean, quoted
from engine.workspace.yamlfile import Loc, YamlFile

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_ADDRESS = 254  # characters, as mail servers have it


def is_domain(text: str) -> bool:
    return len(text) <= _LONGEST_ADDRESS and _DOMAIN.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether the text is one plain address: no name beside it, no second one, letters of plain ASCII."""
    local, at, domain = text.rpartition("@")
    return bool(at) and len(text) <= _LONGEST_ADDRESS and bool(_LOCAL.fullmatch(local)) and is_domain(domain)


def check_address(file: YamlFile, loc: Loc, address: str, allowed_domains: Collection[str]) -> Iterator[Fault]:
    """An address that mail can go to."""
    if not is_address(address):
        what = f"{quoted(address)} is not a plain address"
        yield file.fault(loc, "bad-address", what, "write one address alone, such as pmo@council.example")
    elif allowed_domains and address.rpartition("@")[2].lower() not in {one.lower() for one in allowed_domains}:
        what = f"mail to {quoted(address)} will not be sent: its domain is not among `allowed_domains`"
        cure = "add the domain in config/settings.yaml, or correct the address"
        yield file.warning(loc, "domain-not-allowed", what, cure)


def check_people(
    file: YamlFile, people: Mapping[str, Person], known: Collection[str], domains: Collection[str]
) -> Iterator[Fault]:
    """Every fault of people.yaml. `known` are all names there, those with faults of their own among them."""
    for name, person in people.items():
        yield from check_id(file, (name,), name, key=True)
        if person.email:
            yield from check_address(file, (name, "email"), person.email, domains)
        else:
            what = f"{quoted(name)} has no address and can't be told of anything"
            yield file.warning((name,), "no-address", what, "add `email:`", key=True)
        if not person.name.strip() or any(character in person.name for character in "\r\n"):
            what = "`name` has to be one line of text"
            yield file.fault((name, "name"), "wrong-value", what, "write the name of the role")
        if (deputy := person.deputy) is None:
            continue
        if deputy.who == name:
            yield file.fault(
                (name, "deputy", "who"), "wrong-value", f"{quoted(name)} can't be their own deputy", "name another"
            )
        elif deputy.who not in known:
            cure = did_you_mean(deputy.who, known) or "add the role to this file"
            what = f"there is no {quoted(deputy.who)} in people.yaml"
            yield file.fault((name, "deputy", "who"), "unknown-person", what, cure)
        if deputy.until < deputy.from_:
            what = "the deputy's last day comes before the first"
            yield file.fault((name, "deputy", "until"), "bad-date", what, "write the last day, included, under `until`")


def check_audiences(
    file: YamlFile,
    audiences: Mapping[str, Audience],
    known: Collection[str],
    people: Collection[str] | None,
    portfolios: Mapping[str, Portfolio | None],
    schemes: Mapping[str, Scheme | None],
) -> Iterator[Fault]:
    """Every fault of audiences.yaml. `known` are all audiences; what is None has its own faults, and is let pass."""
    for name, audience in audiences.items():
        yield from check_id(file, (name,), name, key=True)
        yield from _check_who(file, name, audience, people)
        yield from _check_about(file, name, audience, portfolios)
        yield from _check_at(file, name, audience, portfolios, schemes)
        if isinstance(audience.when, OwnCalendar):
            yield from check_when(file, (name, "when"), audience.when)
        for key, text in (("remind_every", audience.remind_every), ("escalate_after", audience.escalate_after)):
            if text is not None:
                yield from unreadable(file, (name, key), partial(periods_in, text))
        if audience.next_up is not None and (audience.next_up == name or audience.next_up not in known):
            others = [one for one in known if one != name]
            cure = did_you_mean(audience.next_up, others) or "take `next_up` out"
            what = f"there is no other audience {quoted(audience.next_up)}"
            yield file.fault((name, "next_up"), "unknown-audience", what, cure)
        elif _circles(name, audiences):
            what = f"what is passed on from {quoted(name)} comes back to it"
            yield file.fault((name, "next_up"), "circle", what, "let the last audience have no `next_up`")


def _circles(name: str, audiences: Mapping[str, Audience]) -> bool:
    """Whether passing on from an audience leads back to it."""
    passed: set[str] = set()
    at = audiences[name].next_up
    while at is not None and at in audiences and at not in passed:
        if at == name:
            return True
        passed.add(at)
        at = audiences[at].next_up
    return False


def _check_who(file: YamlFile, name: str, audience: Audience, people: Collection[str] | None) -> Iterator[Fault]:
    if audience.who == "owners":
        return
    if not audience.who:
        yield file.fault((name, "who"), "wrong-value", "nobody is in this audience", "list people, or write owners")
    for number, person in enumerate(audience.who):
        if people is not None and person not in people:
            cure = did_you_mean(person, people) or "add the role to config/people.yaml"
            what = f"there is no {quoted(person)} in people.yaml"
            yield file.fault((name, "who", number), "unknown-person", what, cure)


def _check_about(
    file: YamlFile, name: str, audience: Audience, portfolios: Mapping[str, Portfolio | None]
) -> Iterator[Fault]:
    chosen = audience.about.portfolio
    if chosen is not None and chosen not in portfolios:
        cure = did_you_mean(chosen, portfolios)
        what = f"there is no portfolio {quoted(chosen)}"
        yield file.fault((name, "about", "portfolio"), "unknown-portfolio", what, cure)
        return
    about = [portfolios[chosen]] if chosen is not None else list(portfolios.values())
    if None in about:
        return
    refs = [ref for portfolio in about if portfolio is not None for ref in portfolio.subjects]
    for number, ref in enumerate(audience.about.subjects):
        if ref not in refs:
            cure = did_you_mean(ref, refs) or "write the ref of a project, programme or portfolio"
            what = f"there is no subject {quoted(ref)}"
            yield file.fault((name, "about", "subjects", number), "unknown-subject", what, cure)


def _check_at(
    file: YamlFile,
    name: str,
    audience: Audience,
    portfolios: Mapping[str, Portfolio | None],
    schemes: Mapping[str, Scheme | None],
) -> Iterator[Fault]:
    portfolio = portfolios.get(audience.about.portfolio or "")
    meant = [schemes.get(portfolio.scheme)] if portfolio is not None else list(schemes.values())
    statuses = [status.id for scheme in meant if scheme is not None for status in scheme.statuses]
    if None not in meant and audience.at not in ("exceptions", *statuses):
        what = f"there is no status {quoted(audience.at)}"
        yield file.fault((name, "at"), "unknown-status", what, did_you_mean(audience.at, ("exceptions", *statuses)))
