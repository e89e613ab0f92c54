"""Children of fork and of spawn: one of each waits for a lock that its parent holds."""
import multiprocessing
import threading


def count(name, ready, gate):
    ready.put(name)
    with gate:  # hangs here
        print("counted", name)


def start(method):
    context = multiprocessing.get_context(method)
    ready, gate = context.Queue(), context.Lock()
    gate.acquire()
    child = context.Process(target=count, args=(method, ready, gate), name=method)
    child.start()
    print(ready.get(), "is there", flush=True)
    return child


def main():
    threading.Thread(target=lambda: None).start()
    children = [start("fork"), start("spawn")]
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
