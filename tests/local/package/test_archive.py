"""The ZIP: its bytes depend on names and contents alone."""

import os
import stat
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from sms_connector.local.package.archive import archive_of

FILES = {"index.py": b"handler", "a/b.py": b"b" * 5000, "a.py": b"", "a-b/c.pyc": bytes(range(256))}


def tree(directory: Path, names: list[str], mode: int, time: int) -> Path:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
        path.chmod(mode)
        os.utime(path, (time, time))
    return directory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tree(tmp_path / "one", sorted(FILES), 0o644, 315_619_200)


def test_the_bytes_depend_neither_on_modes_times_nor_the_order_of_writing(
    directory: Path, tmp_path: Path
) -> None:
    other = tree(tmp_path / "two", sorted(FILES, reverse=True), 0o755, 1_700_000_000)
    assert archive_of(other) == archive_of(directory)


def test_another_content_makes_another_zip(directory: Path) -> None:
    before = archive_of(directory)
    (directory / "a.py").write_bytes(b"a")
    assert archive_of(directory) != before


def test_the_zip_holds_each_file_sorted_readable_and_compressed(directory: Path) -> None:
    with zipfile.ZipFile(BytesIO(archive_of(directory))) as archive:
        entries = archive.infolist()
        assert {entry.filename: archive.read(entry) for entry in entries} == FILES
    assert [entry.filename for entry in entries] == sorted(FILES)
    assert {entry.external_attr >> 16 for entry in entries} == {stat.S_IFREG | 0o644}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}
