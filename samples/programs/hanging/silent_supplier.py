"""Asks three suppliers at once on an event loop; one of them never answers."""
import asyncio


class Supplier:
    def __init__(self, price):
        self.price = price
        self.answered = asyncio.Event()
        if price is not None:
            self.answered.set()

    async def ask(self):
        await self.answered.wait()  # hangs here
        return self.price


async def price_of(supplier):
    return await supplier.ask()


async def main():
    suppliers = [Supplier(price) for price in (3, None, 4)]
    print(min(await asyncio.gather(*map(price_of, suppliers))))


print("asking", flush=True)
asyncio.run(main())
