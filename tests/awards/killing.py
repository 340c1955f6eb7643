"""Death of a process at a chosen call of a function."""

import itertools
import os
import signal


def die_while(work):
    """Run `work` in a process of its own, which is expected to kill itself; return the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def kill_at(count, original):
    """Return `original` as a function that kills its process when it is called for the count-th time."""
    calls = itertools.count(1)

    def dying(*args):
        if next(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args)

    return dying
