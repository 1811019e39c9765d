"""Folders that hold anything: only files and folders are listed, nothing is opened, and there is an end to it."""

import os

import pytest

from tui.picker.folder import read_folder


def test_files_and_folders_as_people_sort_them(tmp_path):
    for name in ("b.toml", "A.toml", "c.txt", ".hidden.toml"):
        (tmp_path / name).touch()
    for name in ("sub", "Other", ".git"):
        (tmp_path / name).mkdir()
    folder = read_folder(tmp_path)
    assert folder.files == ("A.toml", "b.toml", ".hidden.toml")
    assert folder.folders == ("Other", "sub", ".git")
    assert folder.all_seen
    assert not folder.problem


@pytest.mark.posix
def test_what_is_no_file_is_not_listed(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "nowhere.toml").symlink_to("missing.toml")
    (tmp_path / "null.toml").symlink_to(os.devnull)
    (tmp_path / "real.toml").touch()
    (tmp_path / "link.toml").symlink_to("real.toml")
    (tmp_path / "self").symlink_to(".")
    folder = read_folder(tmp_path)
    assert folder.files == ("link.toml", "real.toml")
    assert folder.folders == ("self",)


@pytest.mark.parametrize("name", ["missing", "file.toml", "no\0path", "x" * 5000])
def test_what_can_not_be_listed_says_why(name, tmp_path):
    (tmp_path / "file.toml").touch()
    folder = read_folder(tmp_path / name)
    assert folder.problem
    assert not folder.files


def test_only_so_many_entries_are_looked_at(tmp_path):
    for index in range(6):
        (tmp_path / f"{index}.toml").touch()
    assert read_folder(tmp_path, most=6).all_seen
    folder = read_folder(tmp_path, most=5)
    assert len(folder.files) == 5
    assert not folder.all_seen
