"""The files of a workspace, as somebody would have typed them: from a listing, in the order of the list."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from engine.model.problems import Problem
from engine.setup.listing import Listed, Listing
from engine.setup.rules import rule_file
from engine.workspace.schemas import schema_line
from engine.workspace.yamlfile import LARGEST
from engine.workspace.yamlwriting import scalar, visible

MAIL_FROM = "pmo@council.example"  # until somebody says
_WIDEST = 32  # characters of a name that others are lined up with
_MOST_MESSAGES = 50


def files(listing: Listing) -> dict[str, str]:
    """The text of each file by its path in the workspace, but for those that are the same in every new workspace."""
    name = listing.about.name
    return {
        f"config/portfolios/{name}.yaml": _file("portfolio", f"config/portfolios/{name}.yaml", _portfolio(listing)),
        "config/people.yaml": _file("people", "config/people.yaml", _people(listing)),
        "config/audiences.yaml": _file("audiences", "config/audiences.yaml", _audiences(listing)),
        "config/schedule.yaml": _file("schedule", "config/schedule.yaml", _schedule(listing)),
        "config/settings.yaml": _file("settings", "config/settings.yaml", _settings(listing)),
        f"rules/{name}.yaml": _file("rules", f"rules/{name}.yaml", rule_file(listing)),
        "README.txt": "\n".join(_readme(listing)) + "\n",
    }


def too_large(made: dict[str, str], file: str) -> list[Problem]:
    """A problem for each file that would be larger than what is read again."""
    return [
        Problem(
            file=file,
            where="",
            what=f"{path} would be larger than {LARGEST // 1_000_000} MB, more than is read from one file",
            cure="make two portfolios of it, each from a list of its own",
        )
        for path, content in made.items()
        if len(content.encode()) > LARGEST
    ]


def domains(listing: Listing) -> list[tuple[str, int]]:
    """The domains that mail would go to, the most frequent first, and how many people have an address there."""
    counted = Counter(one.email.rpartition("@")[2].lower() for one in listing.people if one.email)
    return counted.most_common()


def _file(kind: str, path: str, lines: Iterator[str]) -> str:
    return "\n".join(chain([schema_line(kind, path)], lines)) + "\n"


def _portfolio(listing: Listing) -> Iterator[str]:
    about = listing.about
    yield "# One portfolio. The name here, the name of its rule file and its folder under returns/ are the same."
    yield f"portfolio: {_text(about.name)}"
    yield f"title: {_text(about.title)}"
    yield _beside("scheme: three_status", "config/schemes has its statuses")
    if about.owner:
        yield f"owner: {_text(about.owner)}"
    yield f"reports: {about.reports}"
    yield _beside(f"starts: {about.starts}", "the first period that is judged")
    yield f"year_starts: {about.year_starts}"
    yield _beside(f"returns_due: {about.returns_due}", "after the period's end")
    if listing.measures:
        yield ""
        yield _beside("measures:", "more that may stand in a line: decimals, parts, adds_up, supporting")
        width = _width(measure.id for measure in listing.measures)
        for measure in listing.measures:
            better = f", better: {measure.better}" if measure.better else ""
            title = _text(measure.title)
            yield f"  {_key(measure.id, width)} {{title: {title}, unit: {measure.unit}{better}}}"
    if listing.programmes:
        yield ""
        yield "programmes:"
        for programme in listing.programmes:
            yield from _subject(programme, "  ")
            if programme.projects:
                yield "    projects:"
                for project in programme.projects:
                    yield from _subject(project, "      ")
    if listing.projects:
        yield ""
        yield _beside("projects:", "that belong to no programme") if listing.programmes else "projects:"
        for project in listing.projects:
            yield from _subject(project, "  ")


def _subject(one: Listed, indent: str) -> Iterator[str]:
    yield f"{indent}- ref: {_text(one.ref)}"
    yield f"{indent}  title: {_text(one.title)}"
    if one.owner:
        yield f"{indent}  owner: {_text(one.owner)}"
    if one.targets:
        yield f"{indent}  measures:"
        for measure, target in one.targets.items():
            yield f"{indent}    {_text(measure)}: {{{f'target: {target}' if target is not None else ''}}}"


def _schedule(listing: Listing) -> Iterator[str]:
    every = "month" if listing.about.reports == "monthly" else "quarter"
    yield "# What `telltale serve` does by itself, and when; `telltale schedule` lists what comes next."
    for name, do, day, at in (
        ("remind", "remind", "2nd", "09:00"),
        ("chase", "chase", "6th", "06:30"),
        ("derive", "run", "6th", "07:00"),
    ):
        yield f'{name}: {{do: {do}, when: {{every: {every}, on: {day} working day, at: "{at}"}}}}'
    yield 'backup: {do: backup, when: {every: working day, at: "19:00"}}'


def _people(listing: Listing) -> Iterator[str]:
    yield "# Roles and their addresses. A role may have a deputy: {who: ROLE, from: 2025-08-01, until: 2025-08-14}"
    if not listing.people:
        yield "# such as: portfolio_lead: {name: Portfolio Lead, email: portfolio.lead@council.example}"
        yield "{}"
    width = _width(person.id for person in listing.people)
    for person in listing.people:
        email = f", email: {_text(person.email)}" if person.email else ""
        yield f"{_key(person.id, width)} {{name: {_text(person.name)}{email}}}"


def _audiences(listing: Listing) -> Iterator[str]:
    about = listing.about
    yield "# Who is told: the owners of what it is about, or people by their role; and from which status on."
    yield "owners: {who: owners, about: {level: projects}, at: exceptions, when: after run}"
    board = f"who: [{_text(about.owner or 'ROLE')}], about: {{portfolio: {_text(about.name)}}}"
    if about.owner:
        yield f"board:  {{{board}, at: exceptions, when: after run, release: at once}}"
    else:
        yield f"# board:  {{{board}, at: exceptions, when: after run, release: at once}}"


def _settings(listing: Listing) -> Iterator[str]:
    allowed = ", ".join(_text(domain) for domain, _ in domains(listing)) or "council.example"
    yield "database: sqlite:///var/telltale.db"
    yield "returns: returns"
    yield "outbox: var/outbox"
    yield "mail:"
    yield _beside("  notifier: folder", "mails are written into the outbox as files, and go nowhere")
    mail_from = f"  from: {_text(listing.about.mail_from or MAIL_FROM)}"
    yield mail_from if listing.about.mail_from else _beside(mail_from, "put the PMO's address here")
    yield _beside(f"  allowed_domains: [{allowed}]", "the domains of the list's addresses: mail goes to no other")
    most = max(_MOST_MESSAGES, len(listing.people) + 10)  # one for each owner, and some for the board
    yield _beside(f"  most_messages: {most}", "more than that in one run looks like an accident, and is held")


def _readme(listing: Listing) -> Iterator[str]:
    name = listing.about.name
    yield "A Telltale workspace: what is judged, by which rules, and who is told."
    yield ""
    yield f"  config/portfolios/{name}.yaml   the portfolio, its programmes and projects, and their measures"
    yield "  config/              the scheme of statuses, the people, the audiences, the calendar and the settings"
    yield "  rules/               the rules that give a status, each with tests of its own"
    yield "  returns/             what owners submit: PORTFOLIO/PERIOD/NAME.xlsx, or a folder NAME of CSV files"
    yield ""
    yield "After every edit: telltale check, then telltale test."
    yield "Each period: telltale returns template FOLDER makes a workbook for each owner to fill in;"
    yield f"telltale returns submit FILE --period PERIOD takes it back; telltale run {name} judges and tells."


def _beside(line: str, comment: str) -> str:
    return f"{line.ljust(32)} # {comment}"


def _width(names: Iterator[str]) -> int:
    """Up to where what follows the names is lined up; a name that is very long stands out."""
    return max((len(_text(name)) for name in names if len(name) <= _WIDEST), default=0) + 1


def _key(name: str, width: int) -> str:
    return f"{_text(name)}:".ljust(width)


def _text(value: str) -> str:
    """A text of the list as a value; what nobody can see of it is left out."""
    return scalar(visible(value))
