"""A telling as plain dicts of text, lists and truth values: all that a template ever sees."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from engine.model.alerts import SHOWN_PERIODS, HistoryPoint, Reason, Telling
from engine.model.run import FindingOut, SubjectOut
from engine.model.values import Quantity, Unit, show
from engine.model.workspace import Scheme
from engine.periods import day_in_words
from notifiers.actwords import act_words
from notifiers.colours import UNKNOWN, ground, text_on
from notifiers.distance import distance_of, next_status
from notifiers.groups import Group, digest_lead, grouped, owner_lead, reasons_of, said_of, what_changed
from notifiers.judgements import declared_views, floor_views, judgement_views, override_views
from notifiers.money import net_of
from notifiers.pictures import Block
from notifiers.replies import STATUS_SKELETON, mailto
from notifiers.words import (
    counted,
    ended,
    explanation_words,
    history_words,
    listed,
    milestone_words,
    name_of,
    one_line,
    period_words,
    sentence,
    short_period,
    trend_words,
    unrated_words,
)

View = dict[str, Any]  # of str, bool, list and View
FULL = 30  # subjects told of in full; a line each for the rest, or a mail program cuts the message off
_ANSWER = "Reply with what is being done about it, and when it will be back on target."


# What has a picture drawn of it: the blocks of one, and the words that say the same.
Show = Callable[[tuple[Block, ...], str], View]


def message_view(telling: Telling, show_picture: Show | None = None) -> View:
    """Everything that either message says; templates choose among it. Without `show_picture` there are none."""
    groups, whole = grouped(telling), telling.overview
    lead = owner_lead if telling.kind == "owner" else digest_lead
    apart = {group: [one for one in subjects if not _is(one, whole)] for group, subjects in groups.items()}
    sections: list[View] = [
        {
            "title": str(group),
            "note": _note(group, subjects),
            "subjects": [_shown(subject, group, telling, show_picture) for subject in subjects],
        }
        for group, subjects in apart.items()
        if subjects
    ]
    shown = [subject for section in sections for subject in section["subjects"]]
    for subject in shown[FULL:]:
        subject["brief"] = True
    write_to = telling.mail.reply_to or telling.mail.from_
    reply = mailto(write_to, f"{telling.portfolio_title}, {period_words(telling.period)}", STATUS_SKELETON)
    answers = [subject["reply"] for subject in shown if subject["reply"]]
    return {
        "portfolio": one_line(telling.portfolio_title),
        "period": period_words(telling.period),
        "name": one_line(telling.name),
        "lead": lead(telling, groups),
        "asked": [
            {"title": subject["title"], "actions": subject["actions"]} for subject in shown if subject["actions"]
        ],
        "answer": _ANSWER if answers else "",
        "answer_link": answers[0] if len(answers) == 1 else reply,
        "sections": sections,
        "overview": _overview(whole, groups, telling, show_picture) if whole is not None else None,
        "write_to": one_line(write_to),
        "reply": reply,
        "because": _because(telling),
        "revised": telling.revision > 1,
        "made": day_in_words(telling.now.date()),
        "run": one_line(telling.run),
        "revision": str(telling.revision),
    }


def _shown(subject: SubjectOut, group: Group, telling: Telling, show_picture: Show | None) -> View:
    """A subject under its heading."""
    told = _told(subject, reasons_of(telling).get(subject.ref), group, telling)
    return {**subject_view(subject, telling, show_picture), "told": told}


def _overview(
    whole: SubjectOut, groups: Mapping[Group, Sequence[SubjectOut]], telling: Telling, show_picture: Show | None
) -> View:
    """The portfolio itself on top; where it is also one of what is told, with what its heading would have had."""
    group = next((group for group, subjects in groups.items() if any(_is(one, whole) for one in subjects)), None)
    if group is None:
        return {**subject_view(whole, telling, show_picture), "told": "", "not_assessed": []}
    return _shown(whole, group, telling, show_picture)


def _is(one: SubjectOut, other: SubjectOut | None) -> bool:
    return other is not None and one.ref == other.ref


def subject_view(subject: SubjectOut, telling: Telling, show_picture: Show | None) -> View:
    """One subject, whatever heading it stands under."""
    scheme = telling.scheme
    title = one_line(subject.title)
    status = status_view(scheme, subject.status)
    history = telling.history.get(subject.ref, ())
    aim = next_status(subject, scheme)
    findings = [
        finding_view(finding, aim if finding.status == subject.status else "")
        for finding in _worst_first(subject.findings, scheme)
    ]
    since = telling.since.get(subject.ref)
    about = f"{telling.portfolio_title}, {period_words(telling.period)}: {title} ({status['name']})"
    return {
        "title": title,
        "brief": False,
        "status": status,
        "trend": _trend(subject, telling),
        "since": f"Open since {period_words(since)}." if since and since != telling.period else "",
        "as_at": _as_at(subject.held_from),
        "programme": one_line(part[0].title) if (part := telling.part_of.get(subject.ref)) else "",
        "judgements": judgement_views(subject, scheme),
        "findings": findings,
        "distance": next((one["distance"] for one in findings if one["distance"]), "") if aim else "",
        "acts": [act_words(act, scheme, telling.rules) for act in telling.acts.get(subject.ref, ())],
        "replaced": subject.override is not None,  # the findings stand beneath a person's judgement
        "briefly": _briefly(subject, scheme, findings),
        "actions": _actions(subject),
        "savings": _savings(subject),
        "at_risk": _at_risk(subject),
        "unrated": subject.not_rated,
        "not_assessed": _not_assessed(subject, telling.rules),
        "remarks": [sentence(remark) for remark in subject.remarks],
        "picture": _picture(history, scheme, show_picture),
        "history": history_words(history, scheme) if len(history) > 1 else "",
        "reply": mailto(telling.mail.reply_to or telling.mail.from_, about, STATUS_SKELETON)
        if subject.exception
        else "",
    }


def _told(subject: SubjectOut, reason: Reason | None, group: Group, telling: Telling) -> str:
    """What the reason adds to the heading, and who passed it on; that it is new matters to an owner, of what is old."""
    first = reason is Reason.FIRST and (group is not Group.CONTINUING or telling.kind == "digest")
    said = "" if reason is None or first else said_of(subject, reason, telling)
    return " ".join(filter(None, (said, _passed_on(subject, telling))))


def _passed_on(subject: SubjectOut, telling: Telling) -> str:
    """By whom, of what this audience would not be told by itself: "Passed on from the audience owners (Dan)."."""
    if (audience := telling.through.get(subject.ref)) is None:
        return ""
    whom = listed([one_line(name) for name in telling.through_whom.get(subject.ref, ())])
    return f"Passed on from the audience {one_line(audience)}{f' ({whom})' if whom else ''}."


def _because(telling: Telling) -> str:
    """Why the recipient gets the message; owners are told of what lies below what is theirs where it is passed on."""
    if telling.kind == "digest":
        return f"You get this as one of the audience {one_line(telling.audience)}."
    return f"You get this as the owner of what is listed{', or of what it is part of' if telling.through else ''}."


def _note(group: Group, subjects: Sequence[SubjectOut]) -> str:
    """What a heading has to explain."""
    if group is Group.RESTATED:
        return sentence(f"{what_changed(subjects)}: what was published before no longer holds")
    if group is Group.UNRATED:
        return "Too little could be judged: that is no recovery."
    return ""


def _trend(subject: SubjectOut, telling: Telling) -> str:
    if not subject.not_rated:
        return trend_words(subject, telling.scheme, telling.period)
    if telling.before(subject) is None and not subject.not_assessed and not subject.judged:
        return "No rule gives it a status."
    since: str | None = None  # where the history is shorter than what is shown of one, there was no status before it
    history = telling.history.get(subject.ref, ())
    if telling.before(subject) is not None or len(history) == SHOWN_PERIODS:
        unrated = takewhile(lambda point: point.status is None, reversed(history))
        since = min((point.period for point in unrated), default=telling.period)
    return unrated_words(subject, telling.scheme, telling.period, telling.before(subject), since)


def status_view(scheme: Scheme, status: str | None) -> View:
    """A status in word, code and colour, with the text colour that can be read on it."""
    known = scheme.get(status) if status is not None else None
    colour = ground(known.colour) if known else UNKNOWN
    code = one_line(known.code) if known else ""
    name = name_of(scheme, status)
    return {"name": name, "code": code if code != name else "", "colour": colour, "ink": text_on(colour)}


def finding_view(finding: FindingOut, aim: str = "") -> View:
    """One reason: the sentence with its numbers, how far it is from clear, and what was returned about it.

    `aim` is the name of the status that the subject has once this is cleared, where that is so.
    """
    because = one_line(finding.because or finding.title)
    if finding.as_at:
        because = f"{because.rstrip('.')} ({_as_at(finding.as_at)})"
    return {
        "because": sentence(because),
        "distance": distance_of(finding, aim),
        "to_clear": ended(finding.to_clear or ""),
        "milestones": ended(
            f"Namely: {names}" if (names := "; ".join(map(milestone_words, finding.milestones))) else ""
        ),
        "explained": " ".join(map(explanation_words, finding.explanations)),
    }


def _worst_first(findings: Iterable[FindingOut], scheme: Scheme) -> list[FindingOut]:
    """The findings of rules, the worst first; a floor's is told among the judgements."""
    return sorted(
        (finding for finding in findings if finding.rule != "floor"),
        key=lambda finding: -1 if (rank := scheme.rank(finding.status)) is None else rank,
        reverse=True,
    )


