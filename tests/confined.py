"""Run a command that may open these kinds of socket and no other: `confined.py AF_UNIX,AF_NETLINK command …`.

It is what `RestrictAddressFamilies=` and `NoNewPrivileges=` do in a unit, for machines where systemd is not running: a filter
on the one system call, kept by everything that the command starts.
"""

import ctypes
import os
import platform
import socket
import struct
import sys

SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
LOAD, IS, LEAVE = 0x20, 0x15, 0x06  # of a word, whether it equals, and with what
ALLOWED, UNKNOWN_FAMILY = 0x7FFF0000, 0x00050000 | 97
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def steps(call: int, families: list[int]) -> list[tuple[int, int, int, int]]:
    """Another call is allowed; a socket is allowed if its first argument is one of the families."""
    allowed = [(IS, len(families) - place, 0, family) for place, family in enumerate(families)]
    is_socket = [(LOAD, 0, 0, 0), (IS, 0, len(families) + 2, call), (LOAD, 0, 0, 16)]
    return [*is_socket, *allowed, (LEAVE, 0, 0, UNKNOWN_FAMILY), (LEAVE, 0, 0, ALLOWED)]


def confine(families: list[int]) -> None:
    """Hold this process, and all it starts, to these families."""
    program = steps(SOCKET_CALL[platform.machine()], families)
    packed = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    given = Program(len(program), ctypes.addressof(packed))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or system.prctl(SECCOMP, FILTER, ctypes.byref(given)):
        raise OSError(ctypes.get_errno(), "this machine does not let a process confine itself")


if __name__ == "__main__":
    confine([getattr(socket, name) for name in sys.argv[1].split(",")])
    os.execv(sys.argv[2], sys.argv[2:])
