"""The licences of everything in the package: a list with versions, and the text of each."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final, NamedTuple

import click

from ... import __version__

LICENCES: Final = "LICENSES"
LIST: Final = "README.txt"

_OURS: Final = "aliyun-sms-connector"
_IS_TEXT: Final = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*", re.IGNORECASE)
_IDENTIFIERS: Final = {  # of SPDX
    "Apache License 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "ZPL 2.1": "ZPL-2.1",
}

# The Apache License asks for a copy of itself, and some wheels only refer to it.
_HAS_THE_APACHE_TEXT: Final = "phonenumberslite"
_APACHE: Final = "Apache-2.0"

# The MIT licence asks for the holder's name, and this wheel has neither name nor text.
_HOLDERS: Final[Mapping[str, str]] = {"standardwebhooks": "2023 Standard Webhooks"}
_MIT: Final = "MIT"
_HOLDER: Final = re.compile(r"(?<=^Copyright \(c\) ).*$", re.MULTILINE)

_HEAD: Final = """\
Everything in this ZIP, its version and its licence. The text of each licence is in the
directory of that name. Modules that begin with "A stub" are the SMS connector's own.

"""


class Licensed(NamedTuple):
    """One distribution, or the project itself. ``licence`` is an SPDX identifier."""

    name: str
    version: str
    licence: str
    home: str
    texts: Mapping[str, str]
    """The text of each file, by its name."""


def write_licences(installed: Path, our_licence: Path, directory: Path) -> None:
    """Write a list of what is installed, and a directory with the licence of each.

    They are read from the metadata of the wheels. Raises ClickException for a distribution without
    a licence or without its text.
    """
    our_text = our_licence.read_text("utf-8")
    ours = Licensed(_OURS, __version__, _MIT, "", {our_licence.name: our_text})
    found = [ours, *_licensed(installed, our_text)]
    for each in found:
        folder = directory / each.name
        folder.mkdir(parents=True)
        for name, text in each.texts.items():
            (folder / name).write_text(text, "utf-8", newline="\n")
    (directory / LIST).write_text(_HEAD + "".join(_rows(found)), "utf-8", newline="\n")


def _licensed(installed: Path, mit_text: str) -> Iterator[Licensed]:
    by_name = {each.name: each for each in distributions(path=[str(installed)])}
    apache_text = _texts(by_name[_HAS_THE_APACHE_TEXT]).popitem()[1]
    for name, distribution in sorted(by_name.items()):
        licence = _identifier(distribution)
        texts = _texts(distribution)
        if licence == _APACHE and apache_text not in texts.values():
            texts = {f"{_APACHE}.txt": apache_text} | texts
        elif licence == _MIT and not texts and name in _HOLDERS:
            texts = {"LICENSE": _HOLDER.sub(_HOLDERS[name], mit_text)}
        if not licence or not texts:
            raise click.ClickException(
                f"{name} {distribution.version} ships without the text of its licence "
                f"({licence or 'no licence is named'}): add it to {Path(__file__).name}."
            )
        yield Licensed(name, distribution.version, licence, _home(distribution), texts)


def _texts(distribution: Distribution) -> dict[str, str]:
    files = (file for file in distribution.files or () if file.parent.parts)
    return {
        file.name: file.read_text("utf-8")
        for file in files
        if file.parts[0].endswith(".dist-info") and _IS_TEXT.fullmatch(file.name)
    }


def _identifier(distribution: Distribution) -> str:
    named = _stated(distribution, "License-Expression") or _stated(distribution, "License")
    named = named.partition("\n")[0]  # some wheels have the whole text in this field
    return _IDENTIFIERS.get(named, named)


def _home(distribution: Distribution) -> str:
    urls = distribution.metadata.get_all("Project-URL") or ()
    by_label = dict(url.lower().split(", ", 1) for url in urls)
    return _stated(distribution, "Home-page") or by_label.get("homepage", "")


def _stated(distribution: Distribution, field: str) -> str:
    first: str = next(iter(distribution.metadata.get_all(field) or ()), "")
    return first


def _rows(found: Iterable[Licensed]) -> Iterator[str]:
    for each in found:
        yield f"{each.name:<31}{each.version:<12}{each.licence:<14}{each.home}".rstrip() + "\n"
