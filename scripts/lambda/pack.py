"""Packs a binary as a function's zip: the same bytes give the same zip, whoever packs them and when.

    pack.py BINARY ZIP LARGEST_BYTES
"""

import hashlib
import sys
import zipfile
from pathlib import Path

# The earliest time a zip can name, a regular file that all may run, made on Unix.
EPOCH = (1980, 1, 1, 0, 0, 0)
EXECUTABLE = 0o100755 << 16
UNIX = 3


def pack(binary, destination):
    entry = zipfile.ZipInfo("bootstrap", EPOCH)
    entry.external_attr, entry.create_system, entry.compress_type = EXECUTABLE, UNIX, zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(destination, "w") as archive:
        archive.writestr(entry, binary.read_bytes(), compresslevel=9)


def main():
    binary, destination, largest = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    pack(binary, destination)
    size = destination.stat().st_size
    digest = hashlib.sha256(destination.read_bytes()).hexdigest()
    print(f"{destination.name}  {size:>9,} bytes (binary {binary.stat().st_size:,})  sha256 {digest}")
    if size > largest:
        sys.exit(f"{destination.name} is larger than {largest:,} bytes: look for a new dependency with `cargo tree --package` and the package of the function in scripts/build-lambda")


if __name__ == "__main__":
    main()
