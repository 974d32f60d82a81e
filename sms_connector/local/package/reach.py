"""Which modules of the installed distributions our code reaches, and what those take from stubs.

Read from the source, so that it needs no Python of the version that is packaged for. An import
anywhere in a module counts, also inside a function, because an error may lead there.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from .imports import Source
from .stubs import LEFT_OUT, LeftOut, Needs

# Loaded by a name that is made up at run time: one module for each region of the world.
WHOLE: Final = ("phonenumbers.data",)

# msgspec tries to import it and takes the same from `typing` without it, in less time.
NOT_COPIED: Final = ("typing_extensions",)


class Reach:
    """Follows imports through a directory of sources, from one module to the next.

    Raises ClickException if a stub is to keep a name that its module does not import.
    """

    def __init__(
        self, directory: Path, start: Iterable[str], left_out: Mapping[str, LeftOut] = LEFT_OUT
    ) -> None:
        self._directory = directory
        self._left_out = left_out
        self._needs = Needs(set(), set(), set(), {}, set())
        self._paths: dict[str, Path] = {}
        for module, left in left_out.items():
            if names := left.kept + left.late:
                self._needs.kept.update(self._definitions(module, names))
                self._needs.late.update(f"{module}.{name}" for name in left.late)
        self._follow(start)

    @property
    def files(self) -> frozenset[Path]:
        """The files that are reached, relative to the directory."""
        return frozenset(path.relative_to(self._directory) for path in self._paths.values())

    @property
    def needs(self) -> Needs:
        """What the files that are reached take from stubs."""
        return self._needs._replace(names=self._needs.names - self._needs.modules)

    def _follow(self, start: Iterable[str]) -> None:
        waiting = list(start)
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            if self._is_stub(name):
                kept = self._needs.kept.items()
                found = {home for each, home in kept if _package(each) == name}
            elif name not in NOT_COPIED and (path := self._find(name)):
                self._paths[name] = path
                found = self._read(name, path)
            else:
                continue
            found |= {_package(each) for each in found} - {""}  # imported before it
            waiting.extend(found - seen)
            seen |= found

    def _read(self, name: str, path: Path) -> set[str]:
        """Return every name that an import in a module could mean a module by."""
        source = Source(path, name)
        found = set()
        if name in WHOLE:
            found = {f"{name}.{each.stem}" for each in path.parent.glob("*.py")}
        meanings = {}
        for module, imported, bound, meaning in source.imports():
            found |= {module, meaning}
            meanings[bound] = meaning
            if self._is_stub(module):
                self._needs.modules.update(self._stubs_above(module))
                self._needs.names.update([meaning] if imported else [])
            elif self._is_stub(meaning):
                self._needs.modules.add(meaning)
        for chain, is_called in source.evaluated():
            bound, dot, rest = chain.partition(".")
            meaning = f"{meanings.get(bound, '')}{dot}{rest}"
            if self._is_stub(meaning):
                self._needs.names.update(self._stubs_above(meaning))
                self._needs.called.update([meaning] if is_called else [])
        return found

    def _is_stub(self, name: str) -> bool:
        if name in self._needs.kept.values():
            return False
        return any(f"{name}.".startswith(f"{module}.") for module in self._left_out)

    def _stubs_above(self, name: str) -> Iterator[str]:
        while self._is_stub(name):
            yield name
            name = _package(name)

    def _definitions(self, module: str, names: Iterable[str]) -> Mapping[str, str]:
        path = self._find(module)
        imports = Source(path, module).imports() if path else ()
        homes = {each.name: each.module for each in imports}
        if missing := sorted(set(names) - homes.keys()):
            raise click.ClickException(f"{module} does not import {', '.join(missing)}.")
        return {f"{module}.{name}": homes[name] for name in names}

    def _find(self, name: str) -> Path | None:
        place = self._directory.joinpath(*name.split("."))
        package = place / "__init__.py"
        if package.is_file():
            return package
        if (source := place.with_name(f"{place.name}.py")).is_file():
            return source
        return next(iter(sorted(place.parent.glob(f"{place.name}.*.so"))), None)


def _package(name: str) -> str:
    return name.rpartition(".")[0]
