import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize("messages", [400, pytest.param(4_000, marks=pytest.mark.long)])
def test_instances_killed_at_random_send_nothing_twice_and_answer_truly(messages: int) -> None:
    options = f"--instances 4 --messages {messages} --rate 200"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.benchmarks.killed_at_random", *options.split()],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found["wrong"] == {}, found
    assert done.returncode == 0
    # It did happen.
    assert found["killed"] > messages / 200
    assert found["died while asking"] > messages / 200
    assert found["provider"]["taken"] > messages / 2.5
    assert found["numbers at their limit"] > messages / 90
