#!/usr/bin/env python3
"""Makes a folder with everything that a file system of Linux can hold, for the stories of the transfer worker.

    transfer_tree.py FOLDER [--files 2000] [--random-mib 64] [--sparse-mib 128]

What needs root is left out without it. The same arguments make the same names and contents.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import struct
from pathlib import Path

MIB = 1 << 20
ODD_NAMES = [b"new\nline", b"quo\"te'`$(x)", b"-rf", b"\xff\xfe not utf-8", "é ünï".encode(), b" space ", b"back\\slash", b"n" * 255]
MODES = [0o000, 0o111, 0o400, 0o600, 0o644, 0o755, 0o777, 0o1777, 0o2755, 0o4755]


def write(path: bytes, content: bytes, mode: int = 0o644) -> None:
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def acl() -> bytes:
    """user::rw-, user:1234:r--, group::r--, mask::r--, other::---"""
    entries = [(1, 6, 0xFFFFFFFF), (2, 4, 1234), (4, 4, 0xFFFFFFFF), (16, 4, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def odd(root: bytes) -> None:
    for number, name in enumerate(ODD_NAMES):
        write(root + b"/" + name, b"%d" % number)
        folder = root + b"/in " + name[:200]
        os.mkdir(folder)
        write(folder + b"/" + name, name)
    for mode in MODES:
        write(root + b"/mode-%04o" % mode, b"x", mode)
        os.mkdir(root + b"/folder-%04o" % mode)
        os.chmod(root + b"/folder-%04o" % mode, mode)
    os.makedirs(root + b"/empty/er")
    os.makedirs(root + b"/deep/lost+found/full")
    os.makedirs(root + b"/" + b"/".join([b"long" * 20] * 40))
    for name, target in [(b"dangling", b"nowhere"), (b"loop", b"loop"), (b"up", b"../.."), (b"\xffl", b"\xfe\n")]:
        os.symlink(target, root + b"/" + name)
    write(root + b"/linked", b"many names")
    for name in (b"another name", b"deep/one more", b"-l"):
        os.link(root + b"/linked", root + b"/" + name)
    os.link(root + b"/dangling", root + b"/dangling too", follow_symlinks=False)
    os.mkfifo(root + b"/fifo", 0o640)
    write(root + b"/empty file", b"")
    for size in (511, 512, 513, 65535, 65536, 65537):
        write(root + b"/of-%d" % size, b"\0" * size)
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(root)
        listening.bind("socket")
        os.chdir(here)


def metadata(root: bytes) -> None:
    for number, (name, ns) in enumerate([(b"old", -1_500_000_001), (b"exact", 10**18), (b"future", 4_102_444_800_123_456_789)]):
        write(root + b"/" + name, b"%d" % number)
        os.utime(root + b"/" + name, ns=(ns, ns))
    write(root + b"/attributes", b"x")
    os.mkdir(root + b"/attributed")
    os.setxattr(root + b"/attributes", "user.nul", b"a\0b\n=\xff")
    os.setxattr(root + b"/attributes", "user.é", b"")
    os.setxattr(root + b"/attributed", "user.large", b"v" * 3000)
    try:
        os.setxattr(root + b"/attributes", "system.posix_acl_access", acl())
        os.setxattr(root + b"/attributed", "system.posix_acl_default", acl())
    except OSError:
        print("this file system has no access control lists")
    if os.geteuid() == 0:
        write(root + b"/foreign", b"x", 0o4755)
        os.chown(root + b"/foreign", 4242, 4343)
        os.chmod(root + b"/foreign", 0o6755)
        os.mkdir(root + b"/foreign folder")
        os.chown(root + b"/foreign folder", 70_000, 70_000)
        os.symlink(b"x", root + b"/foreign link")
        os.lchown(root + b"/foreign link", 3_000_000_000, 5)
        os.mkdir(root + b"/lost+found", 0o700)


def large(root: bytes, options: argparse.Namespace) -> None:
    draws = random.Random(1)
    for number in range(options.files):
        folder = root + b"/small/%03d" % (number % 200)
        os.makedirs(folder, exist_ok=True)
        write(folder + b"/%05d.py" % number, b"print(%d)\n" % number * draws.randrange(1, 200))
    with open(root + b"/random", "wb") as file:
        for _ in range(options.random_mib):
            file.write(draws.getrandbits(8 * MIB).to_bytes(MIB, "little"))
    with open(root + b"/sparse", "wb") as file:
        file.truncate(options.sparse_mib * MIB)
        file.seek(options.sparse_mib * MIB // 2)
        file.write(b"in the middle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--random-mib", type=int, default=64)
    parser.add_argument("--sparse-mib", type=int, default=128)
    parser.add_argument("--usual", action="store_true", help="only what every program can copy")
    options = parser.parse_args()
    os.umask(0o022)
    options.folder.mkdir(parents=True, exist_ok=True)
    root = os.fsencode(options.folder)
    large(root, options)
    if not options.usual:
        odd(root)
        metadata(root)
        os.chmod(root, 0o2775)
        os.utime(root, ns=(1_600_000_000_123_456_789,) * 2)


if __name__ == "__main__":
    main()
