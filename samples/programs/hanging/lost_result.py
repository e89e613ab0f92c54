"""Waits for a result that a worker never puts: it left with an error that nobody looked at."""
import queue
import threading


def price(order, results):
    if order["amount"] < 0:
        return
    results.put(order["amount"] * 3)


def total(orders):
    results = queue.Queue()
    for order in orders:
        threading.Thread(target=price, args=(order, results)).start()
    return sum(results.get() for _ in orders)  # hangs here


print("adding up", flush=True)
print(total([{"amount": 1}, {"amount": -1}, {"amount": 4}]))
