"""`telltale mail preview`: what a run, a reminder, a chase or a telling would send now, as plain text."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from email import policy
from email.parser import BytesParser

from engine import app
from engine.cli import DONE, show
from engine.cli.common import Options, emit, open_office
from engine.model.alerts import Rendered
from engine.model.problems import Problem
from engine.office import Office, UsageError, meant
from engine.previewing import Preview


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    audience: str
    to: str
    subject: str
    reasons: dict[str, str]
    text: str


def preview(options: Options) -> int:
    """Show the messages, and what could not be made."""
    office = open_office(options)
    _check_name(office, options.to)
    names, nothing = _asked_for(office, options)
    found = list(_of_each(office, names, options))
    messages = [
        PreviewedMessage(one.audience, one.address, one.subject, one.reasons, plain_text(one))
        for one in (message for preview in found for message in preview.messages)
        if options.to in (None, one.recipient, one.audience)
    ]
    problems = [problem for preview in found for problem in preview.problems]
    answer = {
        "schema": 1,
        "messages": [asdict(message) for message in messages],
        "problems": [problem.model_dump(mode="json") for problem in problems],
    }
    emit(options, answer, lambda: _in_words(messages, problems, nothing))
    return DONE


def _in_words(messages: Sequence[PreviewedMessage], problems: Sequence[Problem], nothing: str) -> str:
    texts = [f"To: {one.to}\nSubject: {one.subject}\n\n{one.text}" for one in messages] or [nothing]
    if problems:
        texts.append("\n".join(["What could not be made:", *show.bullets(map(str, problems))]))
    return ("\n" + "=" * show.WIDTH + "\n").join(texts)


def _check_name(office: Office, name: str | None) -> None:
    """Raises UsageError where there is neither a person nor an audience of that name that a message could be to."""
    known = (*office.workspace.people, *office.workspace.audiences)
    if name is not None and name not in known:
        raise UsageError(f"there is nobody {name!r}, person or audience; {meant(name, known)}")


def _asked_for(office: Office, options: Options) -> tuple[list[str], str]:
    """The portfolios that are looked at, and what is said where there is no message. Raises UsageError."""
    from engine.telling import portfolios_of

    if options.tell is not None:
        return portfolios_of(office, options.tell, options.portfolio), f"Telling {options.tell} now would send nothing."
    names = office.names(options.portfolio)
    if options.remind or options.chase:
        return names, f"A {'reminder' if options.remind else 'chase'} now would ask nobody."
    audience = office.workspace.audiences.get(options.to or "")
    if audience is not None and audience.when != "after run":
        raise UsageError(
            f"{options.to} has a calendar of its own, and no run tells it: telltale mail preview --tell {options.to}"
        )
    reaching = [name for name in names if options.to is None or _reaches(office, name, options.to)]
    return reaching, "A run now would send nothing."


def _of_each(office: Office, names: Sequence[str], options: Options) -> Iterator[Preview]:
    """Those of each portfolio. One of several that has nothing of the kind is left out; UsageError where all are."""
    left_out: list[UsageError] = []
    for name in names:
        try:
            yield _of_one(office, name, options)
        except UsageError as error:
            left_out.append(error)
    if left_out and len(left_out) == len(names):
        raise left_out[0]


def _of_one(office: Office, name: str, options: Options) -> Preview:
    if options.tell is not None:
        return app.preview_telling(office, name, options.tell)
    if options.remind or options.chase:
        return app.preview_asking(office, name, "reminder" if options.remind else "chaser", options.period)
    return app.preview(office, name, options.period)


def _reaches(office: Office, name: str, to: str) -> bool:
    """Whether a portfolio's audiences of today have the person among them, or are the one named."""
    from engine.alerts.audiences import concerns, recipients

    portfolio, people = office.portfolio(name), office.workspace.people
    audiences = {key: one for key, one in office.workspace.audiences.items() if concerns(one, portfolio)}
    return to in audiences or any(
        to in recipients(one, portfolio, people, office.today).reachable for one in audiences.values()
    )


def plain_text(message: Rendered) -> str:
    """The plain-text part of a message."""
    part = BytesParser(policy=policy.default).parsebytes(message.body).get_body(("plain",))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n").rstrip()
