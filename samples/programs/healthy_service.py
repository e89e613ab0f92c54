"""A web service with nothing to do and nothing wrong: every thread waits for work, as it should.

`kill -QUIT` writes the stacks of all threads to a file named after the time and lets the service go on.
"""
import asyncio
import faulthandler
import os
import queue
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from logging.handlers import QueueListener

DUMP_DIR = sys.argv[1]


def write_stacks(signum, frame):
    path = os.path.join(DUMP_DIR, datetime.now().strftime('%Y%m%d%H%M%S') + '.log')
    with open(path, 'w+') as f:
        faulthandler.dump_traceback(file=f, all_threads=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()


def accept_admin(listener):
    while True:
        client, _ = listener.accept()
        client.close()


def consume_events(events):
    while True:
        event = events.get()
        if event is None:
            return


def expire_sessions(stop):
    while not stop.wait(30):
        pass


def start(target, *args):
    threading.Thread(target=target, args=args, daemon=True).start()


def main():
    signal.signal(signal.SIGQUIT, write_stacks)
    pool = ThreadPoolExecutor(max_workers=4)
    barrier = threading.Barrier(4)
    for _ in range(4):
        pool.submit(barrier.wait)
    start(accept_admin, socket.create_server(('127.0.0.1', 0)))
    start(consume_events, queue.Queue())
    start(expire_sessions, threading.Event())
    start(asyncio.new_event_loop().run_forever)
    QueueListener(queue.Queue()).start()
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print('web service ready', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
