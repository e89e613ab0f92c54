"""Makes thumbnails with a C library that is handed a null pointer, in one of several threads."""
import ctypes
import faulthandler
import queue
import threading
import time

faulthandler.enable()

pictures = queue.Queue()


class Thumbnail:
    def __init__(self, address):
        self.address = address
        # An address of 0 is a picture that was not loaded.
        self.pixels = ctypes.string_at(address)


def make_thumbnail(address):
    return Thumbnail(address)


def convert():
    loaded = ctypes.create_string_buffer(16)
    for _ in range(200):
        make_thumbnail(ctypes.addressof(loaded))
    time.sleep(0.3)
    make_thumbnail(0)


def wait_for_pictures():
    while True:
        print(pictures.get())


def watch_folder():
    while True:
        time.sleep(5)


def main():
    threading.Thread(target=watch_folder, daemon=True).start()
    for _ in range(2):
        threading.Thread(target=wait_for_pictures, daemon=True).start()
    converter = threading.Thread(target=convert)
    converter.start()
    converter.join()


if __name__ == '__main__':
    main()
