"""A copy of the project for tests that change it."""

import shutil
from pathlib import Path

import pytest

from tests.support.serving import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    shutil.copytree(PROJECT / "sms_connector", tmp_path / "sms_connector")
    for name in ("index.py", "server.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "docs/examples", tmp_path / "docs/examples")
    return tmp_path
