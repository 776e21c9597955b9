"""What every message to be has, whatever it is about: who it is for, and which occasion it belongs to."""

from datetime import datetime

from engine.model.base import Frozen
from engine.model.settings import MailSettings


class Addressed(Frozen):
    """One message to be. What it says is in the models made of this one."""

    audience: str
    kind: str  # the templates' name, and the first part of the key
    recipient: str  # a person's id
    name: str
    address: str
    portfolio: str
    portfolio_title: str
    mail: MailSettings
    now: datetime
    period: str
    occurrence: str = ""  # what is told once: the period where nothing is said, or such as "2019-01 on 2019-02-22"
    revision: int = 1

    @property
    def dedupe_key(self) -> str:
        """The same message is never queued twice."""
        parts = (self.kind, self.recipient, self.audience, self.portfolio, self.occurrence or self.period)
        return "|".join((*parts, str(self.revision)))
