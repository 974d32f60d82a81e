"""The pages name what exists: variables, links, pictures, files, and their translations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.serving import PROJECT

WRITTEN = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])


@pytest.mark.parametrize(
    "page",
    # The changes name variables that were renamed.
    [page for page in WRITTEN if page.name != "CHANGELOG.md"],
    ids=lambda page: page.name,
)
def test_variables_that_a_page_names_are_read_by_the_function_or_by_s_yaml(page: Path) -> None:
    read = (PROJECT / "sms_connector" / "settings.py").read_text("utf-8")
    deployed = (PROJECT / "s.yaml").read_text("utf-8")
    for name in set(re.findall(r"SMS_CONNECTOR_[A-Z_]+", page.read_text("utf-8"))):
        assert f'"{name}"' in read or f"'{name}'" in deployed, name


@pytest.mark.parametrize("page", ["README.md", "docs/README.zh-CN.md"])
def test_each_variable_has_a_row_in_both_readmes(page: str) -> None:
    settings = (PROJECT / "sms_connector" / "settings.py").read_text("utf-8")
    rows = re.findall(
        r"^\| `(SMS_CONNECTOR_[A-Z_]+)` \|", (PROJECT / page).read_text("utf-8"), re.M
    )
    assert sorted(rows) == sorted(re.findall(r'"(SMS_CONNECTOR_[A-Z_]+)"', settings))


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_each_picture_is_shown_by_a_page() -> None:
    shown = {(page.parent / target).resolve() for page in WRITTEN for target in links(page)}
    pictures = set((PROJECT / "docs").rglob("*.png")) | set((PROJECT / "docs").rglob("*.svg"))
    assert pictures - shown == set()


TRANSLATED = [page for page in WRITTEN if page.name.endswith(".zh-CN.md")]


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_a_translated_page_links_to_its_original_and_else_to_translated_pages(page: Path) -> None:
    original = page.with_name(page.name.replace(".zh-CN", ""))
    if not original.exists():  # that of the README is in the directory above
        original = page.parents[1] / original.name
    assert original.parent / links(original)[0] == page
    first, *others = links(page)
    assert (page.parent / first).resolve() == original
    for target in others:
        file = page.parent / target.partition("#")[0]
        is_untranslated = file.suffix == ".md" and ".zh-CN" not in file.name
        assert not (is_untranslated and file.with_suffix(".zh-CN.md").exists()), target


def links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_files_that_the_page_for_contributors_names_exist() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    names = set(re.findall(r"`([a-z_0-9/]+\.(?:py|yaml|md|in|lua))`", text))
    assert len(names) > 30
    for name in names:
        assert (PROJECT / name).exists() or (PROJECT / "sms_connector" / name).exists(), name
