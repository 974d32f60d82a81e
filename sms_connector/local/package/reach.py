"""Which modules of the installed distributions the send path can reach.

Read from the source, so that it needs no Python of the version that is packaged for. An import
anywhere in a module counts, also inside a function, because an error may lead there; what
cold_start.py postpones does not, because nothing on the way of a message uses it.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

# Loaded by a name that is made up at run time: one module for each region of the world.
WHOLE: Final = ("phonenumbers.data", "phonenumbers.shortdata")

LEFT_OUT: Final = (
    # msgspec takes what it needs from `typing` where this is not there, which saves a tenth of
    # its import.
    "typing_extensions",
    # For browsers, SOCKS proxies and Pythons without SNI.
    "urllib3.contrib.emscripten",
    "urllib3.contrib.pyopenssl",
    "urllib3.contrib.socks",
    "urllib3.http2.connection",
)

_TYPE_CHECKING: Final = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


class Reach:
    """Follows imports through a directory of sources, from one module to the next."""

    def __init__(self, directory: Path, postponed: Mapping[str, Mapping[str, str]]) -> None:
        self._directory = directory
        self._postponed = {
            name: frozenset(f"{name}.{submodule}" for submodule in names.values())
            for name, names in postponed.items()
        }

    def from_modules(self, names: Iterable[str]) -> frozenset[Path]:
        """Give the files, relative to the directory, of these modules and all they import."""
        files: dict[str, Path] = {}
        waiting, seen = list(names), set(names)
        while waiting:
            name = waiting.pop()
            path = self._find(name) if self._counts(name) else None
            found = self._postponed.get(name, frozenset())
            if path is not None:
                files[name] = path
                found = frozenset(_imports(path, name))
                if name in WHOLE:
                    found |= {f"{name}.{module.stem}" for module in path.parent.glob("*.py")}
            # A module's packages are imported before it.
            found |= frozenset(filter(None, (imported.rpartition(".")[0] for imported in found)))
            waiting.extend(found - seen)
            seen |= found
        return frozenset(path.relative_to(self._directory) for path in files.values())

    def _counts(self, name: str) -> bool:
        *above, itself = (name[:end] for end in _ends(name))
        if itself in self._postponed or not {itself, *above}.isdisjoint(LEFT_OUT):
            return False
        # Submodules of a package that keeps some are taken one by one; those of others wait too.
        return all(self._postponed.get(package, True) for package in above)

    def _find(self, name: str) -> Path | None:
        place = self._directory.joinpath(*name.split("."))
        package = place / "__init__.py"
        if package.is_file():
            return package
        if (source := place.with_name(f"{place.name}.py")).is_file():
            return source
        return next(iter(sorted(place.parent.glob(f"{place.name}.*.so"))), None)


def _ends(name: str) -> list[int]:
    return [index for index, letter in enumerate(name) if letter == "."] + [len(name)]


def _imports(path: Path, name: str) -> Iterator[str]:
    """Give every name that an import statement could mean a module by."""
    if path.suffix != ".py":
        return
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _executed(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through all but what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in _TYPE_CHECKING:
            for branch in node.orelse:
                yield branch
                yield from _executed(branch)
            continue
        yield node
        yield from _executed(node)
