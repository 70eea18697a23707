"""A kernel that lets nobody confine himself, as the filters of some containers do; and whether this one lets us."""

from __future__ import annotations

import subprocess
import sys

# Its arguments: "allow" or "deny", then a command that is run below a filter of system calls. With "deny", that filter
# refuses prctl(PR_SET_SECCOMP), seccomp(2) and landlock_create_ruleset(2). Where there can be no filter it says so.
_SCRIPT = """
import ctypes, os, platform, struct, sys
PROCESSOR, PRCTL, SECCOMP = {"x86_64": (0xC000003E, 157, 317), "aarch64": (0xC00000B7, 167, 277)}[platform.machine()]
LOAD, IF_EQUAL, RETURN, ALLOW, REFUSE = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050001
denying = (
    (LOAD, 0, 0, 0), (IF_EQUAL, 4, 0, SECCOMP), (IF_EQUAL, 3, 0, 444), (IF_EQUAL, 0, 3, PRCTL), (LOAD, 0, 0, 16),
    (IF_EQUAL, 0, 1, 22), (RETURN, 0, 0, REFUSE),
)
lines = (*(denying if sys.argv[1] == "deny" else ()), (RETURN, 0, 0, ALLOW))
code = b"".join(struct.pack("=HBBI", *line) for line in lines)
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))
prctl = ctypes.CDLL(None).prctl
prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
program = Program(len(lines), code)
if prctl(38, 1, 0, 0, 0) or prctl(22, 2, ctypes.addressof(program), 0, 0):
    print("no filter", file=sys.stderr)
os.execv(sys.argv[2], sys.argv[2:])
"""


def denied(*command: str) -> list[str]:
    """The command, to be run where no process may confine itself. (Where none may anyway, it is as well.)"""
    return [sys.executable, "-c", _SCRIPT, "deny", *command]


def may_confine() -> bool:
    """Whether processes may confine themselves here, found out without the code that is tested."""
    if sys.platform != "linux":
        return False
    command = [sys.executable, "-c", _SCRIPT, "allow", sys.executable, "-c", ""]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode == 0 and "no filter" not in done.stderr
