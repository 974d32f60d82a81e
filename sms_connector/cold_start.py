"""What can wait at a cold start: parts of the SDK that sending an SMS never runs.

On the smallest instance a CPU-second of start-up takes twenty seconds, and a user waits for the
code. Importing the official client runs 1,200 modules; the send path needs a quarter of them.
This module imports the client with the others postponed: a stand-in is there under the name of
each, and the module itself is imported once something of it is used. Nothing is changed in the
SDK, and all of it works.

Python's own ``importlib.util.LazyLoader`` cannot do it: ``from package import name``, which is
what the SDK writes, makes it load at once.
"""

import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

from . import log

CLIENT: Final = "alibabacloud_dysmsapi20170525.client"

POSTPONED: Final[Mapping[str, Mapping[str, str]]] = {
    # Asynchronous calls, WebSockets, RSA keys and XML: no part of sending.
    "aiohttp": {},
    "asyncio": {},  # but for one question: see _StandIn
    "cryptography": {},
    "alibabacloud_tea_openapi.websocket_utils": {},
    "darabonba.utils.xml": {},
    "darabonba.websocket": {},
    # Keys from other places than the connector config and the function's role.
    "alibabacloud_credentials.credentials": {},
    "alibabacloud_credentials.provider": {
        "StaticAKCredentialsProvider": "static_ak",
        "StaticSTSCredentialsProvider": "static_sts",
    },
    # Five hundred modules, of which SendSms needs three.
    "alibabacloud_dysmsapi20170525.models": {
        "SendSmsRequest": "_send_sms_request",
        "SendSmsResponse": "_send_sms_response",
        "SendSmsResponseBody": "_send_sms_response_body",
    },
    # Guesses the encoding of texts; the SDK reads bytes.
    "charset_normalizer": {"__version__": "version"},
    # Asked only where its file is: see _StandIn.
    "certifi": {},
    # Proxies, hosts that are not ASCII, ZIP archives, temporary files.
    "idna": {},
    "importlib.metadata": {},
    "tempfile": {},
    "urllib.request": {},
    "zipfile": {},
}
"""What waits, and the names in it that do not wait, each with the submodule that defines it."""

_swapping = threading.Lock()
_starting: int | None = None  # the thread that imports the client now
_wanted: set[str] = set()  # modules that somebody used: they wait no longer
_changes: list[str] = []  # what is not as it was in the SDK


