"""What the tests of inference share."""

from collections.abc import Iterator

import pytest

from engine.inference.process import DurableProcess, available


@pytest.fixture(scope="module")
def durable() -> Iterator[DurableProcess]:
    """One child process for all of a module's tests."""
    if not available():
        pytest.skip("durable-rules is not installed")
    with DurableProcess() as process:
        if not process.ready():
            pytest.skip("durable-rules can't be loaded")
        yield process
