"""The licences: the text of each, and a list."""

import re
from pathlib import Path

import click
import pytest

from sms_connector import __version__
from sms_connector.local.package.distributions import NEEDED
from sms_connector.local.package.licences import LIST, write_licences
from tests.support.serving import PROJECT

# A phrase of each licence that only its text has.
PHRASES = {
    "Apache-2.0": "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
    "BSD-3-Clause": "Neither the name of the copyright holder",
    "MIT": "Permission is hereby granted, free of charge",
    "MPL-2.0": "Mozilla Public License",
    "ZPL-2.1": "Zope Public License (ZPL) Version 2.1",
}


def written(installed: Path, directory: Path) -> dict[str, tuple[str, str]]:
    """Write the licences, and return version and licence of each distribution as listed."""
    write_licences(installed, PROJECT / "LICENSE", directory)
    rows = re.findall(r"(?m)^(\S+) +(\d\S+) +(\S+)", (directory / LIST).read_text("utf-8"))
    return {name: (version, licence) for name, version, licence in rows}


@pytest.fixture(scope="module")
def licences(
    distributions: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, tuple[str, str]]]:
    directory = tmp_path_factory.mktemp("licences")
    return directory, written(distributions, directory)


@pytest.mark.parametrize("name", [*NEEDED, "aliyun-sms-connector"])
def test_each_distribution_is_listed_with_its_version_and_has_its_text(
    licences: tuple[Path, dict[str, tuple[str, str]]], name: str
) -> None:
    directory, listed = licences
    version, licence = listed[name]
    texts = [path.read_text("utf-8") for path in (directory / name).iterdir()]
    assert any(PHRASES[licence] in text for text in texts)
    if name == "aliyun-sms-connector":
        assert version == __version__
    else:
        lock = (PROJECT / "requirements.txt").read_text("utf-8")
        assert re.search(rf"(?m)^{name}=={re.escape(version)}\b", lock)


def test_the_list_of_licences_has_nothing_but_what_ships(
    licences: tuple[Path, dict[str, tuple[str, str]]],
) -> None:
    directory, listed = licences
    assert listed.keys() == {*NEEDED, "aliyun-sms-connector"}
    assert {path.name for path in directory.iterdir()} == {*listed, LIST}


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("standardwebhooks", "Standard Webhooks"),
        ("valkey", "valkey-py contributors"),
        ("aliyun-sms-connector", "the authors of aliyun-sms-connector"),
    ],
)
def test_a_text_of_the_mit_licence_names_its_own_holder(
    licences: tuple[Path, dict[str, tuple[str, str]]], name: str, holder: str
) -> None:
    text = (licences[0] / name / "LICENSE").read_text("utf-8")
    assert re.findall(r"(?m)^Copyright \(c\) [\d-]+(?:present)?,? (.*)$", text)[-1] == holder


def distribution(directory: Path, name: str, stated: str, text: str = "") -> None:
    folder = directory / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n{stated}\n", "utf-8")
    files = ["METADATA", "RECORD"]
    if text:
        files.append("LICENSE")
        (folder / "LICENSE").write_text(text, "utf-8")
    record = "".join(f"{folder.name}/{file},,\n" for file in files)
    (folder / "RECORD").write_text(record, "utf-8")


@pytest.mark.parametrize(
    ("stated", "text", "named"),
    [
        ("License-Expression: MIT", "", "MIT"),
        ("License: BSD-3-Clause", "", "BSD-3-Clause"),
        ("Summary: x", "all rights reserved", "no licence is named"),
    ],
)
def test_a_distribution_without_a_licence_or_its_text_is_an_error(
    tmp_path: Path, stated: str, text: str, named: str
) -> None:
    distribution(tmp_path / "in", "phonenumberslite", "License-Expression: Apache-2.0", "apache")
    distribution(tmp_path / "in", "another", stated, text)
    with pytest.raises(click.ClickException, match=rf"another 1\.0 ships without .*\({named}\)"):
        write_licences(tmp_path / "in", PROJECT / "LICENSE", tmp_path / "out")
