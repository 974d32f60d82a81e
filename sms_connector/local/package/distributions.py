"""The pinned, hashed distributions of requirements.txt, as they are for the runtime's machine."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
from packaging.markers import Marker

# The others of requirements.txt are stubs in the package, so they need not be fetched.
NEEDED: Final = (
    "alibabacloud-dysmsapi20170525",
    "alibabacloud-tea",
    "alibabacloud-tea-openapi",
    "certifi",
    "darabonba-core",
    "msgspec",
    "phonenumberslite",
    "standardwebhooks",
    "valkey",
    "waitress",
)

SOURCE_ONLY: Final = ("alibabacloud-tea",)
"""Published without a wheel. Pure Python: a wheel built on this machine fits all."""

_PLATFORMS: Final = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
_REQUIREMENT = re.compile(r"^[a-z0-9](?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_MARKER = re.compile(r"\s*;([^\\\n]*)")
_MACHINE: Final = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}
_PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def install(requirements: Path, python: str, directory: Path) -> None:
    """Install the needed part of a lock file, for x86-64 Linux and this version of Python.

    Works on any host. Raises ClickException with the message of pip if it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        pure, binary = Path(folder, "pure.txt"), Path(folder, "binary.txt")
        pinned = pinned_in(requirements.read_text("utf-8"), python)
        pure.write_text("\n".join(pinned[name] for name in SOURCE_ONLY), "utf-8")
        rest = (pinned[name] for name in NEEDED if name not in SOURCE_ONLY)
        binary.write_text("\n".join(rest), "utf-8")
        # Built by the pinned setuptools, not by one that pip would fetch.
        build = ("wheel", "--use-pep517", "--no-build-isolation", "--no-deps", "--require-hashes")
        _pip(*build, "-w", folder, "-r", str(pure))
        platforms = [word for platform in _PLATFORMS for word in ("--platform", platform)]
        common = ("install", "--no-deps", "--no-compile", "--target", str(directory))
        _pip(*common, *map(str, Path(folder).glob("*-none-any.whl")))
        _pip(
            *common,
            "--upgrade",
            *platforms,
            *("--python-version", python, "--implementation", "cp"),
            *("--only-binary", ":all:", "--require-hashes", "-r", str(binary)),
            # Older versions of pip compare it with the Python that they run on.
            "--ignore-requires-python",
        )


def pinned_in(lock: str, python: str) -> dict[str, str]:
    """Return each needed requirement for this version of Python with its hashes, by name.

    Without environment markers, which pip would evaluate for the Python it runs on. Raises
    ClickException if one is missing, or pinned twice.
    """
    pinned: dict[str, str] = {}
    for block in _REQUIREMENT.findall(lock):
        name = block.partition("==")[0]
        marker = _MARKER.search(block)
        if name not in NEEDED or (marker and not _applies(marker[1], python)):
            continue
        if name in pinned:
            raise click.ClickException(f"requirements.txt pins {name} twice.")
        pinned[name] = _MARKER.sub(" ", block)
    missing = [name for name in NEEDED if name not in pinned]
    if missing:
        raise click.ClickException(f"requirements.txt does not pin {', '.join(missing)}.")
    return pinned


def _applies(marker: str, python: str) -> bool:
    # The patch version of the runtime is not known: of its minor version, take a late one.
    version = python if python.count(".") > 1 else f"{python}.99"
    return Marker(marker).evaluate(
        _MACHINE | {"python_version": python, "python_full_version": version}
    )


def _pip(*arguments: str) -> None:
    done = subprocess.run([*_PIP, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"pip could not get the distributions:\n{done.stderr.strip()}")
