"""Waiting for a condition, with a deadline and a reason."""

import time


class DeadlineMissed(AssertionError):
    """A condition did not come true in time."""


def wait_until(condition, seconds, what, every=0.05):
    """Calls `condition` until it returns something true, and returns that; raises DeadlineMissed after `seconds`.

    `what` completes the sentence "waited 30 s for …"; it may be a function, called only when the deadline is missed.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise DeadlineMissed(f"waited {seconds:g} s for {what() if callable(what) else what}")
        time.sleep(every)
