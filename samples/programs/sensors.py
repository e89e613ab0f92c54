"""Reads sensors in threads and dies by Py_FatalError, in the way the first argument names."""
import faulthandler
import sys
import threading
import time

lock = threading.Lock()


def read_sensor(number):
    with lock:
        return number * 2


def poll(number):
    while True:
        read_sensor(number)
        time.sleep(0.2)


def read_commands():
    # Nobody writes to the other end: the read blocks, and this thread keeps the lock of stdin, also at the exit.
    while True:
        print('unknown command', sys.stdin.buffer.readline())


def check_calibration():
    # What an extension module does that finds its own tables broken.
    faulthandler._fatal_error(b'sensor table is corrupt')


def main(way):
    faulthandler.enable()
    for number in range(2):
        threading.Thread(target=poll, args=(number,), daemon=True).start()
    time.sleep(0.3)
    if way == 'call':
        check_calibration()
    elif way == 'c-thread':
        faulthandler._fatal_error_c_thread()
    elif way == 'finalizing':
        threading.Thread(target=read_commands, daemon=True).start()
        time.sleep(0.3)


if __name__ == '__main__':
    main(sys.argv[1])
