"""The version is in sms_connector/__init__.py, and the other files follow it."""

import re
from pathlib import Path

import pytest

from sms_connector import __version__

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("docs/openapi.yaml", r"^  version: (\S+)$"),
        ("template/publish.yaml", r"^Version: (\S+)$"),
        ("template/version.md", r"\A- (\S+): "),
    ],
)
def test_every_file_has_the_version_of_the_package(path: str, pattern: str) -> None:
    found = re.findall(pattern, (ROOT / path).read_text("utf-8"), re.MULTILINE)
    assert found == [__version__]


def test_pyproject_reads_the_version_from_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert re.search(r'^dynamic = \[.*"version".*\]$', text, re.MULTILINE)
    assert 'version = { attr = "sms_connector.__version__" }' in text
    assert not re.search(r'^version = "', text, re.MULTILINE)
