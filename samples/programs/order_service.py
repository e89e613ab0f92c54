"""A small order service with the usual threads, and one payment that is never confirmed.

`kill -QUIT` writes the stacks of all threads to a file named after the time and lets the service go on.
"""
import faulthandler
import itertools
import os
import queue
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

DUMP_DIR = sys.argv[1]

ledger_lock = threading.Lock()
confirmations = queue.Queue()
prices = {}


def write_stacks(signum, frame):
    path = os.path.join(DUMP_DIR, datetime.now().strftime('%Y%m%d%H%M%S') + '.log')
    with open(path, 'w+') as f:
        faulthandler.dump_traceback(file=f, all_threads=True)


def await_confirmation(order):
    # The gateway answers by `confirmations`; nobody puts anything into it.
    return confirmations.get()


def capture_payment(order):
    with ledger_lock:
        confirmation = await_confirmation(order)
        print('order', order, 'confirmed by', confirmation)


def settle_orders():
    for order in itertools.count(4711):
        capture_payment(order)


def accept_clients(listener):
    while True:
        client, _ = listener.accept()
        client.close()


def heartbeat():
    while True:
        time.sleep(0.5)


def busy_until(deadline):
    total = 0
    while time.monotonic() < deadline:
        total += sum(range(500))
        time.sleep(0.001)
    return total


def read_rows(deadline):
    return busy_until(deadline)


def normalise_rows(deadline):
    return busy_until(deadline)


def price_rows(deadline):
    return busy_until(deadline)


def store_rows(deadline):
    prices[time.monotonic()] = busy_until(deadline)


def import_catalogue():
    deadline = time.monotonic()
    for step in itertools.cycle([read_rows, normalise_rows, price_rows, store_rows]):
        deadline += 1.3
        step(deadline)


def warm_up(pool):
    """Makes the pool start all its threads, which then wait for work that rarely comes."""
    barrier = threading.Barrier(3)
    for _ in range(3):
        pool.submit(barrier.wait)


def main():
    signal.signal(signal.SIGQUIT, write_stacks)
    listener = socket.create_server(('127.0.0.1', 0))
    pool = ThreadPoolExecutor(max_workers=3, thread_name_prefix='mail')
    warm_up(pool)
    threading.Thread(target=accept_clients, args=(listener,), daemon=True).start()
    threading.Thread(target=heartbeat, daemon=True).start()
    threading.Thread(target=settle_orders, daemon=True).start()
    threading.Thread(target=import_catalogue, daemon=True).start()
    print('order service ready', flush=True)
    while True:
        time.sleep(60)


if __name__ == '__main__':
    main()
