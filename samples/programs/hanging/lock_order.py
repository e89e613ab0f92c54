"""Two transfers take the same two locks in opposite order."""
import threading
import time


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()


def transfer(source, target, amount):
    with source.lock:
        time.sleep(0.2)
        with target.lock:  # hangs here
            source.balance -= amount
            target.balance += amount


def main():
    savings, current = Account(100), Account(100)
    threads = [threading.Thread(target=transfer, args=(a, b, 10)) for a, b in ((savings, current), (current, savings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


print("moving money", flush=True)
main()
