"""Packs a folder as a zip that has the folder at its top: the same files give the same bytes.

    pack_zip.py FOLDER ZIP
"""

import sys
import zipfile
from pathlib import Path

# The earliest time that a zip can name, and regular files made on Unix.
EPOCH = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE = 0o100000
UNIX = 3


def pack(folder: Path, destination: Path) -> None:
    with zipfile.ZipFile(destination, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), EPOCH)
            entry.external_attr = (REGULAR_FILE | path.stat().st_mode & 0o777) << 16
            entry.create_system, entry.compress_type = UNIX, zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
