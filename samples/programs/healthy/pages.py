"""Event loops at work in two threads: tasks, a queue, a child process, and an interruption that the program takes for itself."""
import asyncio
import signal
import sys
import threading
import time


async def fetch(number):
    await asyncio.sleep(0.02 * (number % 5))
    return number * number


async def serve(queue, done):
    while True:
        number = await queue.get()
        done.append(await fetch(number))
        queue.task_done()


async def pages(count):
    queue, done = asyncio.Queue(maxsize=4), []
    workers = [asyncio.create_task(serve(queue, done)) for _ in range(3)]
    for number in range(count):
        await queue.put(number)
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return sum(done)


async def child():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(sum(range(1000)))", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return int(out), process.returncode


async def main():
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, interrupted.set)
    threading.Timer(0.5, signal.raise_signal, [signal.SIGUSR2]).start()
    print(await asyncio.gather(pages(80), child(), interrupted.wait()))


other = threading.Thread(target=lambda: print(asyncio.run(pages(40))))
other.start()
other.join()
asyncio.run(main())
started = time.monotonic()
time.sleep(0.3)
print(0.3 <= time.monotonic() - started < 3)
