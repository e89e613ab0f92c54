"""Threads that stand still, shown by the recipes that people use without faulthandler.

python stack_recipes.py RECIPE, where RECIPE is hash, repr, print, cry, guru, manhole or tasks.
"""

import asyncio
import logging
import pprint
import queue
import sys
import threading
import time
import traceback

JOBS = queue.Queue()
FUEL = threading.Lock()


def take_job():
    return JOBS.get()


def refuel():
    with FUEL:
        return True


def start():
    FUEL.acquire()
    for name, target in (("jobs-0", take_job), ("refuel-0", refuel)):
        threading.Thread(target=target, name=name, daemon=True).start()
    time.sleep(0.3)


def stacks():
    names = {thread.ident: thread for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        yield names[ident], ident, frame


def hash_recipe():
    lines = []
    for thread, ident, frame in stacks():
        lines.append("\n# Thread: %s(%d)" % (thread.name, ident))
        for file, line, name, source in traceback.extract_stack(frame):
            lines.append('File: "%s", line %d, in %s' % (file, line, name))
            if source:
                lines.append("  %s" % source.strip())
    print("\n".join(lines))


def repr_recipe():
    for thread, _, frame in stacks():
        print(thread)
        traceback.print_stack(frame, file=sys.stdout)
        print()


def print_recipe():
    traceback.print_stack(file=sys.stdout)
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(message)s", level=logging.INFO)
    logging.info("still here", stack_info=True)


def cry_recipe():
    rule = "=" * 49
    for thread, _, frame in stacks():
        print(thread.name)
        print(rule)
        traceback.print_stack(frame, file=sys.stdout)
        print(rule)
        print("LOCAL VARIABLES")
        print(rule)
        pprint.pprint({name: type(value).__name__ for name, value in frame.f_locals.items()})
        print("\n")


def guru_recipe():
    """As oslo.reports writes it, without the parts on processes and settings."""

    def title(text):
        print("=" * 72)
        print("====" + format(text, " ^64") + "====")
        print("=" * 72)

    title("Guru Meditation")
    print("|" * 72 + "\n\n")
    title("Package")
    print("product = Stand Still\nvendor = Orders\nversion = 1.0")
    title("Threads")
    for _, ident, frame in stacks():
        print("------" + format(" Thread #%d " % ident, " ^60") + "------\n")
        for file, line, name, source in traceback.extract_stack(frame):
            print("%s:%d in %s\n    %s\n" % (file, line, name, "`%s`" % source if source else "(source not found)"))
    title("Green Threads")
    title("Processes")
    print("Process 4711 (under 1) [ run by: orders (1000), state: running ]")


def manhole_recipe():
    """As manhole's dump_stacktraces() does."""
    lines = []
    for _, ident, frame in stacks():
        lines.append("\n######### ProcessID=%s, ThreadID=%s #########" % (4711, ident))
        for file, line, name, source in traceback.extract_stack(frame):
            lines.append('File: "%s", line %d, in %s' % (file, line, name))
            if source:
                lines.append("  %s" % source.strip())
    lines.append("#############################################\n\n")
    print("\n".join(lines))


async def tasks_recipe():
    never = asyncio.get_running_loop().create_future()

    async def read(page):
        await never

    tasks = [asyncio.create_task(read(page), name=f"read-{page}") for page in range(2)]
    await asyncio.sleep(0)
    for task in tasks:
        task.print_stack(file=sys.stdout)


if __name__ == "__main__":
    recipe = sys.argv[1]
    if recipe == "tasks":
        asyncio.run(tasks_recipe())
    else:
        start()
        recipes = {
            "hash": hash_recipe,
            "repr": repr_recipe,
            "print": print_recipe,
            "cry": cry_recipe,
            "guru": guru_recipe,
            "manhole": manhole_recipe,
        }
        recipes[recipe]()
