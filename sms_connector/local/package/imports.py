"""What one module imports, and what of it is evaluated while the module itself is imported."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_TYPE_CHECKING: Final = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


class Imported(NamedTuple):
    """One name that an import statement binds: ``from module import name as bound``.

    ``name`` is empty for ``import module``; ``meaning`` is what is bound, dotted from the top.
    """

    module: str
    name: str
    bound: str
    meaning: str


class Source:
    """A module's source. ``name`` is dotted; what a type checker alone reads is not part of it."""

    def __init__(self, path: Path, name: str) -> None:
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self._tree = ast.parse(path.read_bytes() if path.suffix == ".py" else b"")

    def imports(self) -> Iterator[Imported]:
        """Yield every import, wherever it stands in the module."""
        for node in _executed(self._tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    meaning = alias.name if alias.asname else top
                    yield Imported(alias.name, "", alias.asname or top, meaning)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                for alias in node.names:
                    meaning = f"{module}.{alias.name}"
                    yield Imported(module, alias.name, alias.asname or alias.name, meaning)

    def evaluated(self) -> Iterator[tuple[str, bool]]:
        """Yield each name, with its attributes, that importing the module evaluates.

        The second value is true where it is called.
        """
        postponed = any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for node in self._tree.body
            if "annotations" in [alias.name for alias in getattr(node, "names", ())]
        )
        for node in _at_import(self._tree, postponed):
            if isinstance(node, ast.Call) and (chain := _chain(node.func)):
                yield chain, True
            elif chain := _chain(node):
                yield chain, False

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self._package.split(".")
        return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])


def _chain(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _chain(node.value)):
        return f"{owner}.{node.attr}"
    return ""


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


def _at_import(tree: ast.AST, postponed: bool) -> Iterator[ast.AST]:
    """Walk through what runs at import: no bodies of functions, no annotations if postponed."""
    unread: set[str] = {"annotation", "returns"} if postponed else set()
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        unread.add("body")
    for field, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and field not in unread:
                yield node
                yield from _at_import(node, postponed)
