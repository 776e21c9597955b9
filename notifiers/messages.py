"""From a telling to a message's frozen bytes: the same telling always gives the same ones.

The subject line is the same every time for a portfolio and kind of message, so that a recipient's messages of one
audience stay in one thread; what changed stands in the first lines, which a phone shows beside the subject. The thread
hangs on a root that is never sent: its identity follows from recipient, audience and portfolio alone.
"""

from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from engine.model.addressed import Addressed
from engine.model.alerts import Rendered, Telling
from engine.model.notices import OfficeNotice, ReturnNotice
from notifiers.addresses import PlainAddress, allowed, read_address, shown
from notifiers.groups import reasons_of
from notifiers.officeviews import office_view
from notifiers.pictures import Block, Picture, draw
from notifiers.refusals import Refusal
from notifiers.returnviews import return_view
from notifiers.views import View, message_view
from notifiers.words import one_line

_LONGEST_HEADER = 150  # characters of a subject; longer ones are cut, in the headers only
_LONGEST_NAME = 60  # and of a recipient's name
# What means something in an address. A long name in quotes loses them where Python breaks the line.
_SPECIALS = str.maketrans(dict.fromkeys('()<>[]:;@\\,."', " "))
_ABOUT = {
    "owner": "status of what you own", "digest": "exceptions",
    "reminder": "your return", "chaser": "your return", "office": "for the office",
}  # fmt: skip
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def render(telling: Addressed, templates: Path | None = None) -> Rendered | Refusal:
    """The message, or why there can be none: an address that mail may not go to, or a template at fault.

    `templates` is the workspace's folder of templates that stand in for the shipped ones; it need not exist.
    """
    parties = _parties(telling)
    if isinstance(parties, Refusal):
        return parties
    to, sender, reply_to = parties
    pictures = _Pictures(sender.domain)
    parts = _parts(telling, templates, pictures)
    if isinstance(parts, Refusal):
        return parts
    subject = f"{_header_text(telling.portfolio_title)}: {_ABOUT[telling.kind]}"
    message_id = f"<{_digest(telling.dedupe_key)}@{sender.domain}>"
    root = f"<{_digest('thread', telling.recipient, telling.audience, telling.portfolio)}@{sender.domain}>"

    message = EmailMessage(SMTP)
    message["From"] = Address("", sender.local, sender.domain)
    message["To"] = Address(_display_name(telling.name), to.local, to.domain)
    message["Reply-To"] = Address("", reply_to.local, reply_to.domain)
    message["Subject"] = subject
    message["Date"] = format_datetime(telling.now)
    message["Message-ID"] = message_id
    message["In-Reply-To"] = root
    message["References"] = root
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    text, html = parts
    # Quoted-printable never has "=_" in it, so that no text can pretend to be a boundary.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if (part := message.get_body(("html",))) is not None:
        pictures.put_beside(part, html)
    for workbook in telling.workbooks if isinstance(telling, ReturnNotice) else ():
        message.add_attachment(workbook.data, *_XLSX, filename=workbook.name)
    _set_boundaries(message, telling.dedupe_key)
    return Rendered(
        dedupe_key=telling.dedupe_key, audience=telling.audience, recipient=telling.recipient, address=str(to),
        portfolio=telling.portfolio, period=telling.period, revision=telling.revision, subject=subject,
        message_id=message_id, date=telling.now, body=message.as_bytes(),
        reasons=_reasons(telling),
    )  # fmt: skip


def _set_boundaries(message: EmailMessage, key: str) -> None:
    """A boundary of its own for each part that holds others: Python's would be made by chance."""
    holding = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(holding):
        part.set_boundary(f"=_{_digest('boundary', str(number), key)}")


def _parties(telling: Addressed) -> tuple[PlainAddress, PlainAddress, PlainAddress] | Refusal:
    """To, From and Reply-To."""
    to = allowed(telling.address, telling.mail.allowed_domains)
    if isinstance(to, Refusal):
        return to
    sender = read_address(telling.mail.from_)
    if sender is None:
        return _misconfigured("from", telling.mail.from_)
    reply_to = sender if telling.mail.reply_to is None else read_address(telling.mail.reply_to)
    if reply_to is None:
        return _misconfigured("reply_to", telling.mail.reply_to or "")
    return to, sender, reply_to


def _misconfigured(key: str, text: str) -> Refusal:
    return Refusal(f"{shown(text)} is not an address; correct `{key}` under `mail` in config/settings.yaml")


class _Pictures:
    """The pictures of one message, each once, by the id that its HTML names it by."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._drawn: dict[str, Picture] = {}

    def show(self, blocks: tuple[Block, ...], words: str) -> View:
        picture = draw(blocks)
        cid = f"{_digest('picture', repr(blocks))}@{self._domain}"
        self._drawn[cid] = picture
        return {"cid": cid, "alt": words, "width": str(picture.width), "height": str(picture.height)}

    def put_beside(self, part: MIMEPart, html: str) -> None:
        """Those that the HTML shows, as its neighbours: a data URI breaks in some mail programs."""
        shown = [(cid, picture) for cid, picture in self._drawn.items() if f"cid:{cid}" in html]
        for number, (cid, picture) in enumerate(shown, 1):
            part.add_related(
                picture.data, "image", "png", cid=f"<{cid}>", filename=f"history-{number}.png", disposition="inline"
            )


def _view(telling: Addressed, pictures: _Pictures) -> View:
    match telling:
        case Telling():
            return message_view(telling, pictures.show)
        case ReturnNotice():
            return return_view(telling)
        case OfficeNotice():
            return office_view(telling)
        case _:
            raise TypeError(f"no message is made of a {type(telling).__name__}")


def _reasons(telling: Addressed) -> dict[str, str]:
    """Why the message is sent, by what it is about."""
    match telling:
        case Telling():
            return {ref: str(reason) for ref, reason in reasons_of(telling).items()}
        case ReturnNotice():
            return {one.ref: telling.kind for one in telling.owed}
        case OfficeNotice():
            kinds = ("stuck", "problems", "owing", "ending")
            counts = {kind: sum(map(telling.is_new, getattr(telling, kind))) for kind in kinds}
            return {kind: f"{count} new" for kind, count in counts.items() if count}
        case _:
            return {}


def _parts(telling: Addressed, templates: Path | None, pictures: _Pictures) -> tuple[str, str] | Refusal:
    """The plain text and the HTML."""
    from notifiers.templating import fill  # Jinja takes a while to load, and most commands render nothing

    view = {"message": _view(telling, pictures)}
    text = fill(f"{telling.kind}.txt.j2", view, templates)
    if isinstance(text, Refusal):
        return text
    html = fill(f"{telling.kind}.html.j2", view, templates)
    return html if isinstance(html, Refusal) else (text, html)


def _display_name(name: str) -> str:
    return _header_text(name.translate(_SPECIALS), _LONGEST_NAME)


def _header_text(text: str, longest: int = _LONGEST_HEADER) -> str:
    # An encoded word ("=?utf-8?…?=") would be decoded on its way into the header, line breaks and all.
    line = one_line(text).replace("=?", "= ?")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
