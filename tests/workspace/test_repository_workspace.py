"""The workspace of this repository: Improving Lives as it was published."""

from pathlib import Path

from engine.model.workspace import Level, Lifecycle, Workspace, cadence_of
from engine.workspace.dates import lifecycle_on, starts
from engine.workspace.loading import load_workspace

ROOT = Path(__file__).parents[2]


def workspace() -> Workspace:
    made, faults = load_workspace(ROOT)
    assert [str(fault) for fault in faults if "improving_lives" in fault.file or "six_status" in fault.file] == []
    assert made is not None, [str(fault) for fault in faults]
    return made


def test_it_has_the_28_subjects_that_were_published() -> None:
    subjects = workspace().portfolios["improving_lives"].subjects.values()
    levels = [subject.level for subject in subjects]
    assert [levels.count(level) for level in Level] == [1, 6, 21]
    assert all(subject.owner for subject in subjects)


def test_it_has_the_six_statuses_that_were_published_best_first() -> None:
    scheme = workspace().schemes["six_status"]
    assert [status.id for status in scheme.statuses] == [
        "on_target", "experiencing_obstacles", "at_risk", "compromised",
    ]  # fmt: skip
    assert [scheme.is_exception(status.id) for status in scheme.statuses] == [False, True, True, True]
    assert scheme.of_lifecycle(Lifecycle.CLOSED) == scheme.get("closed")
    assert scheme.of_lifecycle(Lifecycle.NOT_STARTED) == scheme.get("no_status")


def contrast(colour: str, text: float) -> float:
    """The contrast of a colour with text of a given luminance (0 black, 1 white), as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    light, dark = max(luminance, text), min(luminance, text)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_can_be_read_with_black_or_white_upon_it() -> None:
    for scheme in workspace().schemes.values():
        for status in (*scheme.statuses, *scheme.outside):
            assert max(contrast(status.colour, 0), contrast(status.colour, 1)) >= 4.5, status.id


def test_the_crisis_merger_was_live_and_is_closed_from_january_2019() -> None:
    portfolio = workspace().portfolios["improving_lives"]
    merger, cadence = portfolio.subjects["crisis_merger"], cadence_of(portfolio)
    assert lifecycle_on(merger, cadence.period("2018-12").end, cadence) is Lifecycle.LIVE
    assert lifecycle_on(merger, starts(portfolio).end, cadence) is Lifecycle.CLOSED


def test_nobody_but_example_addresses_can_be_told() -> None:
    made = workspace()
    assert all(person.email.endswith(".example") for person in made.people.values())
    assert all(domain.endswith(".example") for domain in made.settings.mail.allowed_domains)
