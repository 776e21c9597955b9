"""Whether a message goes at once, or waits for a person to release it."""

from engine.model.alerts import OutboxState
from engine.model.workspace import Audience, MailSettings


def state_when_queued(audience: Audience, messages: int, mail: MailSettings) -> tuple[OutboxState, str]:
    """The state in which an audience's message is queued, and why it is held; `messages` is how many the run has.

    More messages than the settings allow are all held: so many at once are more likely an accident than news.
    """
    if messages > mail.most_messages:
        why = f"{messages} messages at once are more than the {mail.most_messages} that config/settings.yaml allows"
        return OutboxState.HELD, why
    if audience.release == "by hand":
        return OutboxState.HELD, "this audience's messages are released by hand"
    return OutboxState.PENDING, ""
