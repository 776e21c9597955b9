"""Slips in config files: each is one sentence at its place, with what to write instead."""

from pathlib import Path

import pytest

from tests.workspace.sample import CARE, DAYS, SET, THREE, TOLD, WHO, edit, said, write_sample

ID_CURE = "use letters a to z, digits, _ and - alone"
WORD_CURE = "use letters a to z, digits and _ alone, a letter first"
DATE_CURE = "write a month such as 2019-04, or a day such as 2019-04-01"
NAMES_CURE = "give each status names and codes of its own"
ADDRESS_CURE = "write one address alone, such as pmo@council.example"
PATH_CURE = "name a folder or file inside the workspace"
TWO_WEEKS_CURE = "write {every: 2 weeks, from: DAY}, or {dates: [DAY, DAY]}"
DATES_CURE = "write the days out, as {dates: [DAY, DAY]}"
SQLITE_CURE = "write it as sqlite:///var/telltale.db"
REF_CURE = "give each subject a ref of its own"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_sample(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "what", "cure"),
    [
        # the portfolio
        (CARE, "title: Care\n", "§titel: Care\n", "unknown key `titel`", "did you mean `title`?"),
        (CARE, "portfolio: care\ntitle: Care\n", "§portfolio: care\n",
         "`title` is missing", "write `title: …` in the file"),
        (CARE, "portfolio: care\n", "portfolio: §a/b\n", "`a/b` can't be used as a name here", ID_CURE),
        (CARE, "scheme: three", "scheme: §thre", "there is no scheme `thre`", "did you mean `three`?"),
        (CARE, "owner: director", "owner: §directer",
         "there is no `directer` in people.yaml", "did you mean `director`?"),
        (CARE, "monthly", "§bi-weekly", "`bi-weekly` may mean every 2 weeks or twice a week", TWO_WEEKS_CURE),
        (CARE, "monthly", "§Bimonthly", "`Bimonthly` may mean every 2 months or twice a month", DATES_CURE),
        (CARE, "monthly", "{every: §biweekly, from: 2019-01-01}",
         "`biweekly` may mean every 2 weeks or twice a week", TWO_WEEKS_CURE),
        (CARE, "monthly", "{every: §fortnight, from: 2019-01-01}",
         "`every: fortnight` can't be read", "write it as `every: 2 weeks`"),
        (CARE, "reports: monthly", "reports: {dates: §[]}", "there are no dates here", "list the reporting days"),
        (CARE, "reports: monthly", "reports: {every: 2 weeks, from: §0019-01-01}",
         "0019-01-01 can't be a first reporting day", "write the day of the first report"),
        (CARE, "reports: monthly", "reports: §yearly",
         "`reports` can't be `yearly`", "write `monthly` or `quarterly` or {every: …, from: …} or {dates: …}"),
        (CARE, "starts: 2019-01", "starts: §January 2019",
         "'January 2019' is not a monthly period", "write it as 2019-01"),
        (CARE, "starts: 2019-01", "starts: §9019-01", "9019-01 is too far ahead", "write a period before 2200"),
        (CARE, "starts: 2019-01", "starts: 2019-01\nyear_starts: §Apirl",
         "'Apirl' is not a month", "did you mean `April`?"),
        (CARE, "starts: 2019-01", "starts: 2019-01\nreturns_due: §last day",
         "'last day' is not a day that returns are due on", "write it as 5th working day, or 10th day"),
        (CARE, "  income: {title", "  §in-come: {title", "`in-come` can't be used as a name in rules", WORD_CURE),
        (CARE, "  income: {title", "  §savings: {title",
         "`savings` means something else in rules", "give the measure another name"),
        (CARE, "unit: money", "unit: §pounds",
         "`unit` can't be `pounds`", "write `number`, `percent`, `money` or `weeks`"),
        (CARE, "unit: money", "unit: money, ignore_traps: [zero, §thousand]", "`ignore_traps` can't be `thousand`",
         "did you mean `thousands`? write `zero`, `unchanged`, `jump`, `thousands`, `over_100` or `target`"),
        (CARE, "unit: percent", "unit: percent, adds_up: §yes",
         "percentages don't add up over a year", "take `adds_up` out"),
        (CARE, "unit: percent", "unit: percent, decimals: §-1",
         "`decimals` can't be -1", "write a whole number from 0 to 6"),
        (CARE, "unit: percent", "unit: percent, parts: [North, §north]",
         "the part `north` is listed twice", "keep one of them"),
        (CARE, "unit: percent", "unit: percent, parts: [§'']", "a part has no name", "name it"),
        (CARE, "unit: money", "unit: money, starts: §soon", "'soon' is not a date", DATE_CURE),
        (CARE, "unit: percent", "unit: percent, series: [{from: §soon}]", "'soon' is not a date", DATE_CURE),
        (CARE, "unit: percent", "unit: percent, series: [{from: 2019-01, settles_after: §a year}]",
         "'a year' is not a number of periods", "write it as 3 periods"),
        (CARE, "income: {}}", "§incom: {}, income: {}}", "there is no measure `incom`", "did you mean `income`?"),
        (CARE, "  income: {title", "  §spare: {title: Spare, unit: number}\n  income: {title",
         "no subject carries the measure `spare`",
         "list it under `measures` of a project or programme, or take it out"),
        (CARE, "50%", "§about half",
         "the target `about half` can't be read: 'about half' is not a number",
         "write it as 15.1%, £1,320k, (1,061) or 12"),
        (CARE, "50%", "§£50k",
         "the target `£50k` can't be read: this is a percentage, and what was written is money", "write it as 15.1%"),
        (CARE, "income: {}", "income: {year_target: §28}",
         "the target `28` can't be read: 28 has no unit, and this is money", "write £28k for thousands or £28"),
        (CARE, "50%", "[{from: §2018-13, value: 50%}]", "'2018-13' is not a date", DATE_CURE),
        (CARE, "50%", "[{from: 2018-04, value: §5 0}]",
         "the target `5 0` can't be read: '5 0' has a space inside",
         "write one number without spaces, such as 1234 or 1,234"),
        (CARE, "50%", "[{from: 2018-04, value: 50%}, {from: §2018-04-01, value: 60%}]",
         "two entries begin on 2018-04-01", "keep one of them, or change its date"),
        (CARE, "ref: payments", "ref: §P1", "the ref `P1` is already taken, in line 11", REF_CURE),
        (CARE, "ref: payments", "ref: §care", "the ref `care` is already taken, in line 1", REF_CURE),
        (CARE, "ref: payments", "ref: §direct payments", "`direct payments` can't be used as a name here", ID_CURE),
        (CARE, "        owner: lead\n", "        owner: §leed\n",
         "there is no `leed` in people.yaml", "did you mean `lead`?"),
        (CARE, "ref: P1\n    title: Programme\n    owner: lead\n", "§ref: P1\n    title: Programme\n",
         "`P1` has no owner, so nobody is told of it as its owner",
         "add `owner:` with a name from config/people.yaml"),
        (CARE, "is: live", "is: §alive",
         "`is` can't be `alive`",
         "did you mean `live`? write `live`, `not started`, `developing`, `not monitored` or `closed`"),
        (CARE, "[{from: 2018-04,", "[{from: §1/4/2018,", "'1/4/2018' is not a date", DATE_CURE),
        # schemes
        (THREE, "id: amber", "id: §amber-ish", "`amber-ish` can't be used as a name in rules", WORD_CURE),
        (THREE, "id: amber, name: Amber", "id: §partial, name: Partial",
         "`partial` means something else in rules", "give the status another id"),
        (THREE, "code: A,", "code: §g,", "`g` may mean `green` or `amber`", NAMES_CURE),
        (THREE, "code: A,", "code: A, aliases: [§\"on  track\"],",
         "`on track` may mean `green` or `amber`", NAMES_CURE),
        (THREE, "code: A,", 'code: A, aliases: [x, §"\u041en Track"],',
         "`\u041en Track` may mean `green` or `amber`", NAMES_CURE),
        (THREE, "code: A,", "code: §\" \",", "`code` is empty", "fill it in: statuses are read, not seen alone"),
        (THREE, "code: A,", "code: A, colour: §amber,",
         "`amber` is not a colour", "write it as \"#00703c\", in quotes"),
        (THREE, "code: A,", "code: A, lifecycle: §closed,",
         "`amber` is in the order, where no lifecycle leads", "move the status under `outside`"),
        (THREE, "- {id: green, name: Green, code: G,", "§- {id: green, name: Green, code: G, exception: yes,",
         "every status is an exception, so everything is always in alarm", "leave `exception: yes` off the best"),
        (THREE, "A, exception: yes}", "A, exception: yes}\n  - §{id: red, name: Red, code: R}",
         "`amber` is an exception and the worse `red` is not", "add `exception: yes` here, or take it off `amber`"),
        (THREE, "{id: closed, name: Closed, code: C, lifecycle: closed", "§{id: closed, name: Closed, code: C",
         "no lifecycle leads to `closed`, so nothing ever has it", "add `lifecycle: closed`, or take it out"),
        (THREE, "lifecycle: closed", "lifecycle: §live",
         "what is live is judged, and has a status of the order", "write another lifecycle, such as closed"),
        (THREE, "lifecycle: closed}", "lifecycle: closed}\n  - {id: ended, name: Ended, code: E, lifecycle: §closed}",
         "the lifecycle `closed` already leads to `closed`", "let each lifecycle lead to one status"),
        (THREE, "lifecycle: closed", "lifecycle: closed, exception: §yes",
         "`closed` is outside the order and can't be an exception",
         "take `exception` out, or move it under `statuses`"),
        # people
        (WHO, "lead: {", "§the lead: {", "`the lead` can't be used as a name here", ID_CURE),
        (WHO, "who: director", "who: §directer", "there is no `directer` in people.yaml", "did you mean `director`?"),
        (WHO, "who: director", "who: §lead", "`lead` can't be their own deputy", "name another"),
        (WHO, "until: 2019-02-14", "until: §2019-01-14",
         "the deputy's last day comes before the first", "write the last day, included, under `until`"),
        (WHO, "until: 2019-02-14", "until: §14/02/2019",
         "`until` can't be `14/02/2019`", "write a day such as 2019-01-31"),
        (WHO, "until: 2019-02-14", "until: §2019", "`until` can't be `2019`", "write a day such as 2019-01-31"),
        (WHO, "lead: {name: Lead, email: lead@council.example,", "§lead: {name: Lead,",
         "`lead` has no address and can't be told of anything", "add `email:`"),
        (WHO, "lead@council.example", "§lead@council.exemple",
         "mail to `lead@council.exemple` will not be sent: its domain is not among `allowed_domains`",
         "add the domain in config/settings.yaml, or correct the address"),
        (WHO, "lead@council.example", "§\"lead@council.example\\r\\nBcc: all@council.example\"",
         "`lead@council.example Bcc: all@council.example` is not a plain address", ADDRESS_CURE),
        (WHO, "name: Lead,", "name: §\"Lead\\nBcc: x\",",
         "`name` has to be one line of text", "write the name of the role"),
        # audiences
        (TOLD, "next_up: board", "next_up: §bord", "there is no other audience `bord`", "did you mean `board`?"),
        (TOLD, "next_up: board", "next_up: §owners", "there is no other audience `owners`", "write `board`"),
        (TOLD, "about: {level: projects}, next_up: board}\nboard: {", "next_up: §board}\nboard: {next_up: owners, ",
         "what is passed on from `owners` comes back to it", "let the last audience have no `next_up`"),
        (TOLD, "next_up: board", "remind_every: §month", "'month' is not a number of periods", "write it as 3 periods"),
        (TOLD, "[director]", "[§directer]", "there is no `directer` in people.yaml", "did you mean `director`?"),
        (TOLD, "[director]", "§[]", "nobody is in this audience", "list people, or write owners"),
        (TOLD, "[director]", "§director", "`who` can't be `director`", "write `owners` or a list such as [one, two]"),
        (TOLD, "portfolio: care", "portfolio: §car", "there is no portfolio `car`", "did you mean `care`?"),
        (TOLD, "[payments]", "[§payment]", "there is no subject `payment`", "did you mean `payments`?"),
        (TOLD, "at: amber", "at: §ambre", "there is no status `ambre`", "did you mean `amber`?"),
        (TOLD, "level: projects", "level: §project",
         "`level` can't be `project`", "did you mean `projects`? write `portfolio`, `programmes` or `projects`"),
        (TOLD, "every: month", "every: §bi-monthly",
         "`bi-monthly` may mean every 2 months or twice a month",
         "write `2 months` with `from:`, or the days out as {dates: [DAY, DAY]}"),
        (TOLD, "every: month", "every: §bi-weekly", "`bi-weekly` may mean every 2 weeks or twice a week",
         "write `2 weeks` with `from:`, or two jobs `every: week`"),
        (TOLD, "every: month", "every: §fortnightly", "`fortnightly` is not a time to come round", "write 2 weeks"),
        (TOLD, "every: month", "every: §now and then",
         "`now and then` is not a time to come round",
         "write day, working day, week, 2 weeks, month, 2 months or quarter"),
        (TOLD, "every: month", "every: §2 weeks",
         "`every: 2 weeks` does not say from when", "add `from:` with the first day, such as 2019-01-31"),
        (TOLD, "on: last Friday", "on: §Fridays",
         "`Fridays` is not a day of it", "write 6th working day, last Friday, Monday or 20th"),
        (TOLD, "on: last Friday", "on: last Friday, at: §9am", "`9am` is not a time of day", "write it as \"09:00\""),
        (TOLD, "{every: month, ", "§{", "this says neither or both of `every` and `dates`", "write one of them"),
        # the calendar
        (DAYS, "Europe/London", "§Europe/Londn",
         "there is no time zone `Europe/Londn`", "did you mean `Europe/London`?"),
        (DAYS, "Europe/London", "§../../etc/passwd",
         "there is no time zone `../../etc/passwd`", "write it as Europe/London"),
        (DAYS, "Europe/London", "§Europe", "there is no time zone `Europe`", "did you mean `Europe/Rome`?"),
        (DAYS, "country: GB", "country: §Britain",
         "no public holidays are known for the country `Britain`", "write its two letters, such as GB"),
        (DAYS, "region: ENG", "region: §London",
         "no public holidays are known for the region `London` of GB", "write `ENG`, `NIR`, `SCT` or `WLS`"),
        (DAYS, "2019-12-24", "§24 December", "`also_closed` can't be `24 December`", "write a day such as 2019-01-31"),
        # settings
        (SET, "mail: {", "returns: §../returns\nmail: {", "'../returns' leads out of the workspace", PATH_CURE),
        (SET, "mail: {", "outbox: §/var/spool\nmail: {", "'/var/spool' leads out of the workspace", PATH_CURE),
        (SET, "sqlite:///var", "§sqlite:////var", "'/var/telltale.db' leads out of the workspace", PATH_CURE),
        (SET, "sqlite:///var/telltale.db", "§sqlite://",
         "this database has no file of its own in the workspace", SQLITE_CURE),
        (SET, "sqlite:///var/telltale.db", "§sqlite:///file:/etc/x?uri=true",
         "this database has no file of its own in the workspace", SQLITE_CURE),
        (SET, "sqlite:///var/telltale.db", "§var/telltale.db",
         "`var/telltale.db` is no address of a SQLite file or a PostgreSQL database",
         "write it as sqlite:///var/telltale.db, or postgresql://USER@HOST/NAME"),
        (SET, "sqlite:///var/telltale.db", "§postgresql://pmo:hush@db/telltale",
         "a password does not belong in a file that others read",
         "take it out, and set TELLTALE_DATABASE_PASSWORD instead"),
        (SET, "pmo@council.example", "§PMO <pmo@council.example>",
         "`PMO <pmo@council.example>` is not a plain address", ADDRESS_CURE),
        (SET, "from: pmo@council.example", "reply_to: §pmo", "`pmo` is not a plain address", ADDRESS_CURE),
        (SET, "[council.example]", "[§'@council.example']",
         "`@council.example` is not a mail domain", "write it as council.example"),
        (SET, "mail: {", "mail: {most_messages: §0, ",
         "`most_messages` can't be 0", "write how many messages one run may send"),
        (SET, "mail: {", "mail: {most_changed: §half, ",
         "`most_changed` can't be `half`", "write a share of the statuses, such as 50%"),
        (SET, "mail: {", "mail: {notifier: §smtp, ", "`notifier: smtp` needs to know the mail server",
         "write it under `mail` as `smtp: {host: mail.council.example, user: pmo}`"),
        (SET, "mail: {", "mail: {smtp: {host: §smtp://mail.council.example}, ",
         "`smtp://mail.council.example` is not the name of a server",
         "write its name alone, such as mail.council.example"),
        (SET, "mail: {", "mail: {smtp: {host: mail.council.example, port: §70000}, ",
         "`port` can't be 70000", "write a number from 1 to 65535, or leave it out"),
        (SET, "mail: {", "mail: {smtp: {host: mail.council.example, security: §none, user: pmo}, ",
         "the password would go to `mail.council.example` for everybody on the way to read",
         "write `security: starttls`, or `tls`"),
        (SET, "mail: {", "mail: {archive: {host: mail.council.example, user: a, folder: §'\"x'}, ",
         "`folder` can't be `\"x`", "write its name in plain letters, such as INBOX or Archive/Telltale"),
        (SET, "mail: {", "mail: {archive: {host: mail.council.example, user: a, address: §a@b.example}, ",
         "the archive's address is outside the domains that mail may go to: `a@b.example`",
         "add its domain to `allowed_domains`, or take another address"),
        (SET, "mail: {", "judge_time_limit: §0\nmail: {",
         "`judge_time_limit` can't be 0", "write a number of seconds above nought"),
    ],
)  # fmt: skip
def test_a_slip_is_one_sentence_at_its_place(root: Path, name: str, old: str, new: str, what: str, cure: str) -> None:
    edit(root, name, old, new)  # § in what is new marks the place
    before = (root / "config" / name).read_text(encoding="utf-8").partition("§")[0]
    edit(root, name, "§", "")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert f"{name}:{line}:{column}: {what}; {cure}" in said(root)


