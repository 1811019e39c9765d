"""Writing files: mode, owner and links stay, half a file is never seen, and nothing of another's is swept away."""

import contextlib
import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.files import system
from engine.files.create import check_target, create, put
from tests.engine.test_save_disk import room_for

TEXT = "one\r\ntwo\n−0.5\n"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("write", [create, lambda path, text: put(path, [text])])
def test_every_byte_is_as_the_text_says(write, tmp_path):
    write(tmp_path / "new", TEXT)
    assert (tmp_path / "new").read_bytes() == TEXT.encode()


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o755, 0o664])
def test_a_file_keeps_its_mode(bits, tmp_path):
    path = tmp_path / "mine"
    path.write_text("old")
    path.chmod(bits)
    before = time.time() - 1
    put(path, ["new"])
    assert (path.read_text(), mode(path)) == ("new", bits)
    assert path.stat().st_mtime > before  # its time is that of the change
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_private_is_never_readable_by_others(tmp_path, monkeypatch):
    path, seen = tmp_path / "mine", []
    path.write_text("old")
    path.chmod(0o600)
    fsync = os.fsync

    def look(descriptor):
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    put(path, ["secret"])
    assert seen == [0o600]


def test_a_file_that_may_not_be_written_stays(tmp_path, monkeypatch):
    path = tmp_path / "mine"
    path.write_text("old")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # as it is for all but an administrator
    real = Path.open

    def refused(self, *args, **options):
        if self == path and args == ("r+b",):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(PermissionError, match="Permission denied"):
        put(path, ["new"])
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_text() == "old"


def test_every_name_of_a_file_has_the_new_text(tmp_path):
    path, other, link = tmp_path / "mine", tmp_path / "other", tmp_path / "link"
    path.write_text("a much longer text than what comes")
    path.chmod(0o640)
    os.link(path, other)
    link.symlink_to("mine")
    put(link, ["new"])
    assert (path.read_text(), other.read_text(), mode(other)) == ("new", "new", 0o640)
    assert path.samefile(other)
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, path, other]


def test_a_file_with_two_names_that_can_only_be_begun(tmp_path, monkeypatch):
    path, other = tmp_path / "mine", tmp_path / "other"
    path.write_text("old")
    os.link(path, other)
    from engine.files import create as module

    copy = module._copy

    def cut_off(content, target):
        if content == b"new and longer":
            copy(content[:5], target)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        copy(content, target)

    monkeypatch.setattr(module, "_copy", cut_off)
    with pytest.raises(OSError, match="No space left"):
        put(path, ["new and longer"])
    assert (path.read_text(), other.read_text()) == ("old", "old")
    assert sorted(tmp_path.iterdir()) == [path, other]


def test_an_owner_whom_nobody_may_give_away(tmp_path, monkeypatch):
    """Then it is written where it stands, as a file with several names."""
    path = tmp_path / "mine"
    path.write_text("old")
    number = path.stat().st_ino
    real = Path.stat

    def of_another(self, **options):
        status = real(self, **options)
        if self.suffix != ".tmp":
            return status
        return os.stat_result([*status[:4], status.st_uid + 1, *status[5:10]])

    def refused(*_):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "stat", of_another)
    monkeypatch.setattr(os, "chown", refused)
    put(path, ["new"])
    assert (path.read_text(), path.stat().st_ino) == ("new", number)


def test_a_pipe_and_a_device_stay_what_they_are(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with contextlib.closing(os.fdopen(reader, "rb")) as file:
        put(pipe, ["new"])
        assert file.read() == b"new"
    assert pipe.is_fifo()
    put(Path("/dev/null"), ["new"])
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("said", ["EPERM", "EACCES", "ENOTSUP", "EINVAL", "EMLINK", "ENOSYS", None])
def test_without_links_nothing_is_replaced_either(said, tmp_path, monkeypatch):
    """File systems refuse links in many words; Windows' for memory sticks says EINVAL, a system may have none."""

    def refused(*_):
        raise OSError(getattr(errno, said), "no links here")

    if said is None:
        monkeypatch.delattr(os, "link")
    else:
        monkeypatch.setattr(os, "link", refused)
    path, taken = tmp_path / "new", tmp_path / "taken"
    taken.write_text("mine")
    create(path, TEXT)
    assert path.read_bytes() == TEXT.encode()
    with pytest.raises(FileExistsError):
        create(taken, TEXT)
    assert taken.read_text() == "mine"
    lost = tmp_path / "lost"
    lost.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        create(lost, TEXT)
    monkeypatch.setattr(Path, "replace", refused if said else lambda *_: (_ for _ in ()).throw(OSError(5, "broken")))
    with pytest.raises(OSError, match=r"no links here|broken"):
        create(tmp_path / "other", TEXT)
    assert sorted(tmp_path.iterdir()) == [lost, path, taken]


def left_by(process, folder, computer=None, age=0.0):
    """A file as `process` would leave it."""
    from engine.files.create import _computer

    path = folder / f".gradstep-{computer or _computer()}-{process}-0123abcd.tmp"
    path.write_text("half")
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_only_what_nobody_will_finish_is_swept(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        dead = left_by(gone.pid, tmp_path)
        kept = [
            left_by(living.pid, tmp_path),
            left_by(os.getpid(), tmp_path),
            left_by(gone.pid, tmp_path, "00000000"),  # of another computer that shares the folder
        ]
        old = left_by(gone.pid, tmp_path, "00000001", age=2 * 24 * 3600)
        for name in (".gradstep-1-2-3.tmp", ".0123456789abcdef.tmp", "notes.tmp", ".gradstep-0123abcd.whole"):
            (tmp_path / name).write_text("mine")
            kept.append(tmp_path / name)
        create(tmp_path / "new", "new")
        assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / "new"])
        assert not dead.exists()
        assert not old.exists()
    finally:
        living.kill()
        living.communicate()


def test_on_windows_only_what_lay_still(monkeypatch):
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("there it ends the process"))
    assert system.has_ended(1, time.time() - 100)
    assert not system.has_ended(1, time.time() - 10)


def test_killed_while_a_file_with_two_names_is_written_the_whole_is_beside_it(tmp_path):
    path, other = tmp_path / "mine", tmp_path / "other"
    path.write_text("old")
    os.link(path, other)
    program = """
import os, sys
from pathlib import Path
from engine.files import create
def cut_off(content, path):
    path.write_bytes(content[:3])
    os._exit(9)
create._copy = cut_off
create.put(Path(sys.argv[1]), ["new and whole"])
"""
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    (whole,) = set(tmp_path.iterdir()) - {path, other}
    create(tmp_path / "next", "next")  # which sweeps
    assert whole.read_text() == "new and whole"


def test_a_place_is_looked_for_before_a_run(tmp_path):
    check_target(tmp_path / "new")
    assert not [*tmp_path.iterdir()]
    with pytest.raises(IsADirectoryError):
        check_target(tmp_path)
    with pytest.raises(FileNotFoundError):
        check_target(tmp_path / "no" / "new")


def test_a_disk_that_gets_full(tmp_path):
    path = tmp_path / "mine"
    path.write_text("old")
    with room_for(100), pytest.raises(OSError, match="File too large"):
        put(path, ["x"] * 200)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]
