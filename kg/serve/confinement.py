"""A process that opens no connection to anywhere, or to one port alone, whatever it is asked to run: on Linux, by the
kernel.

The policy refuses queries that reach out (kg/query/policy.py); this holds where the policy should be wrong. Sockets of
this machine alone (AF_UNIX) and what is open already stay. See seccomp(2) and linux/filter.h; landlock(7).

Where the kernel cannot, or may not (a container's own filter), the server says so at its start and on ``/metrics``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from kg.errors import UsageError

# Of each kind of processor: its AUDIT_ARCH, and its numbers of the calls socket and io_uring_setup.
_PROCESSORS: Final = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}
_OTHER_NUMBERS: Final = 0x40000000  # from there on: the calls of x32, a second way to each
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT = 0, 4, 16  # where these are in what a filter sees
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EACCES
_CREATE_RULES, _ADD_RULE, _RESTRICT = 444, 445, 446  # of Landlock, on all processors
_PORTS: Final = 2  # a kind of rule
_BIND, _CONNECT = 1, 2  # by TCP
_FIRST_WITH_PORTS: Final = 4  # of Landlock's versions
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # of prctl(2)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def confine_to_routes(routes: Mapping[str, str] | None) -> bool:
    """Let this process reach nobody, or the proxy alone that ``routes`` lead to; returns whether the system could."""
    return confine_to(urlsplit(next(iter(routes.values()))).port or 0) if routes else confine()


def warning_of(confined: bool | None, *, required: bool) -> str | None:
    """What to say at the start of a server; ``confined`` is None where its queries may reach out, or run elsewhere.

    Raises UsageError where they must be confined and are not.
    """
    if confined is None and required:
        raise UsageError(
            "--require-confinement needs queries that run here and ask nobody: a store in a folder, and with --plain "
            "an address that others reach, too, or --services"
        )
    if confined is not False:
        return None
    told = "the kernel does not keep queries from the network: seccomp (with --services Landlock) is missing or denied"
    if required:
        raise UsageError(f"--require-confinement: {told}; allow it, or leave the option away and set up a firewall")
    return f"{told}; only the policy on their texts does, so let a firewall keep the server from other hosts"


def confine() -> bool:
    """Let this thread, and those that it starts from now on, open no network socket; returns whether the system could.

    There is no way back. Call it before the database is opened, whose threads then have the same bounds.
    """
    found = _PROCESSORS.get(platform.machine())
    if not sys.platform.startswith("linux") or found is None or sys.maxsize < 1 << 32:
        return False  # a program of 32 bits on such a processor makes the calls of another one
    code = _filter(*found)
    program = _Program(len(code) // 8, code)
    return _control(_NO_NEW_PRIVILEGES, 1) and _control(_SET_SECCOMP, _FILTER, ctypes.addressof(program))


def confine_to(port: int) -> bool:
    """As :func:`confine`, but that TCP connections to this port may be made; from Linux 6.7 on."""
    if not knows_ports():
        return False
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    handled = struct.pack("=QQ", 0, _BIND | _CONNECT)  # of files nothing, of the network all that there is
    rules = call(_CREATE_RULES, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return False
    try:
        added = call(_ADD_RULE, rules, _PORTS, struct.pack("=QQ", _CONNECT, port), 0) == 0
        return added and _control(_NO_NEW_PRIVILEGES, 1) and call(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def knows_ports() -> bool:
    """Whether the system can confine to a port."""
    if not sys.platform.startswith("linux"):
        return False
    version: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULES, None, ctypes.c_size_t(0), 1)
    return version >= _FIRST_WITH_PORTS


def _control(option: int, *given: int) -> bool:
    """prctl(2): whether it could."""
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    return bool(control(option, *given, *(0,) * (4 - len(given))) == 0)


def _filter(processor: int, make_socket: int, make_ring: int) -> bytes:
    """The filter as the kernel reads it: each line an operation, where to jump to (how many lines on), its value."""
    lines = (
        (_LOAD, 0, 0, _PROCESSOR),
        (_IF_EQUAL, 0, 7, processor),  # else refuse
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, 5, 0, _OTHER_NUMBERS),  # refuse
        (_IF_EQUAL, 4, 0, make_ring),  # refuse: a ring makes sockets, too
        (_IF_EQUAL, 0, 2, make_socket),  # else allow
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IF_EQUAL, 0, 1, socket.AF_UNIX),  # else refuse
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    )
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
