"""The region of the function, and the mainland, which only functions in it may send to."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sms_connector.config import parse_config
from sms_connector.local.cli import cli
from sms_connector.local.fc_context import FcContext
from sms_connector.region import is_mainland, region_problem
from tests.support.configs import TEMPLATES, config
from tests.support.functions import new_function
from tests.support.serving import PROJECT

ABROAD = [
    {"usageType": each["usageType"], "templateCode": {"overseas": "SMS_1"}} for each in TEMPLATES
]
LONE = [{"usageType": each["usageType"], "templateCode": "SMS_1"} for each in TEMPLATES]


@pytest.mark.parametrize(
    ("region", "changes", "refused"),
    [
        ("", {}, False),
        ("cn-hangzhou", {}, False),
        ("cn-wulanchabu", {}, False),
        ("cn-hongkong", {}, True),
        ("us-west-1", {}, True),
        ("us-west-1", {"templates": LONE}, True),
        ("us-west-1", {"templates": ABROAD}, False),
        ("us-west-1", {"limits": {"countries": ["CN", "US"]}}, True),
        ("us-west-1", {"limits": {"countries": ["US"]}}, False),
    ],
)
def test_a_function_outside_the_mainland_cannot_send_by_a_mainland_template(
    region: str, changes: dict[str, Any], refused: bool
) -> None:
    problem = region_problem(region, parse_config(json.dumps(config(**changes))))
    assert bool(problem) is refused
    assert not refused or problem.startswith(f"The function is in {region}, ")


@pytest.mark.parametrize("by", ["the environment", "the context"])
def test_a_start_outside_the_mainland_is_logged_once(
    configure: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    by: str,
) -> None:
    configure(config())
    context = FcContext(region="eu-central-1" if by == "the context" else "")
    monkeypatch.setenv("FC_REGION", "eu-central-1" if by == "the environment" else "cn-hangzhou")
    with caplog.at_level(logging.INFO):
        new_function().prepare(context)
    (line,) = [json.loads(record.message) for record in caplog.records]
    assert line["event"] == "region"
    assert "eu-central-1" in line["reason"]


@pytest.mark.parametrize(
    ("region", "mark"), [("cn-shanghai", "ok"), ("ap-southeast-1", "fix"), ("", "")]
)
def test_check_says_what_a_region_can_send(
    configure: Callable[[dict[str, Any]], None],
    example: dict[str, Any],
    region: str,
    mark: str,
) -> None:
    configure(example)
    done = CliRunner().invoke(cli, ["check", "--region", region])
    assert done.exit_code == (1 if mark == "fix" else 0)
    lines = [line for line in done.output.splitlines() if line[6:].startswith("region ")]
    assert [line[:3].strip() for line in lines] == [mark] * bool(mark)


def test_the_template_offers_mainland_regions_first_and_says_the_difference() -> None:
    text = (PROJECT / "template/publish.yaml").read_text("utf-8")
    published = yaml.safe_load(text)
    region = published["Parameters"]["properties"]["region"]
    inside = [is_mainland(each) for each in region["enum"]]
    assert inside == sorted(inside, reverse=True)
    assert 0 < inside.count(True) == region["enum"].index("cn-hongkong")
    assert "Only the mainland regions (the first eight)" in region["description"]
    assert inside.count(True) == 8
    # The registry's own checker (@serverless-devs/registry 0.0.10) wants both.
    assert (published["Category"], bool(published["HomePage"])) == ("开源项目", True)
