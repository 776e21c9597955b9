"""What settings.yaml says of mail that can't be, or that would give something away."""

import re
from collections.abc import Iterator

from engine.model.numbers import NumberError, read_number
from engine.model.problems import Fault
from engine.model.settings import ArchiveSettings, MailSettings, SmtpSettings
from engine.model.values import Unit
from engine.workspace.peoplechecks import check_address, is_domain
from engine.workspace.spelling import quoted
from engine.workspace.yamlfile import Loc, YamlFile

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1", re.IGNORECASE)
_FOLDER = re.compile(r"[ !#-\[\]-~]+")  # what IMAP takes in quotes: printable ASCII but for " and \


def check_mail(file: YamlFile, mail: MailSettings) -> Iterator[Fault]:
    """Every fault of `mail` in settings.yaml."""
    yield from check_address(file, ("mail", "from"), mail.from_, ())
    if mail.reply_to is not None:
        yield from check_address(file, ("mail", "reply_to"), mail.reply_to, ())
    if not mail.allowed_domains:
        what = "mail may go to no domain, so that nobody can be told anything"
        yield file.warning(("mail",), "no-domain", what, "list your domains under `mail: allowed_domains`")
    for number, domain in enumerate(mail.allowed_domains):
        if not is_domain(domain):
            what = f"{quoted(domain)} is not a mail domain"
            yield file.fault(("mail", "allowed_domains", number), "bad-address", what, "write it as council.example")
    if mail.most_messages < 1:
        what = f"`most_messages` can't be {mail.most_messages}"
        yield file.fault(("mail", "most_messages"), "wrong-value", what, "write how many messages one run may send")
    if not is_share(mail.most_changed):
        what = f"`most_changed` can't be {quoted(mail.most_changed)}"
        yield file.fault(("mail", "most_changed"), "wrong-value", what, "write a share of the statuses, such as 50%")
    if mail.smtp is not None:
        yield from _check_server(file, ("mail", "smtp"), mail.smtp)
    elif mail.notifier == "smtp":
        what = "`notifier: smtp` needs to know the mail server"
        cure = "write it under `mail` as `smtp: {host: mail.council.example, user: pmo}`"
        yield file.fault(("mail", "notifier"), "no-mail-server", what, cure)
    if mail.archive is not None:
        yield from _check_server(file, ("mail", "archive"), mail.archive)
        yield from _check_archive(file, mail.archive, mail)


def is_share(text: str) -> bool:
    """Whether it is a percentage above nought, of 100% at most."""
    try:
        number = read_number(text)
    except NumberError:
        return False
    return number.unit is Unit.PERCENT and 0 < number.value <= 100


def _check_server(file: YamlFile, loc: Loc, server: SmtpSettings | ArchiveSettings) -> Iterator[Fault]:
    if not _HOST.fullmatch(server.host):
        what = f"{quoted(server.host)} is not the name of a server"
        yield file.fault((*loc, "host"), "wrong-value", what, "write its name alone, such as mail.council.example")
    if server.port is not None and not 0 < server.port < 65536:
        what = f"`port` can't be {server.port}"
        yield file.fault((*loc, "port"), "wrong-value", what, "write a number from 1 to 65535, or leave it out")
    if server.user is not None and not (server.user.isprintable() and server.user.strip()):
        what = "`user` has to be one line of text"
        yield file.fault((*loc, "user"), "wrong-value", what, "write the name to log in with")
    if server.user is not None and server.security == "none" and not _LOOPBACK.fullmatch(server.host):
        what = f"the password would go to {quoted(server.host)} for everybody on the way to read"
        yield file.warning((*loc, "security"), "plain-password", what, "write `security: starttls`, or `tls`")


def _check_archive(file: YamlFile, archive: ArchiveSettings, mail: MailSettings) -> Iterator[Fault]:
    if not _FOLDER.fullmatch(archive.folder):
        what = f"`folder` can't be {quoted(archive.folder)}"
        cure = "write its name in plain letters, such as INBOX or Archive/Telltale"
        yield file.fault(("mail", "archive", "folder"), "wrong-value", what, cure)
    if archive.address is None:
        return
    yield from check_address(file, ("mail", "archive", "address"), archive.address, ())
    domain = archive.address.rpartition("@")[2].lower()
    if domain not in {one.lower() for one in mail.allowed_domains}:
        what = f"the archive's address is outside the domains that mail may go to: {quoted(archive.address)}"
        cure = "add its domain to `allowed_domains`, or take another address"
        yield file.fault(("mail", "archive", "address"), "archive-not-allowed", what, cure)
