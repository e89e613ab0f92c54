"""A gateway with more threads than a dump lists, whose few database connections are all held by calls that never return."""
import faulthandler
import queue
import random
import signal
import socket
import sys
import threading
import time

faulthandler.register(signal.SIGUSR1, file=open(sys.argv[1], 'a'), all_threads=True)

CONNECTIONS = 4
requests = queue.Queue()


class ConnectionPool:
    def __init__(self, size, port):
        self.condition = threading.Condition()
        self.free = [socket.create_connection(('127.0.0.1', port)) for _ in range(size)]

    def acquire(self):
        with self.condition:
            while not self.free:
                self.condition.wait()
            return self.free.pop()

    def release(self, connection):
        with self.condition:
            self.free.append(connection)
            self.condition.notify()


def run_query(connection, sql):
    connection.sendall(sql)
    return connection.recv(4096)


def query(pool, sql):
    connection = pool.acquire()
    try:
        return run_query(connection, sql)
    finally:
        pool.release(connection)


def load_order(pool, number):
    return query(pool, b'select * from orders where id = %d' % number)


def load_customer(pool, number):
    return query(pool, b'select * from customers where id = %d' % number)


def handle_order(pool, number):
    return load_order(pool, number)


def handle_customer(pool, number):
    return load_customer(pool, number)


def idle_worker():
    while True:
        requests.get()


def fetch_document(chooser):
    time.sleep(chooser.random() / 5)  # as long as a disk takes
    return bytes(chooser.randrange(256) for _ in range(300))


def split_words(chooser, data):
    time.sleep(chooser.random() / 10)
    return data.split(b'e')


def write_posting(chooser, word):
    time.sleep(chooser.random() / 20)
    return len(word)


def store_words(chooser, words):
    return sum(write_posting(chooser, word) for word in words)


def index_documents(seed):
    chooser = random.Random(seed)
    while True:
        store_words(chooser, split_words(chooser, fetch_document(chooser))[:5])


def start(target, *args):
    threading.Thread(target=target, args=args, daemon=True).start()


def main():
    database = socket.create_server(('127.0.0.1', 0))
    pool = ConnectionPool(CONNECTIONS, database.getsockname()[1])
    for number in range(30):
        start(idle_worker)
    for seed in range(8):
        start(index_documents, seed)
    for number in range(36):
        start(handle_order if number % 3 else handle_customer, pool, number)
    for _ in range(36):
        start(idle_worker)
    time.sleep(0.5)
    print('gateway ready', flush=True)
    while True:
        time.sleep(60)


if __name__ == '__main__':
    main()
