"""Files of numbers: what is read, and that nothing else is."""

import os
import time

import pytest

from pdec import sheets
from pdec.sheets import SheetError, read


def written(tmp_path, content, name="m.csv"):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(name, str(tmp_path))


def message(tmp_path, content):
    with pytest.raises(SheetError) as caught:
        written(tmp_path, content)
    return caught.value.message


def test_columns_by_name(tmp_path):
    sheet = written(tmp_path, '\ufeffx , "t", u\n1,2,3\r\n\n 4, 5e0 ,-6\n')
    assert sheet.names == ("x", "t", "u")
    assert len(sheet) == 2
    assert sheet.rows([2, 0]) == [(3, 1), (-6, 4)]
    assert len(sheet.sha256) == 64


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("x,u\n1,2\n3\n", "m.csv:3: 1 cell in this row"),
        ("x,u\n1,2,3\n", "m.csv:2: 3 cells in this row"),
        ("x,u\n1,2\n3,abc\n", "m.csv:3: `abc` is not a finite number in column `u`"),
        ("x,u\n1,inf\n", "`inf` is not a finite number"),
        ("x,u\n1,1e999\n", "`1e999` is not a finite number"),
        ("x,u\n1,\n", "m.csv:2: there is no number in column `u`"),
        ('x,u\n1,"2\n3"\n', "m.csv:3: `2�3` is not a finite number"),
        ("", "m.csv:1: the file is empty"),
        ("\n\n", "the file is empty"),
        ("x,u\n", "m.csv:1: there are no rows"),
        ("1,2\n3,4\n", "`1` is no name"),
        ("x,\n3,4\n", "`` is no name"),
        ("x,x\n3,4\n", "two columns are called `x`"),
        ("x\tu\n3\t4\n", "columns are separated by commas"),
        (b"x,u\n1,2\n1,\xff\n", "this is not UTF-8 text"),
        ("x,u\n" + "1" * 200_000 + ",2\n", "m.csv:2: this is not CSV: field larger"),
        ("x,u\n" + "\x1b[31m" * 30 + ",2\n", "`�[31m�[31m�[31m�[31…`"),
    ],
)
def test_broken_files(tmp_path, content, wanted):
    assert wanted in message(tmp_path, content)


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_NUMBERS", 10)
    assert message(tmp_path, "x,u\n" + "1,2\n" * 6) == "m.csv:7: more than 10 numbers"
    monkeypatch.setattr(sheets, "MAX_BYTES", 2**20)
    assert message(tmp_path, b" " * (2**20 + 1)) == "`m.csv` is larger than 1 MiB"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes and devices")
def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    start = time.perf_counter()
    for name in ("pipe.csv", "folder.csv", "/dev/zero", "no/such.csv", "m.csv/m.csv", "a" * 5000, "\ud800"):
        with pytest.raises(SheetError):
            read(name, str(tmp_path))
    assert time.perf_counter() - start < 1


def test_a_similar_name_is_offered(tmp_path):
    written(tmp_path, "x\n1\n", "measured.csv")
    with pytest.raises(SheetError) as caught:
        read("measurd.csv", str(tmp_path))
    assert caught.value.hint == "did you mean `measured.csv`?"


def test_a_large_file_is_read_within_seconds(tmp_path):
    lines = ["x,y,u", *("0.123456,0.654321,0.111111" for _ in range(300_000))]
    start = time.process_time()
    assert len(written(tmp_path, "\n".join(lines))) == 300_000
    assert time.process_time() - start < 3
