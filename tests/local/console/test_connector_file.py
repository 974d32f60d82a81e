from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from sms_connector.local.console.connector_file import ConnectorFile, UnreadableFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "connector.json"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_missing_file_reads_as_the_start_value_and_is_not_created(path: Path) -> None:
    file = ConnectorFile(path, {"signName": "码上登录"})
    assert file.read() == {"signName": "码上登录"}
    assert ConnectorFile(path).read() == {}
    assert not file.exists()


def test_a_written_file_is_readable_by_its_owner_only(path: Path) -> None:
    before = os.umask(0)
    try:
        ConnectorFile(path).write({"accessKeySecret": "x"})
    finally:
        os.umask(before)
    assert mode_of(path) == 0o600


def test_writing_closes_a_file_that_others_could_read(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0o644)
    ConnectorFile(path).write({})
    assert mode_of(path) == 0o600


def test_a_written_file_is_indented_json_in_utf_8(path: Path) -> None:
    ConnectorFile(path).write({"signName": "码上登录"})
    assert path.read_text("utf-8") == '{\n  "signName": "码上登录"\n}\n'
    assert ConnectorFile(path).read() == {"signName": "码上登录"}


def test_a_failed_write_leaves_the_old_file_and_no_other(path: Path) -> None:
    path.write_text('{"old": true}')
    with pytest.raises(TypeError):
        ConnectorFile(path).write({"cannot be JSON": object()})
    assert json.loads(path.read_text()) == {"old": True}
    assert os.listdir(path.parent) == [path.name]


def test_writing_to_a_symbolic_link_replaces_its_target(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept" / "real.json"
    target.parent.mkdir()
    target.write_text("{}")
    path.symlink_to(target)
    ConnectorFile(path).write({"new": True})
    assert path.is_symlink()
    assert json.loads(target.read_text()) == {"new": True}


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'"text"', b"[" * 100_000])
def test_a_file_that_is_not_a_json_object_raises_and_is_not_overwritten(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError):
        ConnectorFile(path).read()
    assert path.read_bytes() == content


def test_a_byte_order_mark_is_ignored(path: Path) -> None:
    path.write_text("{}", "utf-8-sig")
    assert ConnectorFile(path).read() == {}
