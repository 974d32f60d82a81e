"""Which modules of the distributions are replaced by stubs, and the text of a stub.

A stub serves the names that the modules which stay import from it, read from their source. An
update of a distribution that imports another name gets that name; one that uses a stub, at import
or on the way of a message, fails the proof.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class LeftOut(NamedTuple):
    """Why a module is left out, with all below it but the definitions of some names.

    Those of the ``late`` names are imported when they are first used, the others at once.
    """

    reason: str
    kept: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


LEFT_OUT: Final[Mapping[str, LeftOut]] = {
    "aiohttp": LeftOut("asynchronous calls"),
    "alibabacloud_credentials": LeftOut("keys from elsewhere than the config and the role"),
    "alibabacloud_dysmsapi20170525.models": LeftOut(
        "calls other than SendSms and QuerySendDetails",
        ("SendSmsRequest", "SendSmsResponse", "SendSmsResponseBody"),
        late=(
            "QuerySendDetailsRequest",
            "QuerySendDetailsResponse",
            "QuerySendDetailsResponseBody",
            "QuerySendDetailsResponseBodySmsSendDetailDTOs",
            "QuerySendDetailsResponseBodySmsSendDetailDTOsSmsSendDetailDTO",
        ),
    ),
    "alibabacloud_gateway_spi": LeftOut("signatures of version 4"),
    "alibabacloud_tea_openapi.websocket_utils": LeftOut("WebSockets"),
    "async_timeout": LeftOut("asynchronous calls"),
    "certifi": LeftOut("its bundle is a directory in the package"),
    "cryptography": LeftOut("RSA keys"),
    "darabonba.utils.xml": LeftOut("answers in XML"),
    "darabonba.websocket": LeftOut("WebSockets"),
    "msgspec._json_schema": LeftOut("JSON schemas"),
    "msgspec.inspect": LeftOut("JSON schemas"),
    "msgspec.toml": LeftOut("formats other than JSON"),
    "msgspec.yaml": LeftOut("formats other than JSON"),
    "phonenumbers.shortnumberinfo": LeftOut("numbers of three to six digits"),
    "requests": LeftOut("the HTTP client that provider/wire.py takes the place of"),
    "valkey._cache": LeftOut("a cache on the client's side"),
    "valkey._parsers.commands": LeftOut("a cluster of many shards"),
    "valkey._parsers.libvalkey": LeftOut("a parser in C"),
    "valkey._parsers.resp3": LeftOut("version 3 of the protocol"),
    "valkey._parsers.url_parser": LeftOut("URLs, which store/address.py reads"),
    "valkey.asyncio": LeftOut("asynchronous calls"),
    "valkey.client": LeftOut("commands: store/connection.py uses the connection alone"),
    "valkey.cluster": LeftOut("a cluster of many shards"),
    "valkey.ocsp": LeftOut("revoked certificates"),
    "valkey.sentinel": LeftOut("sentinels"),
}


class Needs(NamedTuple):
    """What the modules that stay take from stubs. All names are dotted, from the top."""

    modules: set[str]
    """Imported as modules, with the packages above them."""

    names: set[str]
    """Other names, also names within names: ``requests.adapters.HTTPAdapter``."""

    called: set[str]
    """Those of the names that are called while a module is imported."""

    kept: dict[str, str]
    """Each kept name, also a late one, and the module that defines it."""

    late: set[str]
    """Those of the kept names that are imported when they are first used."""


def texts(needs: Needs) -> Iterator[tuple[str, str]]:
    """Yield each stub's path, relative to the package, and its text."""
    for module in sorted(needs.modules):
        below = [each for each in needs.modules | needs.kept.keys() if _parent(each) == module]
        path = module.replace(".", "/")
        yield f"{path}/__init__.py" if below else f"{path}.py", _text(module, needs)


def _text(module: str, needs: Needs) -> str:
    submodules = tuple(_last(each) for each in sorted(needs.modules) if _parent(each) == module)
    kept = {name: home for name, home in needs.kept.items() if _parent(name) == module}
    late = {_last(name): home for name, home in sorted(kept.items()) if name in needs.late}
    lines = (
        '"""A stub, written by `make package`: see stub_runtime.py."""',
        "from stub_runtime import Stub, attributes_of",
        *(
            f"from {home} import {_last(name)}"
            for name, home in sorted(kept.items())
            if name not in needs.late
        ),
        f"__getattr__ = attributes_of(__name__, {submodules!r}, {late!r})",
        *_classes(module, needs, ""),
    )
    return "".join(f"{line}\n" for line in lines)


def _classes(owner: str, needs: Needs, indent: str) -> Iterator[str]:
    for name in sorted(needs.names - needs.kept.keys()):
        if _parent(name) == owner:
            yield f"{indent}class {_last(name)}(Stub):"
            yield f"{indent}    may_be_made = {name in needs.called}"
            yield from _classes(name, needs, f"{indent}    ")


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]
