"""A shop with eight request threads and a pool of three database connections.

`shop.py FILE healthy`: requests come now and then. `shop.py FILE hung`: the database answers no more, so three requests
wait for it and the others for a connection. SIGUSR1 writes the stacks of all threads to FILE.
"""
import faulthandler
import queue
import signal
import socket
import sys
import threading
import time

faulthandler.register(signal.SIGUSR1, file=open(sys.argv[1], 'a'), all_threads=True)
HUNG = sys.argv[2] == 'hung'


class ConnectionPool:
    def __init__(self, size, address):
        self.free = queue.Queue()
        for _ in range(size):
            self.free.put(socket.create_connection(address))

    def acquire(self):
        return self.free.get()

    def release(self, connection):
        self.free.put(connection)


def database(listener):
    connections = [listener.accept()[0] for _ in range(3)]
    if HUNG:
        return connections
    for connection in connections:
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def answer(connection):
    while connection.recv(100):
        connection.sendall(b'1')


def query(connection, text):
    connection.sendall(text)
    return connection.recv(100)


def handle(pool, request):
    connection = pool.acquire()
    try:
        return query(connection, b'select ' + request)
    finally:
        pool.release(connection)


def take_requests(requests, pool):
    while True:
        handle(pool, requests.get())


def write_access_log(lines):
    while True:
        lines.get()


def main():
    listener = socket.create_server(('127.0.0.1', 0))
    held = []
    threading.Thread(target=lambda: held.append(database(listener)), daemon=True).start()
    pool = ConnectionPool(3, listener.getsockname())
    requests = queue.Queue()
    threading.Thread(target=write_access_log, args=(queue.Queue(),), daemon=True).start()
    for _ in range(8):
        threading.Thread(target=take_requests, args=(requests, pool), daemon=True).start()
    for number in range(8):
        requests.put(b'%d' % number)
    time.sleep(0.5)
    print('shop ready', flush=True)
    while True:
        time.sleep(60)


if __name__ == '__main__':
    main()
