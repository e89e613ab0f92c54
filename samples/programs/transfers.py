"""Two transfers between the same two accounts, each locking its own side first: a deadlock, and others behind it."""
import faulthandler
import signal
import sys
import threading
import time

faulthandler.register(signal.SIGUSR1, file=open(sys.argv[1], 'a'), all_threads=True)


class Account:
    def __init__(self, name, balance):
        self.name = name
        self.balance = balance
        self.lock = threading.Lock()


def transfer(source, target, amount, both_hold_one):
    with source.lock:
        both_hold_one.wait()
        with target.lock:
            source.balance -= amount
            target.balance += amount


def read_balance(account):
    with account.lock:
        return account.balance


def handle_request(account):
    return {'account': account.name, 'balance': read_balance(account)}


def flush_metrics(stop):
    while not stop.wait(0.2):
        sum(range(1000))


def main():
    savings, checking = Account('savings', 900), Account('checking', 100)
    both_hold_one = threading.Barrier(2)
    stop = threading.Event()
    threading.Thread(target=flush_metrics, args=(stop,)).start()
    transfers = [
        threading.Thread(target=transfer, args=(savings, checking, 50, both_hold_one)),
        threading.Thread(target=transfer, args=(checking, savings, 20, both_hold_one)),
    ]
    for thread in transfers:
        thread.start()
    time.sleep(0.3)
    for account in (savings, checking, savings):
        threading.Thread(target=handle_request, args=(account,)).start()
    time.sleep(0.3)
    print('transfers started', flush=True)
    for thread in transfers:
        thread.join()


if __name__ == '__main__':
    main()
