"""What a Python that `standstill run` has started runs when its asyncio tasks are asked for: `tell(fd)` writes where each waits.

It runs in a signal handler of the main thread, between any two steps of the program. So it waits for nothing, takes no lock, keeps
nothing, and calls nothing in which code of the program stands: no `repr` of an object is made, no source file read.

    Task 0x00007f3a5c0d2e40 [price-3] (most recent call first):
      File "/app/shop.py", line 12 in ask
      File "/app/shop.py", line 17 in price
      File "/app/shop.py", line 21 in main

The stack of a task is that of its coroutine, of what that awaits, and so on to the innermost. Where another task waits for it, the frames
of that one stand below, as those of a caller, and it is not told again: those that are told are what everything else waits for. A task
that runs, and what waits for it, is left out: its thread's stack shows it.

Python 3.7 and later, whose syntax it is.
"""
import gc
import os
import sys

_MOST_TASKS = 500
_MOST_FRAMES = 100
# another thread's loop may start and end tasks meanwhile
_TRIES = 20


def _loops(events):
    """The event loops that run: this thread's, and those of other threads by the frame that runs them."""
    loops = [events._get_running_loop()]
    for frame in sys._current_frames().values():
        while frame is not None:
            if frame.f_code.co_name == "run_forever" and frame.f_code.co_filename.endswith("base_events.py"):
                loops.append(frame.f_locals.get("self"))
            frame = frame.f_back
    return [loop for loop in loops if loop is not None]


def _tasks(module):
    """All tasks of all loops that are not done, by identity."""
    found = {}
    for name in ("_all_tasks", "_scheduled_tasks", "_eager_tasks"):
        for task in _copy(getattr(module, name, ())):
            found[id(task)] = task
    # from 3.14 on they are kept in C, for each thread its own
    if sys.version_info >= (3, 14):
        for loop in _loops(sys.modules["asyncio.events"]):
            for task in module.all_tasks(loop):
                found[id(task)] = task
    return {key: task for key, task in found.items() if not task.done()}


def _copy(group):
    for _ in range(_TRIES):
        try:
            return list(group)
        except RuntimeError:
            pass
    return []


def _step(awaitable):
    """The frame of a coroutine or generator, and what it awaits; for what only hides one, that one."""
    for kind, awaited in (("cr", "cr_await"), ("gi", "gi_yieldfrom"), ("ag", "ag_await")):
        if hasattr(awaitable, kind + "_frame"):
            return getattr(awaitable, kind + "_frame"), getattr(awaitable, awaited)
    for inner in gc.get_referents(awaitable):
        if any(hasattr(inner, kind + "_frame") for kind in ("cr", "gi", "ag")):
            return None, inner
    return None, None


def _rows(task):
    """File, line and function of each frame, the most recent call last; None where the task runs."""
    rows = []
    awaitable = task.get_coro() if hasattr(task, "get_coro") else task._coro  # 3.8
    for _ in range(_MOST_FRAMES):
        if awaitable is None:
            break
        if getattr(awaitable, "cr_running", False) or getattr(awaitable, "gi_running", False):
            return None
        frame, awaitable = _step(awaitable)
        if frame is not None:
            rows.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
    return rows


def _behind(task):
    """The objects that a task tells when it is done: futures of gather(), wait(), wait_for() and shield(), task groups."""
    for callback, _ in getattr(task, "_callbacks", None) or ():
        yield getattr(callback, "__self__", None)
        for given in getattr(callback, "args", None) or ():
            yield given
        for cell in getattr(callback, "__closure__", None) or ():
            try:
                yield cell.cell_contents
            except ValueError:
                pass


def _parents(tasks):
    """For each task that another one waits for, that other one."""
    waits = {}
    for key, task in tasks.items():
        future = getattr(task, "_fut_waiter", None)
        if future is not None:
            waits.setdefault(id(future), key)
    parents = {}
    for key, task in tasks.items():
        parent = waits.get(key)
        if parent is None:
            for told in _behind(task):
                group = getattr(told, "_parent_task", None) if type(told).__name__ == "TaskGroup" else None
                parent = waits.get(id(told)) if group is None else id(group)
                if parent in tasks:
                    break
        if parent in tasks and parent != key:
            parents[key] = parent
    return parents


def _stacks(tasks):
    """Identity, task and rows of those that are told, the most recent call first."""
    parents = _parents(tasks)
    rows = {key: _rows(task) for key, task in tasks.items()}
    waiting = set(parents.values())
    told = set()
    # first those that wait for no other task; of those that wait for one another in a circle, any
    for key in sorted(tasks, key=lambda key: (rows[key] is not None, key in waiting)):
        if key in told:
            continue
        chain = []
        at = key
        while at is not None and at not in chain:
            chain.append(at)
            at = parents.get(at)
        told.update(chain)
        if rows[key] is not None:
            yield key, tasks[key], [row for one in chain for row in reversed(rows[one] or ())]


def _text(name):
    return "".join(sign if " " <= sign <= "~" else "\\u%04x" % ord(sign) for sign in name)


def tell(fd):
    lines = []
    known = sys.modules.get("asyncio.tasks")
    for count, (key, task, rows) in enumerate(_stacks({} if known is None else _tasks(known))):
        if count == _MOST_TASKS:
            lines.append("\n...\n")
            break
        name = task.get_name() if hasattr(task, "get_name") else ""
        lines.append("\nTask 0x%016x%s (most recent call first):\n" % (key, " [%s]" % _text(name) if name else ""))
        lines.extend('  File "%s", line %s in %s\n' % (_text(file), line, _text(function)) for file, line, function in rows[:_MOST_FRAMES])
    lines.append("\n")  # whoever waits for it sees that it is whole
    left = "".join(lines).encode("ascii")
    while left:
        left = left[os.write(fd, left):]
