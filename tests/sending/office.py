"""A workspace of one portfolio, with messages in its outbox, for the commands that send them."""

from collections.abc import Iterable
from pathlib import Path

from engine.model.alerts import OutboxState, Rendered
from tests.sending.made import mail
from tests.store.samples import opened, publication, publish, queued
from tests.test_runs_over_months import PEOPLE, PORTFOLIO, RULES, SCHEME

NOW = "2019-02-08T09:30"


def office(root: Path, settings: str = "", messages: Iterable[tuple[str, str]] = ()) -> None:
    """Writes the workspace; `settings` is more of `mail`; messages are given as whose and in which state."""
    files = {
        "config/portfolios/care.yaml": PORTFOLIO.replace("portfolio: office", "portfolio: care"),
        "config/schemes/lights.yaml": SCHEME,
        "config/people.yaml": PEOPLE,
        "config/audiences.yaml": "owners: {who: owners, about: {level: projects}}\n",
        "config/settings.yaml": f"mail: {{allowed_domains: [council.example]{settings}}}\n",
        "rules/care.yaml": RULES.replace("portfolio: office", "portfolio: care"),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rows = [queued(whole(to), OutboxState(state)) for to, state in messages]
    with opened(root) as store:
        publish(store, publication(messages=rows))


def whole(to: str) -> Rendered:
    """A message with the name that its recipient, audience and period give it."""
    one = mail(to)
    return one.model_copy(update={"dedupe_key": one.dedupe_key.replace("improving_lives", "care")})


def smtp(port: int, more: str = "") -> str:
    """The settings of a mail server on this machine."""
    return f", notifier: smtp, smtp: {{host: 127.0.0.1, port: {port}, security: none{more}}}"
