"""Files are there whole or not at all, and what goes wrong is said of the file that was wanted."""

import os
import re

import pytest

from pdec.training.files import write_atomically


def test_bytes_and_text(tmp_path):
    write_atomically(tmp_path / "a", "größer")
    write_atomically(tmp_path / "b", b"\x00")
    assert (tmp_path / "a").read_bytes() == "größer".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_failure_keeps_the_earlier_file_and_names_it(tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device", str(source))

    file = tmp_path / "a"
    file.write_text("earlier")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(file, "later")
    assert caught.value.filename == str(file)
    assert file.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("nowhere/a", FileNotFoundError), ("file/a", NotADirectoryError), ("folder", IsADirectoryError)],
)
def test_an_error_names_the_wanted_path(tmp_path, name, kind):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(kind, match=re.escape(repr(str(tmp_path / name)))):
        write_atomically(tmp_path / name, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_the_root_is_a_directory_too(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path.__class__(tmp_path.anchor), "")