# ---- what is allowed


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (CARE, "50%", "50"),
        (CARE, "50%", "to be set"),
        (CARE, "50%", "[{from: 2018-04, value: 40%}, {from: 2019-02-15, value: not set, why: re-based}]"),
        (CARE, "income: {}", "income: {target: £28k, year_target: £1.769m}"),
        (CARE, "unit: money", "unit: money, starts: 2018-06"),
        (CARE, "starts: 2019-01", "starts: 2019-01\nyear_starts: January\nreturns_due: 10th"),
        (CARE, "reports: monthly\nstarts: 2019-01", "reports: quarterly\nstarts: 2019-Q1"),
        (CARE, "reports: monthly\nstarts: 2019-01", "reports: {every: 2 weeks, from: 2016-10-31}\nstarts: 2016-10-31"),
        (CARE, "reports: monthly\nstarts: 2019-01", "reports: {dates: [2019-01-10, 2019-02-07]}\nstarts: 2019-02-07"),
        (CARE, "ref: payments", "ref: direct-payments_2"),
        (CARE, "measures: {recruited", "savings: not counted\n        measures: {recruited"),
        (THREE, "code: A,", 'code: A, aliases: ["\u0410", AMBER],'),
        (TOLD, "when: {every: month, on: last Friday}", "when: {dates: [2019-11-07, 2019-12-12]}"),
        (TOLD, "every: month, on: last Friday", "every: 2 weeks, from: 2018-09-03, on_holiday: skip"),
        (TOLD, "on: last Friday", 'on: 8th working day, at: "09:00"'),
        (TOLD, "on: last Friday", "on: 2nd Wednesday, at: 12:30"),
        (DAYS, "region: ENG", "region:"),
        (DAYS, "country: GB\nregion: ENG", "country: FR\nregion:"),
        (WHO, "lead@council.example", "Lead.O'Neill+pmo@COUNCIL.example"),
    ],
)
def test_what_may_be_written_is_taken(root: Path, name: str, old: str, new: str) -> None:
    edit(root, name, old, new)
    if name == CARE and "direct-payments_2" in new:
        edit(root, TOLD, "subjects: [payments]", "subjects: [direct-payments_2]")
    assert said(root) == []