class _Name:
    """A name imported from a module that waits. Stands in for it until it is used."""

    def __init__(self, module: "_Postponed", name: str) -> None:
        self._module = module
        self._name = name

    def real(self) -> Any:
        module: ModuleType = self._module
        if _starting == threading.get_ident():
            module = _import(self._module)
        try:
            return getattr(module, self._name)
        except AttributeError:
            return importlib.import_module(f"{module.__name__}.{self._name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked in passing, by `copy` and the like
            raise AttributeError(name)
        return getattr(self.real(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.real())

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[Any, ...]:
        return (self.real(),)

    def __or__(self, other: Any) -> Any:
        return self.real() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.real()


class _Postponed(ModuleType):
    """Stands in for a module until something of it is used, then passes everything on to it."""

    def __getattr__(self, name: str) -> Any:
        special = name.startswith("__")
        starting = _starting == threading.get_ident()
        known = POSTPONED.get(self.__name__, {}).get(name)
        if starting and not special:
            return _Name(self, name)
        if known:
            try:
                value = getattr(importlib.import_module(f"{self.__name__}.{known}"), name)
            except (ImportError, AttributeError):
                _changes.append(f"{name} is not where it was in {self.__name__}")
            else:
                vars(self)[name] = value
                return value
        # The import system asks for special names in passing; `import *` asks for `__all__`.
        elif special and name != "__all__" and (starting or name != "__version__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(_import(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") or isinstance(value, ModuleType):  # the import system does this
            super().__setattr__(name, value)
        else:
            setattr(_import(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_import(self), name)


def _import(stand_in: _Postponed) -> ModuleType:
    """Have the import system import the module itself, as if it had not been asked before.

    It waits for other threads, finds deadlocks and cleans up after errors as it always does.
    """
    name = stand_in.__name__
    if vars(stand_in)["__spec__"].origin is None:
        raise ModuleNotFoundError(
            f"{name} is not there: sending an SMS does not need it", name=name
        )
    _wanted.add(name)
    with _swapping:
        first = sys.modules.get(name) is stand_in
        if first:
            del sys.modules[name]
    module = importlib.import_module(name)
    if first:
        _settle(stand_in, module)
    return module


def _settle(stand_in: _Postponed, module: ModuleType) -> None:
    """Put the module and what is in it where others hold stand-ins: `except` takes nothing else."""
    for key, value in list(vars(stand_in).items()):
        if isinstance(value, ModuleType):  # a submodule that was imported before
            vars(module).setdefault(key, value)
    for holder in list(sys.modules.values()):
        for key, value in list(getattr(holder, "__dict__", {}).items()):
            if value is stand_in:
                setattr(holder, key, module)
            elif type(value) is _Name and value._module is stand_in:
                with suppress(ImportError):  # a name that another version has
                    setattr(holder, key, value.real())


class _StandIn:
    """Makes a stand-in for a module, with the answer to what is asked of it in passing."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Postponed(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == "certifi":
            # Requests asks at once. Certifi's own answer is the same path, by way of
            # importlib.resources, which costs as much as a handshake.
            path = _certificates(module.__spec__)
            vars(module)["where"] = lambda: path
        elif module.__name__ == "asyncio":
            vars(module)["current_task"] = _current_task


def _current_task(*args: Any, **kwargs: Any) -> Any:
    """Stand in for ``asyncio.current_task``, which logging asks for with every line it writes.

    As long as asyncio is not imported, there is no loop, and this is what it says then.
    """
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or isinstance(asyncio, _Postponed):
        raise RuntimeError("no running event loop")
    return asyncio.current_task(*args, **kwargs)


class _Imported:
    """Gives the import system a module that the import of its package has brought already."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__
        # The import system goes by the specification that the module has: with its own one, it
        # would run it a second time.
        self.spec = module.__spec__ = ModuleSpec(module.__name__, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder:
    """Postpones modules while the client is imported. Later, imports a module's package first."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = sys.modules.get(name.rpartition(".")[0])
        is_below = isinstance(package, _Postponed) and not POSTPONED.get(package.__name__)
        if _starting == threading.get_ident():
            waits = (name in POSTPONED or is_below) and name not in _wanted
            return _postponed(name, path) if waits else None
        if is_below:
            _import(package)  # type: ignore[arg-type]
            if name in sys.modules:
                return _Imported(sys.modules[name]).spec
        return None


def _postponed(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    spec = PathFinder.find_spec(name, path)
    if name == "certifi" and not os.path.isfile(_certificates(spec)):
        return None
    if spec is None:
        spec = ModuleSpec(name, None, is_package=True)
    spec.loader = _StandIn()  # type: ignore[assignment]
    return spec


def _certificates(spec: ModuleSpec | None) -> str:
    places = spec.submodule_search_locations if spec else None
    return os.path.join(places[0], "cacert.pem") if places else ""


def _import_client() -> None:
    global _starting
    before = set(sys.modules)
    sys.meta_path.insert(0, _Finder())
    _starting = threading.get_ident()
    try:
        importlib.import_module(CLIENT)
        return
    except Exception as trouble:  # noqa: BLE001  (whatever it is: the plain import is to be tried)
        _changes.append(f"{type(trouble).__name__}: {trouble}")
    finally:
        _starting = None
    for name in set(sys.modules) - before:
        if name.partition(".")[0] not in sys.stdlib_module_names:
            del sys.modules[name]
        elif isinstance(module := sys.modules[name], _Postponed):
            _import(module)
    importlib.import_module(CLIENT)


def _start() -> None:
    """Import the client, with garbage collection paused.

    Nothing that is imported is garbage, but the collector would go through all of it many times:
    a fifth of what is left of the start-up. Frozen, it is never gone through again.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        _import_client()
        for module, names in POSTPONED.items():
            for name in names:
                getattr(sys.modules.get(module), name, None)
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
    if _changes:
        log.write(
            logging.getLogger("sms_connector"),
            logging.WARNING,
            "cold_start",
            reason=f"The SDK has changed, and starting takes longer: {'; '.join(_changes)}.",
        )


_start()
