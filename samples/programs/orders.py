"""The code under test of the pytest run: `Basket.checkout` waits for a reply of a worker that died on the way."""
import queue
import threading


class Basket:
    def __init__(self, items):
        self.items = items
        self.replies = queue.Queue()

    def total(self):
        return sum(self.items.values())

    def _reserve(self, known):
        for item in self.items:
            if item not in known:
                return  # forgets to say so
        self.replies.put('reserved')

    def checkout(self, known):
        threading.Thread(target=self._reserve, args=(known,)).start()
        return self.replies.get()
