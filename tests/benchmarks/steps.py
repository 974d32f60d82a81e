"""The package taken back step by step, to measure what each step bought."""

import shutil
from pathlib import Path

from sms_connector.local.package.bytecode import compile_all
from sms_connector.local.package.contents import ROOTS, copy_own_code
from sms_connector.local.package.interpreter import Interpreter

from .contenders import PACKAGE, PROJECT, Contender, function_from, plain_install


def steps(interpreter: Interpreter, folder: Path) -> tuple[Contender, ...]:
    """Return the function in each state on the way from a plain install to the package."""
    installed = str(plain_install(interpreter))
    requests = _own_code(folder / "requests")
    _append(requests / "sms_connector/provider/do_action.py", "def install() -> None: pass")
    wire = _own_code(folder / "wire")
    stubs = _copy(folder / "stubs")
    _collect(stubs)
    shutil.rmtree(stubs / ROOTS)
    (stubs / "certifi.py").unlink()
    shutil.copytree(Path(installed, "certifi"), stubs / "certifi")
    roots = _copy(folder / "roots")
    _collect(roots)
    for made in (requests, wire, stubs, roots):
        compile_all(made, interpreter)
    return (
        function_from(interpreter, "the function over a plain install", str(requests), installed),
        function_from(interpreter, "a wire of its own below the SDK", str(wire), installed),
        function_from(interpreter, "stubs for what sending does not reach", str(stubs)),
        function_from(interpreter, "root certificates as a directory", str(roots)),
        function_from(interpreter, "garbage collection paused: the package", str(PACKAGE)),
    )


def _own_code(directory: Path) -> Path:
    directory.mkdir()
    copy_own_code(PROJECT, directory)
    _collect(directory)
    return directory


def _copy(directory: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, directory))


def _collect(directory: Path) -> None:
    """Let garbage be collected during the import."""
    index = directory / "index.py"
    text = index.read_text("utf-8")
    changed = text.replace("gc.disable()\n", "").replace("gc.freeze()\n", "")
    assert len(text) - len(changed) == len("gc.disable()\ngc.freeze()\n")
    index.write_text(changed, "utf-8")


def _append(module: Path, code: str) -> None:
    module.write_text(f"{module.read_text('utf-8')}\n{code}\n", "utf-8")
