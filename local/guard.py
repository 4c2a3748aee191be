"""Turn into a program that ends when its parent ends and, where asked, runs as another user.

A program of its own rather than `preexec_fn`, which may hang in a process that has threads. It is started as
`python -I -S guard.py PARENT SIGNAL USER COMMAND...`: PARENT is the pid whose end sends SIGNAL (on Linux; elsewhere
the next start ends what is left), USER is `-` or `uid:gid`.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Become COMMAND, or return 1 when the parent is gone already."""
    parent, end_with, user, command = int(arguments[0]), int(arguments[1]), arguments[2], arguments[3:]
    # What this interpreter ignores, and what a shell ignores for a background job, would stay ignored in COMMAND.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    if user != "-":
        uid, gid = (int(part) for part in user.split(":"))
        os.chdir("/")
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user: that clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, end_with, 0, 0, 0)
        if os.getppid() != parent:
            return 1
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 126


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
