"""Jobs of the schedule, as they are kept."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.store.samples import NOW, opened

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.mark.parametrize(("tried", "tries"), [(True, 2), (False, 1)])
def test_a_job_that_a_restart_stopped_may_be_tried_as_often_as_before(tmp_path: Path, tried: bool, tries: int) -> None:
    with opened(tmp_path) as store:
        counted = []
        for _ in range(2):
            claimed = store.jobs.claim(
                "derive care", "2019-01", date(2019, 2, 8), NOW, now=NOW, lease=timedelta(seconds=30), by="replica"
            )
            assert claimed is not None
            assert store.jobs.not_done(claimed, NOW, "stopped", NOW, tried=tried)
            counted.append(claimed.tries)
        assert counted == [1, tries]


def test_only_jobs_that_are_asked_for_are_told_of(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for slot, again_at in (("2019-01", None), ("2019-02", NOW)):
            for job in ("derive care", "taken out since"):
                claimed = store.jobs.claim(
                    job, slot, NOW.date(), NOW, now=NOW, lease=timedelta(seconds=30), by="replica"
                )
                assert claimed is not None
                store.jobs.not_done(claimed, NOW, "the disk is full", again_at)
        assert [(one.job, one.slot) for one in store.jobs.last(["derive care"])] == [("derive care", "2019-01")]
        assert [(one.job, one.slot) for one in store.jobs.unfinished(["derive care"])] == [("derive care", "2019-02")]
        assert store.jobs.last([]) == store.jobs.unfinished([]) == []
