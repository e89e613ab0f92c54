"""A service whose log also gets the watchdog's dumps: it fetches rates from a server that takes the call and never answers."""
import faulthandler
import http.client
import itertools
import logging
import queue
import socket
import sys
import threading
import time

logging.basicConfig(
    stream=sys.stderr, level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s'
)
log = logging.getLogger('reports')
jobs = queue.Queue()


def fetch_rates(port):
    connection = http.client.HTTPConnection('127.0.0.1', port)
    connection.request('GET', '/rates?base=EUR')
    return connection.getresponse().read()


def refresh_rates(port):
    log.info('refreshing exchange rates')
    rates = fetch_rates(port)
    log.info('got %d bytes of rates', len(rates))


def parse_amount(text):
    return int(text)


def render(job):
    # A ticket may hold anything, even what a stack dump looks like.
    if job % 8 == 1:
        log.warning('ticket %d says: "we saw Thread 0x00007f2a5c9fd640 (most recent call first): in the log, help"', job)
    elif job % 8 == 5:
        log.warning('ticket %d asks for the meaning of Thread 0x00007f2a5c9fd640 (most recent call first):', job)
    time.sleep(0.15)
    return parse_amount('12,50' if job % 3 == 2 else '1250')


def render_reports():
    while True:
        job = jobs.get()
        try:
            render(job)
            log.info('report %d rendered', job)
        except ValueError:
            log.exception('report %d failed', job)


def main():
    mute_server = socket.create_server(('127.0.0.1', 0))
    faulthandler.dump_traceback_later(1, repeat=True)
    threading.Thread(target=render_reports, name='render', daemon=True).start()
    threading.Thread(target=refresh_rates, name='rates', args=(mute_server.getsockname()[1],), daemon=True).start()
    log.info('report service ready')
    for job in itertools.count(1):
        jobs.put(job)
        time.sleep(0.4)


if __name__ == '__main__':
    main()
