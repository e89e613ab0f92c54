"""What a program sees of its standard streams and signals."""
import os
import signal
import sys
import time

print([os.isatty(fd) for fd in range(3)], os.getpgid(0) == os.getpgid(os.getppid()), signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
print("to standard error", file=sys.stderr)
print(len(sys.stdin.read()))
time.sleep(0.3)
sum(i * i for i in range(6_000_000))
os.kill(os.getpid(), signal.SIGTERM)
