"""What can wait at a cold start: parts of the SDK that sending an SMS never runs.

On the smallest instance a CPU-second of start-up takes twenty seconds, and a user waits for the
code. Importing the official client runs 1,200 modules; the send path needs a quarter of them.
This module imports the client with the others postponed: each is there, under its name, but its
code runs only when something of it is used. Nothing is changed in the SDK, and all of it works.

Python's own ``importlib.util.LazyLoader`` cannot do it: ``from package import name``, which is
what the SDK writes, makes it load at once.
"""

import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

from . import log

CLIENT: Final = "alibabacloud_dysmsapi20170525.client"

POSTPONED: Final[Mapping[str, Mapping[str, str]]] = {
    # Asynchronous calls, WebSockets, RSA keys and XML: no part of sending.
    "aiohttp": {},
    "asyncio": {},  # but for one question: see _Loader
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
    # Asked only where its file is: see _Loader.
    "certifi": {},
    # Proxies, hosts that are not ASCII, ZIP archives, temporary files.
    "idna": {},
    "importlib.metadata": {},
    "tempfile": {},
    "urllib.request": {},
    "zipfile": {},
}
"""What waits, and the names in it that do not wait, each with the submodule that defines it."""

_running = threading.RLock()
_starting: int | None = None  # the thread that imports the client now
_changes: list[str] = []  # what is not as it was in the SDK


class _Name:
    """A name imported from a module that waits. Stands in for it until it is used."""

    def __init__(self, module: ModuleType, name: str) -> None:
        self._module = module
        self._name = name

    def real(self) -> Any:
        if _starting is not None:
            _run(self._module)
        try:
            return getattr(self._module, self._name)
        except AttributeError:
            return importlib.import_module(f"{self._module.__name__}.{self._name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.real())

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[Any, ...]:
        return (self.real(),)


class _Postponed(ModuleType):
    """A module whose code has not run. Once it has, it is an ordinary module."""

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
                setattr(self, name, value)
                return value
        # The import system asks for special names in passing; `import *` asks for `__all__`.
        elif special and name != "__all__" and (starting or name != "__version__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _run(self)
        return getattr(self, name)


class _Running(ModuleType):
    """A module whose code is running: another thread waits for its end, and sees all of it."""

    def __getattr__(self, name: str) -> Any:
        with _running:
            return ModuleType.__getattribute__(self, name)


def _run(module: ModuleType) -> None:
    with _running:
        if not isinstance(module, _Postponed):
            return
        loader = vars(module)["__loader__"].loader
        if loader is None:
            raise ModuleNotFoundError(
                f"{module.__name__} is not there: sending an SMS does not need it",
                name=module.__name__,
            )
        _become(module, _Running)
        try:
            loader.exec_module(module)
        except BaseException:
            _become(module, _Postponed)
            raise
        _become(module, ModuleType)
        _settle(module)


def _become(module: ModuleType, kind: type[ModuleType]) -> None:
    module.__class__ = kind


def _settle(module: ModuleType) -> None:
    """Put the real names of a module where others hold stand-ins: `except` takes nothing else."""
    for holder in list(sys.modules.values()):
        for key, value in list(getattr(holder, "__dict__", {}).items()):
            if type(value) is _Name and value._module is module:
                try:
                    setattr(holder, key, value.real())
                except ImportError:  # a name that another version has
                    continue


class _Loader:
    """Makes a module without running its code, and answers what is asked of it in passing."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Postponed(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == "certifi":
            # Requests asks at once. Certifi's own answer is the same path, by way of
            # importlib.resources, which costs as much as a handshake.
            path = _certificates(module.__spec__)
            module.where = lambda: path  # type: ignore[attr-defined]
        elif module.__name__ == "asyncio":
            module.current_task = _current_task_of(module)  # type: ignore[attr-defined]


def _current_task_of(module: ModuleType) -> Callable[..., Any]:
    """Stand in for ``asyncio.current_task``, which logging asks for with every line it writes.

    As long as the module has not run, there is no loop, and the answer is what asyncio itself
    says of a thread without one.
    """

    def current_task(*loop: Any) -> Any:
        with _running:
            real = module.current_task
        if real is current_task:
            raise RuntimeError("no running event loop")
        return real(*loop)

    return current_task


class _Finder:
    """Finds the modules that wait, while the client is being imported."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _starting != threading.get_ident() or not _waits(name):
            return None
        spec = PathFinder.find_spec(name, path)
        if name == "certifi" and not os.path.isfile(_certificates(spec)):
            return None
        if spec is None:
            spec = ModuleSpec(name, None, is_package=True)
        spec.loader = _Loader(spec.loader if spec.origin else None)  # type: ignore[assignment]
        return spec


def _waits(name: str) -> bool:
    if name in POSTPONED:
        return True
    parent = name.rpartition(".")[0]
    return type(sys.modules.get(parent)) is _Postponed and not POSTPONED.get(parent)


def _certificates(spec: ModuleSpec | None) -> str:
    places = spec.submodule_search_locations if spec else None
    return os.path.join(places[0], "cacert.pem") if places else ""


def _import_client() -> None:
    global _starting
    before = set(sys.modules)
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    _starting = threading.get_ident()
    try:
        importlib.import_module(CLIENT)
        return
    except Exception as trouble:  # noqa: BLE001  (whatever it is: the plain import is to be tried)
        reason = f"{type(trouble).__name__}: {trouble}"
    finally:
        _starting = None
        sys.meta_path.remove(finder)
    _changes.append(reason)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in sys.stdlib_module_names:
            _run(sys.modules[name])
        else:
            del sys.modules[name]
    importlib.import_module(CLIENT)


def _start() -> None:
    """Import the client, with garbage collection paused.

    Nothing that is imported is garbage, but the collector would go through all of it many times:
    a fifth of what is left of the start-up. Frozen, it is never gone through again.
    """
    if CLIENT in sys.modules:
        return
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
