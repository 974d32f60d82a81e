"""What is fetched: pinned, hashed, and only what is needed."""

import re
from pathlib import Path

import click
import pytest

from sms_connector.local.package.distributions import NEEDED, install, pinned_in

LOCK = (Path(__file__).parents[3] / "requirements.txt").read_text("utf-8")


@pytest.mark.parametrize("python", ["3.10", "3.12", "3.13.0"])
def test_each_needed_distribution_is_pinned_with_its_hashes(python: str) -> None:
    pinned = pinned_in(LOCK, python)
    assert set(pinned) == set(NEEDED)
    for name, requirement in pinned.items():
        assert requirement.startswith(f"{name}==")
        assert "--hash=sha256:" in requirement


def test_environment_markers_are_dropped() -> None:
    marked = re.sub(r"(?m)^certifi==\S+", "certifi==3.1 ; python_full_version < '3.13'", LOCK)
    pinned = pinned_in(marked, "3.12")["certifi"]
    assert pinned.startswith("certifi==3.1 \\\n    --hash=sha256:")


@pytest.mark.parametrize(
    ("python", "marker"),
    [("3.10", "< '3.11'"), ("3.12", ">= '3.11.3'"), ("3.10.13", "< '3.10.14'")],
)
def test_a_version_for_another_python_is_passed_over(python: str, marker: str) -> None:
    two = "valkey==1 ; {} \\\n    --hash=sha256:aa\nvalkey==2 ; {} \\\n    --hash=sha256:bb\n"
    opposite = {"<": ">=", ">=": "<"}[marker.split()[0]] + f" {marker.split()[1]}"
    markers = [f"python_full_version {each}" for each in (opposite, marker)]
    lock = re.sub(r"(?m)^valkey==", "other-==", LOCK) + two.format(*markers)
    assert pinned_in(lock, python)["valkey"].startswith("valkey==2 ")


def test_a_needed_distribution_that_is_not_pinned_is_an_error() -> None:
    with pytest.raises(click.ClickException, match="does not pin certifi"):
        pinned_in(LOCK.replace("\ncertifi==", "\nother=="), "3.12")


def test_a_distribution_that_is_pinned_twice_is_an_error() -> None:
    with pytest.raises(click.ClickException, match="pins certifi twice"):
        pinned_in(f"{LOCK}certifi==3.1 ; python_full_version < '3.13'\n", "3.12")


def test_a_distribution_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    tampered = tmp_path / "requirements.txt"
    wrong = re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", LOCK)
    tampered.write_text(wrong, "utf-8")
    with pytest.raises(click.ClickException, match=r"HASHES|hashes"):
        install(tampered, "3.12", tmp_path / "installed")
