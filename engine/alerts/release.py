"""Whether a message goes at once, or waits for a person to release it."""

from engine.model.alerts import OutboxState
from engine.model.numbers import read_number
from engine.model.run import RunOut
from engine.model.settings import MailSettings
from engine.model.workspace import Audience

FEW = 10  # so many subjects may always change: a share of few says little


def accident(run: RunOut, messages: int, mail: MailSettings) -> str:
    """Why a run looks more like an accident than like news, so that none of its messages goes by itself; or nothing.

    `messages` is how many it has. A subject has changed where its status is another than that of the period before.
    """
    if many := too_many(messages, mail):
        return many
    had = [subject for subject in run.subjects if subject.previous is not None]
    changed = sum(subject.status != subject.previous for subject in had)
    if changed > FEW and changed * 100 > read_number(mail.most_changed).value * len(had):
        return f"{changed} of {len(had)} statuses changed at once, and config/settings.yaml allows {mail.most_changed}"
    return ""


def too_many(messages: int, mail: MailSettings) -> str:
    """Why so many messages at once are held; nothing where they are as many as may go."""
    if messages <= mail.most_messages:
        return ""
    return f"{messages} messages at once are more than the {mail.most_messages} that config/settings.yaml allows"


def state_when_queued(audience: Audience, accident: str) -> tuple[OutboxState, str]:
    """The state in which an audience's message is queued, and why it is held; `accident` is why the whole run is."""
    if accident:
        return OutboxState.HELD, accident
    if audience.release == "by hand":
        return OutboxState.HELD, "this audience's messages are released by hand"
    return OutboxState.PENDING, ""