def _briefly(subject: SubjectOut, scheme: Scheme, findings: list[View]) -> str:
    """The first reason with what was returned about it, and how many more there are.

    A floor comes after what is worse than it; the owner's own view decides nothing, and is no reason beside others.
    """
    floor = floor_views(subject, scheme)
    by_rank = [*floor, *findings] if subject.floor and subject.floor.status == subject.status else [*findings, *floor]
    reasons = [*override_views(subject, scheme), *by_rank] or declared_views(subject, scheme)
    if not reasons:
        return ""
    first = [reasons[0][said] for said in ("because", "milestones", "explained") if reasons[0].get(said)]
    more = [f"And {counted(len(reasons) - 1, 'more reason')}."] if len(reasons) > 1 else []
    return " ".join((*first, *more))


def _actions(subject: SubjectOut) -> list[str]:
    """What is asked, once each; of an exception only."""
    asked = [sentence(finding.action) for finding in subject.findings if finding.action]
    return list(dict.fromkeys(asked)) if subject.exception else []


def _as_at(period: str | None) -> str:
    return f"as at {period_words(period)}" if period else ""


def _savings(subject: SubjectOut) -> str:
    """The savings in a sentence: "Savings in 2018/19: £264k net at risk, against a target of £4.038m."."""
    at_risk, target = _at_risk(subject, nothing="nothing net at risk"), subject.savings.get("target")
    if not at_risk:
        return ""
    when = f" in {subject.savings_in}" if subject.savings_in else ""
    return f"Savings{when}: {at_risk}{f', against a target of {one_line(target.shown)}' if target else ''}."


