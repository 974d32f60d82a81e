import json
import subprocess
import sys

COMMAND = "tests.benchmarks.killed_at_random --instances 6 --messages 900 --rate 180"


def test_instances_killed_at_random_send_nothing_twice_and_answer_truly() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *COMMAND.split()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found["wrong"] == {}, found
    assert done.returncode == 0
    # It did happen.
    assert found["killed"] > 5
    assert found["died while asking"] > 5
    assert found["provider"]["taken"] > 400
    assert found["numbers at their limit"] > 10
