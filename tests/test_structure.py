"""Which rooms may import what: the tree's own rules, read from its sources."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHIPPED = sorted(
    path
    for path in [ROOT / "index.py", ROOT / "server.py", *(ROOT / "sms_connector").rglob("*.py")]
    if "local" not in path.relative_to(ROOT).parts and path.name != "__main__.py"
)

SDK = ("alibabacloud_", "darabonba", "Tea")

DEVELOPMENT = (
    *("click", "fc2", "hypothesis", "pytest", "requests", "rich", "schemathesis", "starlette"),
    *("trustme", "uvicorn", "watchfiles", "yaml"),
)

# From the ground up. A room imports from those before it, and from itself.
FLOORS = (
    ("clock", "errors", "only_process", "tls"),
    ("privacy", "phone", "config_fields", "config_syntax"),
    ("limits", "fixed_codes"),
    ("templates",),
    ("message",),
    ("config",),
    ("region", "settings"),
    ("log",),
    ("store",),
    ("idempotency", "provider"),
    ("sending", "web"),
    ("verification", "reports"),
    ("callers", "instance", "invocation"),
    ("operations",),
    ("function",),
    ("web_mode", "wsgi"),
)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the modules that a file imports anywhere, by their full names."""
    return frozenset(each_import_of(path))


def each_import_of(path: Path) -> Iterator[str]:
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def floor_of(module: str) -> int | None:
    """Return the floor of one of our modules; the most exact name of a room counts."""
    name = module.removeprefix("sms_connector.")
    found = [
        (len(room), number)
        for number, rooms in enumerate(FLOORS)
        for room in rooms
        if name == room or name.startswith(f"{room}.")
    ]
    return max(found)[1] if found else None


def test_every_shipped_file_is_in_a_room() -> None:
    modules = {module_of(path) for path in SHIPPED} - {"index", "server", "sms_connector"}
    assert [module for module in modules if floor_of(module) is None] == []


def test_only_the_provider_s_room_imports_the_sdk() -> None:
    assert [
        (module_of(path), name)
        for path in SHIPPED
        if "provider" not in path.parts
        for name in imports_of(path)
        if name.startswith(SDK)
    ] == []


def test_nothing_that_ships_imports_a_development_tool() -> None:
    assert [
        (module_of(path), name)
        for path in SHIPPED
        for name in imports_of(path)
        if name.startswith("sms_connector.local") or name.partition(".")[0] in DEVELOPMENT
    ] == []


def test_no_import_runs_upwards() -> None:
    assert [
        (module_of(path), name)
        for path in SHIPPED
        if (floor := floor_of(module_of(path))) is not None
        for name in imports_of(path)
        if (floor_of(name) or 0) > floor
    ] == []


def test_only_the_settings_read_the_environment() -> None:
    assert [
        module_of(path)
        for path in SHIPPED
        if path.name not in ("index.py", "server.py", "settings.py", "wsgi.py")
        and re.search(r"os\.environ|getenv", path.read_text("utf-8"))
    ] == []


def test_a_file_has_at_most_300_lines() -> None:
    long = {path: len(path.read_text("utf-8").splitlines()) for path in SHIPPED}
    assert {module_of(path): lines for path, lines in long.items() if lines > 300} == {}
