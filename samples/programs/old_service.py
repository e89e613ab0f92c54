"""A mail service that runs on any Python 3: an idle pool, a spooler on a queue and a sender that waits for a lock."""
import faulthandler
import queue
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

faulthandler.register(signal.SIGUSR1, file=open(sys.argv[1], 'a'), all_threads=True)
spool = queue.Queue()
smtp_lock = threading.Lock()


class Message:
    def __init__(self, text):
        self.text = text


def spooler():
    while True:
        spool.get()


def send(message):
    with smtp_lock:
        return message.text


def send_all():
    for number in range(3):
        send(Message('mail %d' % number))


def main():
    smtp_lock.acquire()  # a session that was never given back
    pool = ThreadPoolExecutor(max_workers=2)
    list(pool.map(time.sleep, [0.1, 0.1]))
    threading.Thread(target=spooler, daemon=True).start()
    threading.Thread(target=send_all, daemon=True).start()
    time.sleep(0.2)
    print('mail service ready', flush=True)
    while True:
        time.sleep(60)


if __name__ == '__main__':
    main()
