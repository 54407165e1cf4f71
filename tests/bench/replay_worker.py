"""What a worker does for a replay, in a process of its own; prints the seconds it took."""

from __future__ import annotations

import sys
import time

import django


def main() -> None:
    django.setup()
    from tickets.automation.replaying import run_replay

    start = time.perf_counter()
    while run_replay(int(sys.argv[1])):
        pass
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
