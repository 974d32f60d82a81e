"""The pinned requirements install on every pip, also after newer releases have appeared."""

from __future__ import annotations

from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.serving import PROJECT


def pinned(lock: str) -> list[Requirement]:
    lines = (PROJECT / lock).read_text("utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements/dev.txt", "requirements/browser.txt"]
)
def test_each_requirement_is_pinned_to_one_version(lock: str) -> None:
    assert pinned(lock)
    assert [str(each) for each in pinned(lock) if not str(each.specifier).startswith("==")] == []


def test_an_extra_that_a_package_asks_for_is_pinned_with_it() -> None:
    # pip before 23.3 looks at the newest release for `coverage[toml]>=7` where only `coverage` is
    # pinned, and refuses it: it has no hash.
    extras = {
        (canonicalize_name(each.name), extra)
        for each in pinned("requirements/dev.txt")
        for extra in each.extras
    }
    asked_for = {
        (canonicalize_name(requirement.name), extra)
        for distribution in distributions()
        for requirement in map(Requirement, distribution.requires or ())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        for extra in requirement.extras
    }

    assert asked_for
    assert asked_for <= extras
