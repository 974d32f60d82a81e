"""The pinned, hashed distributions of requirements.txt, as they are for the runtime's machine."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import click

# What the send path uses. Others of requirements.txt are needed by parts of the SDK that
# cold_start.py postpones: they would be fetched only to be left out.
NEEDED: Final = (
    "alibabacloud-credentials",
    "alibabacloud-credentials-api",
    "alibabacloud-dysmsapi20170525",
    "alibabacloud-gateway-spi",
    "alibabacloud-tea",
    "alibabacloud-tea-openapi",
    "certifi",
    "charset-normalizer",
    "darabonba-core",
    "msgspec",
    "phonenumberslite",
    "requests",
    "standardwebhooks",
    "urllib3",
)

SOURCE_ONLY: Final = ("alibabacloud-tea",)
"""Published without a wheel: pure Python, so that one built here fits everywhere."""

_PLATFORMS: Final = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
_REQUIREMENT = re.compile(r"^[a-z0-9](?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def install(requirements: Path, python: str, directory: Path) -> None:
    """Install what is needed of a lock file, for x86-64 Linux and this version of Python.

    Works on any host. Raises ClickException with what pip says if it cannot.
    """
    with tempfile.TemporaryDirectory() as folder:
        pure, binary = Path(folder, "pure.txt"), Path(folder, "binary.txt")
        pinned = pinned_in(requirements.read_text("utf-8"))
        pure.write_text("\n".join(pinned[name] for name in SOURCE_ONLY), "utf-8")
        rest = (pinned[name] for name in NEEDED if name not in SOURCE_ONLY)
        binary.write_text("\n".join(rest), "utf-8")
        # Built by the setuptools that is pinned, not by one that is fetched just now.
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
        )


def pinned_in(lock: str) -> dict[str, str]:
    """Give each requirement with its hashes, without markers: pip reads those for this Python."""
    pinned: dict[str, str] = {}
    for block in _REQUIREMENT.findall(lock):
        name = block.partition("==")[0]
        if name in pinned:
            raise click.ClickException(f"requirements.txt pins {name} twice.")
        if name in NEEDED:
            pinned[name] = re.sub(r"\s*;[^\\\n]*", " ", block)
    missing = [name for name in NEEDED if name not in pinned]
    if missing:
        raise click.ClickException(f"requirements.txt does not pin {', '.join(missing)}.")
    return pinned


def _pip(*arguments: str) -> None:
    done = subprocess.run([*_PIP, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"pip could not get the distributions:\n{done.stderr.strip()}")
