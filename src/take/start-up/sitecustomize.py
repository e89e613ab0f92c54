"""What `standstill run` starts in every Python of a command, through PYTHONPATH, before the program's own code.

It makes the process dumpable: faulthandler writes the stacks of all threads into a file of the process when the signal comes
that is named in DIR/PID.ready, of the run's folder DIR. Then it goes out of the way: its folder leaves the path, and the
sitecustomize that would have been loaded without it is loaded in its place. Whatever fails here, the program must not notice.

The signal is SIGURG: nobody uses it, and where its handler is gone (the process became another program) the system
ignores it. faulthandler's handler is C code, so that it answers in a loop, a lock, and a system call alike.

Tasks of asyncio leave no stack there. On a second signal the main thread writes them (asyncio_tasks.py); it is sent to a program
in whose stacks an event loop was seen, and to no other. It is the highest signal number that is free.

Runs on every Python that still starts: the syntax is that of 2.7 too, and what costs time to import is not imported.
"""
import os
import sys

# numbers that programs give their own files are low, and some count on the lowest being free; select() ends at 1024
_NUMBERS = (900, 200)
_TRIED = 8


def _install(folder):
    import _signal
    import faulthandler

    for name in ("SIGURG", "SIGUSR2", "SIGUSR1"):
        number = getattr(_signal, name, None)
        if number is not None and (name == "SIGURG" or _signal.getsignal(number) == _signal.SIG_DFL):
            break
    else:
        return

    state = {"fd": -1, "tasks": 0}

    def text_of(path):
        return path.replace("\\", "\\\\").replace('"', '\\"')

    def is_ours(fd, dump):
        """Whether a number still is the file of dumps: programs close what they do not know."""
        try:
            ours, now = os.stat(dump), os.fstat(fd)
        except OSError:
            return False
        return (ours.st_dev, ours.st_ino) == (now.st_dev, now.st_ino)

    def begin(inherited=None):
        """Opens this process' file, and tells that the process answers."""
        pid = os.getpid()
        dump = os.path.join(folder, "%d.dump" % pid)
        opened = os.open(dump, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
        if inherited is not None and is_ours(state["fd"], inherited):
            os.dup2(opened, state["fd"], False)
            os.close(opened)
        else:
            state["fd"] = raised(opened)
        state["dump"] = dump
        faulthandler.register(number, file=state["fd"], all_threads=True, chain=False)
        ready = '{"signal": "%s", "dump": "%s", "fd": %d, "tasks": %d, "runtime": "python"}\n'
        ready %= (name, text_of(dump), state["fd"], state["tasks"])
        with_it = os.open(os.path.join(folder, "%d.ready" % pid), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(with_it, os.fsencode(ready))
        os.close(with_it)

    def tell_tasks(*_):
        """The second signal's handler."""
        try:
            code = os.path.join(folder, "python", "asyncio_tasks.py")
            with open(code, "rb") as file:
                module = {"__name__": "standstill_tasks"}
                exec(compile(file.read(), code, "exec"), module)
            module["tell"](state["fd"])
        except Exception:  # a KeyboardInterrupt is the program's
            pass

    def listen_for_tasks():
        for signal in range(_signal.SIGRTMAX, _signal.SIGRTMIN, -1):
            if _signal.getsignal(signal) == _signal.SIG_DFL:
                _signal.signal(signal, tell_tasks)
                state["tasks"] = signal
                return

    def raised(fd):
        """Under a high number; without fcntl, which takes longer to import than all else here."""
        for least in _NUMBERS:
            for high in range(least, least + _TRIED):
                try:
                    os.fstat(high)
                except OSError:
                    break
            else:
                continue
            try:
                os.dup2(fd, high, False)
            except OSError:  # above what the process may have
                continue
            os.close(fd)
            return high
        return fd

    def begin_again():
        """In a child of fork, which has the handler, and a file that is its parent's."""
        try:
            begin(state["dump"])
        except BaseException:
            faulthandler.unregister(number)

    def begun_before():
        """A second interpreter in this process: the first one's threads are the program's."""
        dump = os.path.join(folder, "%d.dump" % os.getpid())
        if not os.path.exists(dump):
            return False
        return any(is_ours(fd, dump) for least in _NUMBERS for fd in range(least, least + _TRIED))

    if begun_before():
        return
    try:
        if sys.version_info >= (3, 7):
            listen_for_tasks()
    except BaseException:
        pass
    begin()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=begin_again)


def _leave(here):
    """Takes this folder off the path, and this module out of the way of the one that it stands before."""
    sys.path[:] = [entry for entry in sys.path if entry != here]
    sys.path_importer_cache.pop(here, None)
    sys.modules.pop("sitecustomize", None)


_this = sys.modules.get("sitecustomize")  # Python 2 clears a module that nothing holds
_here = os.path.dirname(os.path.abspath(__file__))
try:
    # of two runs, one within the other, the inner one has the process
    if os.environ.get("STANDSTILL_RUN") == os.path.dirname(_here):
        _install(os.path.dirname(_here))
except BaseException:
    pass
_leave(_here)
# what it raises is what Python would have met without this file, also when there is none
import sitecustomize  # noqa: E402,F401
