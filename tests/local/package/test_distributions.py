"""What is fetched: pinned, hashed, and only what is needed."""

import re
from pathlib import Path

import click
import pytest

from sms_connector.local.package.distributions import NEEDED, install, pinned_in

LOCK = (Path(__file__).parents[3] / "requirements.txt").read_text("utf-8")


def test_each_needed_distribution_is_pinned_with_its_hashes() -> None:
    pinned = pinned_in(LOCK)
    assert set(pinned) == set(NEEDED)
    for name, requirement in pinned.items():
        assert requirement.startswith(f"{name}==")
        assert "--hash=sha256:" in requirement


def test_environment_markers_are_dropped() -> None:
    marked = re.sub(r"(?m)^certifi==\S+", "certifi==3.1 ; python_full_version < '3.1'", LOCK)
    assert pinned_in(marked)["certifi"].startswith("certifi==3.1 \\\n    --hash=sha256:")


def test_a_needed_distribution_that_is_not_pinned_is_an_error() -> None:
    with pytest.raises(click.ClickException, match="does not pin certifi"):
        pinned_in(LOCK.replace("\ncertifi==", "\nother=="))


def test_a_distribution_that_is_pinned_twice_is_an_error() -> None:
    with pytest.raises(click.ClickException, match="pins certifi twice"):
        pinned_in(f"{LOCK}certifi==3.1 ; python_full_version < '3.1'\n")


def test_a_distribution_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    tampered = tmp_path / "requirements.txt"
    wrong = re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", LOCK)
    tampered.write_text(wrong, "utf-8")
    with pytest.raises(click.ClickException, match=r"HASHES|hashes"):
        install(tampered, "3.12", tmp_path / "installed")
