"""The words of the command line. Imports nothing but argparse, so that help comes at once."""

import argparse

EPILOGUE = """\
SUBJECT is portfolio/ref, or the ref alone where it is unique. PERIOD is a period's name, such as 2019-01; without
one it is the latest published, for run and mail preview the latest with a return, for lists every one. Exit codes:
0 done; 1 the answer is no; 2 used wrongly; 3 the program failed; 4 busy, try again.
"""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="telltale",
        description="Statuses, trends and alerts for portfolios of projects, by declared rules.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _everywhere(parser, workspace=".", format="text", now=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    init = _command(commands, "init", "make a new workspace in a folder")
    init.add_argument("folder", metavar="DIR", help="the folder; nothing in it is overwritten")

    _command(commands, "check", "find every fault in config/ and rules/")

    test = _command(commands, "test", "run the tests that stand beside the rules")
    test.add_argument("portfolio", nargs="?", help="one portfolio; all without it")

    run = _command(commands, "run", "take in new returns, judge a period, publish, and write the mails")
    run.add_argument("portfolio")
    run.add_argument("--period", help="the latest with a return, without it")
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

    _command(commands, "doctor", "check that everything a run needs is in order")

    demo = _command(commands, "demo", "judge the workspace's own example into a throw-away database")
    demo.add_argument("portfolio", nargs="?", help="one portfolio; all without it")

    returns = _group(commands, "returns", "what owners submit")
    submit = _command(returns, "submit", "check a return, say what was understood, and put it in its place")
    submit.add_argument("file", metavar="FILE", help="a workbook (.xlsx), or a folder of CSV files")
    submit.add_argument("--portfolio", help="needed only where the workspace has several")
    submit.add_argument("--period", required=True)
    submit.add_argument("--submitter", help="whose return it is; the file's name without it")
    listing = _command(returns, "list", "list the returns that were taken in or lie ready")
    listing.add_argument("portfolio", nargs="?")
    listing.add_argument("--period")

    mail = _group(commands, "mail", "messages to owners and leaders")
    mails = _command(mail, "list", "list the messages, newest first")
    mails.add_argument("portfolio", nargs="?")
    mails.add_argument("--period")
    preview = _command(mail, "preview", "show what a run would send, without publishing or sending anything")
    preview.add_argument("portfolio", nargs="?")
    preview.add_argument("--period")
    preview.add_argument("--to", metavar="PERSON", help="only the messages to this person")
    return parser


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
