"""Resolves a deep tree of settings; at the bottom it takes a lock for the second time that it holds from the top."""
import faulthandler
import signal
import sys
import threading
import time

faulthandler.register(signal.SIGUSR1, file=open(sys.argv[1], 'a'), all_threads=True)
registry_lock = threading.Lock()


def resolve_reference(name):
    with registry_lock:
        return name


def resolve(node, depth):
    if depth == 0:
        return resolve_reference(node['ref'])
    return resolve_child(node, depth)


def resolve_child(node, depth):
    return {'child': resolve(node['child'], depth - 1)}


def make_tree(depth):
    node = {'ref': 'root'}
    for _ in range(depth):
        node = {'child': node}
    return node


def load_settings(depth):
    with registry_lock:
        return resolve(make_tree(depth), depth)


def main():
    threading.Thread(target=load_settings, args=(75,), daemon=True).start()
    print('settings loading', flush=True)
    while True:
        time.sleep(60)


if __name__ == '__main__':
    main()
