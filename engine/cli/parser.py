"""The words of the command line. Imports next to nothing, so that help comes at once."""

import argparse
import re

EPILOGUE = """\
SUBJECT is portfolio/ref, or the ref alone where it is unique. PERIOD is a period's name, such as 2019-01; without
one it is the latest published, for run and mail preview the latest with a return, for lists every one. Exit codes:
0 done; 1 the answer is no; 2 used wrongly; 3 the program failed; 4 busy, try again.
"""


class Parser(argparse.ArgumentParser):
    """A command's own parser says what it does not know, with the command's own usage: not the one above it."""

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]  # as overloaded there
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"there is no {unknown[0]!r} here; {self._meant(unknown[0])}")
        return known, unknown

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """As in the library, which lists every choice; a name that is near says more."""
        from engine.workspace.spelling import did_you_mean

        if action.choices is not None and value not in action.choices:
            cure = did_you_mean(str(value), map(str, action.choices)) or f"{self.prog} --help lists them"
            raise argparse.ArgumentError(action, f"there is no {value!r}; {cure}")

    def _meant(self, word: str) -> str:
        from engine.workspace.spelling import did_you_mean

        options = [option for option in self._option_string_actions if option.startswith("--")]
        near = did_you_mean(word.partition("=")[0], options) if word.startswith("-") else ""
        return near or f"{self.prog} --help lists what it takes"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write one that telltale decide list shows")
    return int(text)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser: argparse.ArgumentParser = Parser(
        prog="telltale",
        description="Statuses, trends and alerts for portfolios of projects, by declared rules.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _everywhere(parser, workspace=".", format="text", now=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    init = _command(commands, "init", "make a new workspace in a folder")
    init.add_argument("folder", metavar="DIR", nargs="?", help="the folder; nothing in it is overwritten")
    init.add_argument("--from", dest="from_", metavar="FILE", help="a list of projects and measures (.xlsx or .csv)")
    init.add_argument("--template", metavar="FILE", help="write the workbook for such a list, and nothing else")
    init.add_argument("--schemas", action="store_true", help="write the schemas for editors anew, and nothing else")

    check = _command(commands, "check", "find every fault in config/ and rules/")
    check.add_argument("--explain", metavar="CODE", help="say what the code in brackets after a fault means")

    test = _command(commands, "test", "run the tests that stand beside the rules, and the scenarios")
    test.add_argument("portfolio", nargs="?", help="one portfolio; all without it")
    test.add_argument("--only", metavar="NAME", help="the tests of this rule, or this scenario, alone")
    test.add_argument("--coverage", action="store_true", help="list what no test shows, and tests to add")

    run = _command(commands, "run", "take in new returns, judge a period, publish, and write the mails")
    run.add_argument("portfolio")
    run.add_argument("--period", help="the latest with a return, without it")
    run.add_argument("--hold", metavar="WHY", default="", help="hold its messages, for this reason, until released")
    run.add_argument("--fail-on-exception", action="store_true", help="exit with 1 if any subject is an exception")

    status = _command(commands, "status", "show the published statuses of a period")
    status.add_argument("portfolio", nargs="?", help="needed only where the workspace has several")
    status.add_argument("--period")
    status.add_argument("--fail-on-exception", action="store_true", help="exit with 1 if any subject is an exception")

    for name, words in (
        ("facts", "show the fact sheet of a subject: what the rules see"),
        ("explain", "say why a subject has its status, and how far it is from the next"),
    ):
        command = _command(commands, name, words)
        command.add_argument("subject", metavar="SUBJECT")
        command.add_argument("--period")

    tune = _command(commands, "tune", "write a threshold's new value into the rule file, dated, with its reason")
    tune.add_argument("threshold", metavar="THRESHOLD")
    tune.add_argument("value", metavar="VALUE", help='65%%, -£50k, "4 weeks"; "not set" ends it')
    tune._negative_number_matcher = re.compile(r"-[£(.\d]")  # so that -£50k is a value and not an option
    tune.add_argument("--from", dest="from_", metavar="PERIOD", required=True, help="the first period or day it holds")
    tune.add_argument("--why", required=True, help="the reason, kept in the file")
    tune.add_argument("--by", metavar="WHO", required=True, help="who agreed to it, kept in the file")
    tune.add_argument("--portfolio", help="needed only where several have a threshold of that name")
    tune.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")

    what_if = _command(commands, "what-if", "show what another threshold, or other rules, would have changed")
    what_if.add_argument("portfolio", nargs="?", help="needed only where several have a threshold of that name")
    what_if.add_argument("--set", metavar="NAME=VALUE", action="append", help="a threshold's other value; repeatable")
    what_if.add_argument("--rules", metavar="FILE", help="other rules, or a folder with a file of the portfolio's name")
    what_if.add_argument("--sweep", metavar="NAME=A..B/STEP", help="many values of one: tolerance=5%%..30%%/1%%")
    what_if.add_argument("--from", dest="from_", metavar="PERIOD", help="the first period; without it the first of all")
    what_if.add_argument("--to", metavar="PERIOD", help="the last period; without it the latest published")
    what_if.add_argument("--period", help="one period alone")
    what_if.add_argument("--level", choices=("projects", "programmes", "portfolio"), help="what a sweep counts")
    what_if.add_argument("--picture", metavar="FILE", help="draw the sweep into this file, .svg or .png")

    schedule = _command(commands, "schedule", "list what comes next by itself, or prove a year of it")
    schedule.add_argument("--next", type=int, metavar="N", help="how many; 12 without it")
    schedule.add_argument(
        "--check", type=int, metavar="YEAR", help="say how often each job comes in a year, and where not"
    )
    serve = _command(commands, "serve", "keep the schedule: do what is due, send what waits, until it is stopped")
    serve.add_argument("--listen", metavar="HOST:PORT", help="for /healthz and /metrics; 127.0.0.1:8437 without it")
    serve.add_argument("--every", type=int, metavar="SECONDS", help="how often to look; 20 without it, 30 at most")
    serve.add_argument(
        "--once", action="store_true", help="do what is due, send what waits, say what was done, and end"
    )

    _command(commands, "doctor", "check that everything a run needs is in order")

    demo = _command(commands, "demo", "judge the workspace's portfolios into a throw-away database")
    demo.add_argument("portfolio", nargs="?", help="one portfolio in full; without it a summary of each")

    returns = _group(commands, "returns", "what owners submit")
    submit = _command(returns, "submit", "check a return, say what was understood, and put it in its place")
    submit.add_argument("file", metavar="FILE", help="a workbook (.xlsx), or a folder of CSV files")
    submit.add_argument("--portfolio", help="needed only where the workspace has several")
    submit.add_argument("--period", required=True)
    submit.add_argument("--submitter", help="whose return it is; the file's name without it")
    template = _command(returns, "template", "write the workbooks that owners fill in for a period")
    template.add_argument("place", metavar="FILE_OR_DIR", help="FILE.xlsx for one workbook, a folder for one an owner")
    template.add_argument("--portfolio", help="needed only where the workspace has several")
    template.add_argument("--period", help="the last that has ended, without it")
    template.add_argument("--for", dest="owner", metavar="OWNER", help="what this owner owns alone")
    listing = _command(returns, "list", "list the returns that were taken in or lie ready")
    listing.add_argument("portfolio", nargs="?", help="one portfolio; all without it")
    listing.add_argument("--period")

    late = _command(returns, "overdue", "list who owes a return whose day has passed")
    late.add_argument("portfolio", nargs="?", help="one portfolio; all without it")

    mail = _group(commands, "mail", "messages to owners and leaders")
    mails = _command(mail, "list", "list the messages, newest first")
    mails.add_argument("portfolio", nargs="?", help="one portfolio; all without it")
    mails.add_argument("--period")
    mails.add_argument("--state", metavar="STATE", action="append", help="only those in this state; repeatable")
    preview = _command(mail, "preview", "show what a run would send now, or another command; nothing is kept or sent")
    preview.add_argument("portfolio", nargs="?", help="one portfolio; all without it")
    preview.add_argument("--period")
    preview.add_argument("--to", metavar="NAME", help="only the messages to this person, or to this audience")
    instead = preview.add_mutually_exclusive_group()
    instead.add_argument("--remind", action="store_true", help="in place of a run: what mail remind would send")
    instead.add_argument("--chase", action="store_true", help="what mail chase would send")
    instead.add_argument("--tell", metavar="AUDIENCE", help="what mail tell AUDIENCE would send")
    tell = _command(mail, "tell", "tell an audience that has a calendar of its own, once an occurrence")
    tell.add_argument("audience", metavar="AUDIENCE")
    tell.add_argument("--portfolio", help="one portfolio; all that concern it without it")
    tell.add_argument("--occurrence", metavar="DAY", help="a day of its calendar (2019-02-22); the last, without it")
    why = _command(mail, "why", "say why anybody got a mail about a subject, or got none, and what brings the next")
    why.add_argument("subject", metavar="SUBJECT")
    for name, words, period in (
        ("remind", "remind everybody who owes a return of the day it is due", "the next to fall due, without it"),
        ("chase", "chase everybody whose return is overdue", "the last that fell due, without it"),
    ):
        asking = _command(mail, name, words)
        asking.add_argument("portfolio", nargs="?", help="needed only where the workspace has several")
        asking.add_argument("--period", help=period)
    _on_its_way(mail)
    db = _group(commands, "db", "the database: bring it up to date, copy it, put a copy back")
    _command(db, "upgrade", "bring the database up to this program; of SQLite a copy is kept first")
    backup = _command(db, "backup", "copy the whole database while it is in use")
    backup.add_argument(
        "file", metavar="FILE", nargs="?", help="a new file; without it one in var/backups, by the time"
    )
    backup.add_argument("--keep", type=int, metavar="N", default=30, help="how many of those in var/backups stay; 30")
    restore = _command(db, "restore", "put a backup in the database's place; what is there is copied first")
    restore.add_argument("file", metavar="FILE")
    _decide(_group(commands, "decide", "what people decide: judgements, silences, acknowledgements"))
    return parser


def _on_its_way(mail: "Commands[argparse.ArgumentParser]") -> None:
    """What sends messages, and what people do with those that wait."""
    send = _command(mail, "send", "send everything due now to the mail server, or into the folder")
    send.add_argument("--retry", action="store_true", help="also what waits for its next try")
    send.add_argument("--again", metavar="ID", nargs="+", help="first queue these once more: sent or dead ones")
    _who_and_why(send, "with --again")
    release = _command(mail, "release", "let held messages go, or throw messages away")
    release.add_argument("message", metavar="ID", nargs="*", help="as mail list shows it, or its beginning")
    release.add_argument("--audience", metavar="NAME", help="every held message to this audience")
    release.add_argument("--portfolio", help="only messages of this portfolio")
    release.add_argument("--all", action="store_true", help="every held message")
    release.add_argument("--discard", action="store_true", help="throw them away, with --why, so that they never go")
    _who_and_why(release, "kept with the message", required=True)
    resolve = _command(mail, "resolve", "say whether an uncertain message went out; alone, look into the archive")
    resolve.add_argument("message", metavar="ID", nargs="*", help="as mail list shows it, or its beginning")
    known = resolve.add_mutually_exclusive_group()
    known.add_argument("--sent", action="store_true", help="it arrived, or the server took it")
    known.add_argument("--not-sent", action="store_true", help="it did not, and goes again")
    _who_and_why(resolve, "with --sent or --not-sent")


def _who_and_why(command: argparse.ArgumentParser, when: str, *, required: bool = False) -> None:
    command.add_argument("--by", metavar="WHO", required=required, help=f"who says so; {when}")
    command.add_argument("--why", metavar="REASON", help=f"the reason; {when}")


def _decide(decide: "Commands[argparse.ArgumentParser]") -> None:
    until = "the last day it holds: a day or a period"
    for name, words in (
        ("override", "enter a status that stands in place of the derived one"),
        ("floor", "enter a status that a subject is no better than"),
        ("declare", "enter an owner's own view of a status, which moves nothing"),
    ):
        judgement = _act(decide, name, words, f'{until}, or "milestone NAME"; that one period without it')
        judgement.add_argument("status", metavar="STATUS", help="its name, code or id")
        judgement.add_argument("--period", help="the first that it counts for; the latest published, without it")
    silence = _act(decide, "silence", "keep news of a subject from being told, until a day", until)
    silence.add_argument("--below", action="store_true", help="of all that lies below the subject too")
    silence.add_argument("--audience", metavar="AUDIENCE", help="for this audience alone")
    acknowledge = _act(decide, "acknowledge", "say that a subject's open cases are known and seen to", until)
    for command in (silence, acknowledge):
        command.add_argument("--rule", metavar="RULE", help="of what this rule finds alone")
    end = _command(decide, "end", "end one of these before its time")
    end.add_argument("number", metavar="NUMBER", type=_number, help="as decide list shows it")
    _decided_by(end)
    end.add_argument("--period", help="of a judgement: the first it counts for no longer; the latest published without")
    listing = _command(decide, "list", "list what is in force")
    listing.add_argument("portfolio", nargs="?", help="one portfolio; all without it")
    listing.add_argument("--all", action="store_true", help="also what is over, ended or lapsed")


def _act(decide: "Commands[argparse.ArgumentParser]", name: str, words: str, until: str) -> argparse.ArgumentParser:
    command = _command(decide, name, words)
    command.add_argument("subject", metavar="SUBJECT")
    _decided_by(command)
    command.add_argument("--until", metavar="UNTIL", help=until)
    return command


def _decided_by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="WHO", required=True, help="who decided it, kept for good")
    command.add_argument("--why", required=True, help="the reason, kept for good and shown in mails")


Commands = argparse._SubParsersAction  # its only name in the library


def _group(commands: "Commands[argparse.ArgumentParser]", name: str, words: str) -> "Commands[argparse.ArgumentParser]":
    group = commands.add_parser(name, help=words, description=words.capitalize() + ".")
    return group.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)


def _command(commands: "Commands[argparse.ArgumentParser]", name: str, words: str) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _everywhere(command)
    return command


def _everywhere(parser: argparse.ArgumentParser, **defaults: str | None) -> None:
    """What every command takes, before its name or after it; a default stands only on the parser of them all."""

    def default(name: str) -> str | None:
        return defaults[name] if defaults else argparse.SUPPRESS

    parser.add_argument(
        "-C", dest="workspace", metavar="DIR", default=default("workspace"), help="the workspace; here without it"
    )
    parser.add_argument("--format", choices=("text", "json"), default=default("format"), help="text is for people")
    parser.add_argument(
        "--now", metavar="TIME", default=default("now"), help="act as at this time (2019-02-08T07:00); or TELLTALE_NOW"
    )
