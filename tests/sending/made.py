"""What the tests of sending share: an outbox with messages, and a sending of all of it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.model.alerts import Rendered
from engine.model.settings import Security, SmtpSettings
from engine.store.store import Store
from notifiers.outbox import DeliveryReport, deliver_pending
from notifiers.smtp import SmtpNotifier
from tests.notifiers.reading import rendered
from tests.notifiers.samples import telling
from tests.store.samples import NOW, opened, publication, publish, queued

DOMAINS = ("council.example",)
SENDER = "pmo@council.example"


def mail(recipient: str, **more: Any) -> Rendered:
    """A real message to recipient@council.example, of the store's portfolio."""
    made = rendered(telling(recipient=recipient, address=f"{recipient}@council.example"))
    return made.model_copy(update={"portfolio": "care", **more})


def outbox(folder: Path, *recipients: str) -> Store:
    """A store in a folder with a message to each, waiting."""
    store = opened(folder)
    publish(store, publication(messages=[queued(mail(recipient)) for recipient in recipients]))
    return store


def notifier(port: int, security: Security = "none", *, host: str = "localhost", **more: Any) -> SmtpNotifier:
    """A notifier that waits for hardly anything."""
    user = more.pop("user", None)
    settings = SmtpSettings(host=host, port=port, security=security, user=user)
    return SmtpNotifier(settings, SENDER, **{"step": 5.0, "last_reply": 5.0, **more})


def send(
    store: Store, via: SmtpNotifier, now: datetime = NOW, stop: Callable[[], bool] = lambda: False
) -> DeliveryReport:
    return deliver_pending(store, via, DOMAINS, lambda: now, stop=stop)


def states(store: Store) -> dict[str, str]:
    return {one.rendered.recipient: one.state.value for one in reversed(store.outbox())}


def details(store: Store) -> dict[str, str]:
    return {one.rendered.recipient: one.detail for one in reversed(store.outbox())}
