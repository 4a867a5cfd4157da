"""The files of a download: a folder, a zip, or zips in it. Nothing is unpacked to the disk, and reading is bounded."""

import io
import lzma
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath

from grading.plain_text import one_line
from grading.steps.entry import MAX_BYTES, OBEYED, read_regular

MAX_ENTRIES = 1_000_000  # in the download, which the platform made
MAX_ENTRIES_OF_A_STUDENT = 10_000  # in one zip in it
MAX_ZIPS_IN_ZIPS = 3  # levels
MAX_RATIO = 200  # unpacked bytes by packed bytes, of what is larger than MIN_SUSPECT_BYTES
MIN_SUSPECT_BYTES = 2**22
OF_SYSTEMS = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", ".git"}
READ_ERRORS = (
    *(OSError, ValueError, RuntimeError, NotImplementedError, EOFError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)


@dataclass(frozen=True)
class File:
    """path: in the download, in NFC, with "/". when: its own time, which may be the time of the download.

    read: its content; it takes the most bytes that are wanted, and raises one of READ_ERRORS. trouble: why it must not
    be read; "" if it may be.
    """

    path: str
    when: datetime
    read: Callable[[int], bytes]
    trouble: str = ""
    on_disk: Path | None = None

    @property
    def is_of_a_system(self) -> bool:
        """Whether a computer put it there, and not a person."""
        parts = PurePosixPath(self.path).parts
        return not OF_SYSTEMS.isdisjoint(parts) or parts[-1].startswith("._")

    @property
    def is_zip(self) -> bool:
        return self.path.lower().endswith(".zip")


def files_of(download: Path, zone: tzinfo) -> Iterator[File]:
    """Errors: OSError; ValueError if it is neither a folder nor a zip."""
    if not download.is_dir():
        try:
            archive = zipfile.ZipFile(download)
        except zipfile.BadZipFile:
            raise ValueError(f"{download} is not a zip, or is damaged. Next step: download it again.") from None
        yield from _in_zip(archive, "", MAX_ENTRIES, zone)
        return
    for parent, folders, names in os.walk(download, onerror=_raise):
        folders.sort()
        links = [name for name in folders if Path(parent, name).is_symlink()]  # os.walk does not follow them
        for name in sorted(names + links):
            path = Path(parent, name)
            state = path.lstat()
            trouble = "" if stat.S_ISREG(state.st_mode) else "a link or a special file"
            when = datetime.fromtimestamp(int(state.st_mtime), UTC)
            yield File(_nfc(path.relative_to(download).as_posix()), when, _reader(path), trouble, path)


def opened(file: File, zone: tzinfo, level: int = 1) -> Iterator[File]:
    """The files in a zip of a student's, and in the zips in it; the zip itself, with the reason, if it can't be opened.

    level: 0 for a zip of the platform's, which may be of any size.
    """
    try:
        if level > MAX_ZIPS_IN_ZIPS:
            raise ValueError(f"zips in zips more than {MAX_ZIPS_IN_ZIPS} deep")
        most = MAX_ENTRIES if level == 0 else MAX_ENTRIES_OF_A_STUDENT
        if level == 0 and file.on_disk:
            archive = zipfile.ZipFile(file.on_disk)
        else:
            content = file.read(MAX_BYTES)
            if content.count(b"PK\1\2") > most:  # zipfile would list them all first
                raise ValueError(f"it holds more than {most:,} files")
            archive = zipfile.ZipFile(io.BytesIO(content))
        inside = list(_in_zip(archive, file.path[: -len(".zip")] + "/", most, zone))
    except READ_ERRORS as error:
        yield replace(file, trouble=f"a zip that cannot be opened ({one_line(str(error))})")
        return
    for found in inside:
        is_students = found.is_zip and not found.trouble and level > 0
        yield from opened(found, zone, level + 1) if is_students else [found]


def _in_zip(archive: zipfile.ZipFile, folder: str, most: int, zone: tzinfo) -> Iterator[File]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > most:
        raise ValueError(f"it holds {len(entries):,} files, at most {most:,}")
    for entry in entries:
        name = _nfc(_name(entry)).replace("\\", "/")
        try:
            when = datetime(*entry.date_time, tzinfo=zone).astimezone(UTC)
        except ValueError:  # a zip may hold the 0th of January
            when = datetime(1980, 1, 1, tzinfo=UTC)
        yield File(folder + name, when, _unpacker(archive, entry), _trouble(entry, name))


def _name(entry: zipfile.ZipInfo) -> str:
    """macOS and Java write UTF-8 without saying so; zipfile then reads it as a code page of 1981."""
    if not entry.flag_bits & 0x800:
        try:
            return entry.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return entry.filename


def _trouble(entry: zipfile.ZipInfo, name: str) -> str:
    """Why a file in a zip must not be read; "" if it may be."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link or a special file"
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        return "a path that leads out of the zip"
    if OBEYED.search(name):
        return "named with control characters"
    if entry.flag_bits & 1:
        return "encrypted"
    if entry.file_size > max(MIN_SUSPECT_BYTES, MAX_RATIO * entry.compress_size):
        return f"compressed by more than {MAX_RATIO}:1, like a zip bomb"
    return ""


def _reader(path: Path) -> Callable[[int], bytes]:
    return lambda most: read_regular(path, most)


def _unpacker(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(entry) as file:
            content = file.read(most + 1)  # whatever the zip says of its size
        if len(content) > most:
            raise ValueError(f"it is larger than {most:,} bytes")
        return content

    return read


def _nfc(text: str) -> str:
    """A file system may hold names in other encodings, which could be printed and written nowhere."""
    return unicodedata.normalize("NFC", os.fsencode(text).decode(errors="backslashreplace"))


def _raise(error: OSError) -> None:
    raise error
