"""A search that does not narrow its range any more."""


def position(values, wanted):
    low, high = 0, len(values)
    while low < high:  # hangs here
        middle = (low + high) // 2
        if values[middle] <= wanted:
            low = middle
        else:
            high = middle  # hangs here
    return low


def report(values):
    return [position(values, value) for value in (3, 7, 2)]


print("searching", flush=True)
print(report(list(range(100))))
