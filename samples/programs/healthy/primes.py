"""Counts primes for a second or so."""
import sys


def primes(limit):
    found = []
    for number in range(2, limit):
        if all(number % prime for prime in found if prime * prime <= number):
            found.append(number)
    return found


print(sys.path[1:] == [entry for entry in sys.path[1:] if "standstill" not in entry], sys.flags.isolated, sorted(sys.argv[1:]))
print(len(primes(9000)))
sys.exit(3)
