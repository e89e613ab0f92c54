"""A pre-fork server: five workers that wait for jobs, one of which waits for a lock that its parent held when it was forked.

Each worker writes its stacks to a file of its own on SIGUSR1. All have the thread ids of their parent.
"""
import faulthandler
import os
import queue
import signal
import sys
import threading
import time

LOG_DIR = sys.argv[1]
WORKERS = 5

settings_lock = threading.Lock()
settings = {'currency': 'EUR'}


def read_settings():
    with settings_lock:
        return dict(settings)


def reload_settings():
    while True:
        time.sleep(60)


def take_job(jobs):
    return jobs.get()


def serve(number):
    jobs = queue.Queue()
    threading.Thread(target=reload_settings, daemon=True).start()
    if number == 3:
        jobs.put('price list')
    while True:
        print('worker', number, 'job', take_job(jobs), read_settings(), flush=True)


def run_worker(number):
    faulthandler.register(signal.SIGUSR1, file=open(os.path.join(LOG_DIR, f'worker-{number}.log'), 'a'), all_threads=True)
    serve(number)


def main():
    pids = []
    for number in range(1, WORKERS + 1):
        # the third worker is forked while its parent changes the settings
        if number == 3:
            settings_lock.acquire()
        pid = os.fork()
        if pid == 0:
            run_worker(number)
        if number == 3:
            settings_lock.release()
        pids.append(pid)
    time.sleep(0.5)
    print('workers', *pids, flush=True)
    for pid in pids:
        os.waitpid(pid, 0)


if __name__ == '__main__':
    main()