def _at_risk(subject: SubjectOut, nothing: str = "") -> str:
    net = net_of(subject)
    if net is None:
        return ""
    if not net:
        return nothing
    words = "net at risk" if net > 0 else "over-delivered net"
    return f"{show(Quantity(abs(net), Unit.MONEY))} {words}"


def _not_assessed(subject: SubjectOut, rules: Mapping[str, str]) -> list[str]:
    """A line for each thing that is missing: "Could not be checked, for want of milestones: “A milestone is late”."

    The rules' titles stand in quotes: each would read as a fact. What nobody requires and nobody ever returned is
    left out.
    """
    titles: dict[str, list[str]] = {}
    for group in subject.not_assessed:
        asked = [f"“{one_line(rules.get(rule, rule))}”" for rule in group.rules if rule not in group.never_judged]
        if asked:
            if group.quiet_as_at:
                asked[-1] += f" ({_as_at(group.quiet_as_at)}: found nothing then)"
            titles.setdefault(listed([one_line(word) for word in group.words or group.missing]), []).extend(asked)
    lines = [f"Could not be checked, for want of {words}: {'; '.join(asked)}." for words, asked in titles.items()]
    if lines or not subject.not_rated:
        return lines
    return ["No rule could be judged." if subject.not_assessed else "No rule applies to it."]


def _picture(history: Sequence[HistoryPoint], scheme: Scheme, show_picture: Show | None) -> View | None:
    """The picture of some periods; one alone is none."""
    if show_picture is None or len(history) < 2:
        return None
    return show_picture(tuple(_block(point, scheme) for point in history), history_words(history, scheme))


def _block(point: HistoryPoint, scheme: Scheme) -> Block:
    """One period of the picture; the code is cut to what fits, the words beside it say it in full."""
    status = status_view(scheme, point.status)
    code = (status["code"] or status["name"])[:3] if point.status else "-"
    return Block(
        level=scheme.rank(point.status), code=code, colour=status["colour"], ink=status["ink"],
        label=short_period(point.period),
    )  # fmt: skip
