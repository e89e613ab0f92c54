"""A pool of processes, threads, and a child of its own."""
import concurrent.futures
import multiprocessing
import os
import subprocess
import sys


def square(number):
    return sum(i * i for i in range(number * 2000)) % 1000


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(square, range(40)))
    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        print(list(threads.map(square, range(20))))
    child = subprocess.run([sys.executable, "-c", "import sys; print(sys.stdin.read().upper()); sys.exit(5)"], input="read", capture_output=True, text=True)
    print(child.stdout, child.stderr, child.returncode, sorted(os.listdir("/proc/self/fd"))[:3] if os.path.isdir("/proc/self/fd") else "")
