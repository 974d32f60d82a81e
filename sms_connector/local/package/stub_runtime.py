"""What every stub in the package is made of. `make package` copies this file next to index.py.

A stub takes the place of a module that sending does not need. Its names can be imported,
subclassed and named in annotations; to use one fails, and says which.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

used: set[str] = set()
"""Names of stubs that something tried to use. The proof of the package reads it."""


class StubError(NotImplementedError):
    """Something needs a module that the package leaves out."""


def _fail(name: str) -> NoReturn:
    used.add(name)
    raise StubError(
        f"{name} is a stub: the package of the SMS connector leaves it out, because sending "
        "does not need it."
    )


class _StubType(type):
    def __call__(cls, *_args: Any, **_kwargs: Any) -> Any:
        # Not inherited: that the base may be made says nothing about a subclass in the SDK.
        if vars(cls).get("may_be_made"):
            return super().__call__()
        _fail(_name(cls))

    def __getattr__(cls, name: str) -> Any:
        _fail_for(_name(cls), name)


class Stub(metaclass=_StubType):
    """Base of every name in a stub. ``may_be_made`` is true of those the SDK makes at import."""

    may_be_made = False

    def __getattr__(self, name: str) -> Any:
        _fail_for(_name(type(self)), name)


def attributes_of(
    module: str, submodules: tuple[str, ...], late: dict[str, str]
) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a stub module (PEP 562).

    ``late`` names are those that it has after all, each with the module that defines it.
    """

    def get(name: str) -> Any:
        if name in late:
            return getattr(import_module(late[name]), name)
        if name in submodules:  # the import system asks before it imports one
            raise AttributeError(name)
        _fail_for(module, name)

    return get


def _fail_for(owner: str, name: str) -> NoReturn:
    if name.startswith("__"):  # asked in passing, by `typing` and the import system
        raise AttributeError(name)
    _fail(f"{owner}.{name}")


def _name(cls: type) -> str:
    """Name the stub that a class is, or that it is a subclass of."""
    line = cls.__mro__
    stub = line[line.index(Stub) - 1]
    return f"{stub.__module__}.{stub.__qualname__}"
