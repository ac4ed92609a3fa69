"""Blows on a running system, in an order that a seed decides, and how long each worker needs to be at work again.

Their supervisor is here too: a worker that ends by itself with an error is started again, and counted.
"""

import os
import random
import signal
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from .services import SERVICES
from .waiting import wait_until

RECOVERY_SECONDS = 120
SUPERVISOR_SECONDS = 0.2
# After which a worker without a commit may have nothing to do.
IDLE_SECONDS = 10
# Of each service.
INSTANCES = ("1", "2")


@dataclass(frozen=True)
class Recovery:
    """From the end of a blow to the first commit after it."""

    blow: str
    service: str
    seconds: float
    rows: float = 0
    restore_seconds: float = 0


class Storm:
    """Every kind of blow of a season falls once before one falls again, with a kill before each; each waits until those
    it hit are at work again."""

    def __init__(self, platform, seed, season, services=SERVICES):
        self.platform = platform
        self.services = services
        self.random = random.Random(seed)
        self.season = season
        self.recoveries = []
        self.ended = []  # (worker, its last error line): those that ended by themselves
        self.blows = Counter()
        self.history = []

    def blow(self, until):
        """Until that instant (of the monotonic clock)."""
        kinds = [getattr(self, name) for name in self.season.blows]
        while time.monotonic() < until:
            self.random.shuffle(kinds)
            for kind in kinds:
                # Kills are the commonest misfortune.
                for blow in (self.kill, kind):
                    if time.monotonic() < until:
                        self.blows[blow.__name__] += 1
                        blow()
                        self._calm(self.random.uniform(0, 1))

    def settle(self):
        """Until all are ready; one that the last blow cost its session may end first, and is started again."""
        workers = [self.platform.worker(service, each) for service in self.services for each in INSTANCES]

        def ready():
            self.supervise()
            return all(worker.running and worker.has_port and worker.get("/readyz")[0] == 200 for worker in workers)

        wait_until(
            ready, RECOVERY_SECONDS, lambda: "\n".join(["all to be ready", *map(self.platform.told_of, self.services)])
        )

    # -- Blows

    def kill(self):
        worker = self._victim()
        worker.kill()
        self._recovered("kill -9", [worker], lambda: worker.start())

    def lose_disk(self):
        worker = self._victim()
        worker.kill()
        worker.delete_state()
        self._recovered("store deleted", [worker], lambda: worker.start())

    def pause(self):
        worker = self._victim()
        before = {worker: commits(worker)}
        os.kill(worker.process.pid, signal.SIGSTOP)
        time.sleep(self.season.pause_seconds)
        self._recovered("SIGSTOP", [worker], lambda: os.kill(worker.process.pid, signal.SIGCONT), before)

    def cut(self):
        worker, seconds = self._victim(), self.random.uniform(*self.season.cut_seconds)
        self.platform.broker.cut(f"{worker.service}-{worker.instance}-", seconds)
        self._calm(seconds)
        self._recovered("network cut", [worker])

    def delay(self):
        worker = self._victim()
        self.platform.broker.delay(f"{worker.service}-{worker.instance}-", self.random.uniform(100, 400), 4)
        self._recovered("network slow", [worker])

    def guest(self):
        """A third instance joins, works, and leaves as its operator tells it to."""
        service = self.random.choice(self.services)
        guest = self.platform.worker(service, instance="3", leave_group_on_stop=True)
        # With three for four partitions everybody holds one.
        self._recovered("instance joins", [guest], lambda: guest.start())
        stopped = guest.running and guest.stop()
        assert stopped == 0, f"{guest.name} left with {stopped}:\n{guest.process.tail()}"
        self._recovered("instance leaves", [self.platform.worker(service, each) for each in INSTANCES])

    def restart_broker(self):
        workers = [self.platform.worker(service, each) for service in self.services for each in INSTANCES]
        self.platform.broker.restart()
        self._recovered("broker restarted", workers)

    # -- Recovery

    def _victim(self):
        return self.platform.worker(self.random.choice(self.services), self.random.choice(INSTANCES))

    def _calm(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.supervise()
            time.sleep(min(SUPERVISOR_SECONDS, max(0, end - time.monotonic())))

    def supervise(self):
        """Starts again what ended by itself with an error."""
        for worker in self.platform.workers.values():
            code = worker.process.exit_code
            if code not in (None, 0, -signal.SIGKILL):
                assert code == 1, f"{worker.name} crashed with {code}:\n{worker.process.tail()}"
                self.ended.append((worker.name, worker.process.tail(1).strip()))
                worker.start()

    def _recovered(self, blow, workers, heal=lambda: None, before=None):
        """Heals, and waits until each worker has committed something new, or has nothing left that it could commit.
        `before` are the commits before the blow, of those that cannot be asked after it."""
        before = before or {worker: commits(worker) for worker in workers}
        names = ", ".join(worker.name for worker in workers)
        self.history.append(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} healed of '{blow}': {names}")
        heal()
        healed = time.monotonic()
        waiting = set(workers)
        look_again = healed + IDLE_SECONDS

        def at_work():
            nonlocal look_again
            self.supervise()
            for worker in [*waiting]:
                now = commits(worker)
                if now is not None and (now < (before[worker] or 0) or now > (before[worker] or 0)):
                    waiting.discard(worker)
                    took = time.monotonic() - healed
                    self.recoveries.append(Recovery(blow, worker.service, took, *restored(worker)))
            if waiting and time.monotonic() > look_again:
                look_again = time.monotonic() + IDLE_SECONDS
                for worker in self._idle(waiting):
                    self.history.append(f"{worker.name} has nothing to commit after '{blow}'")
                    waiting.discard(worker)
            return not waiting

        wait_until(
            at_work,
            RECOVERY_SECONDS,
            lambda: f"{[worker.name for worker in waiting]} to commit after '{blow}'\n"
            + "\n".join(self.platform.told_of(service) for service in sorted({worker.service for worker in waiting})),
        )

    def _idle(self, workers):
        """Those that hold partitions and are ready, and whose service has read all there is."""
        present = [worker for worker in workers if worker.running and worker.has_port]
        ready = [each for each in present if each.get("/readyz")[0] == 200 and each.partitions_running() > 0]
        if not ready:
            return []
        lags = {each["service"]: each["lag"] for each in self.platform.operator.json("status")["services"]}
        return [worker for worker in ready if lags[worker.service] == 0]

    # -- Report

    def table(self):
        """Rows of (blow, how often, median, longest) in seconds, and of restores with their speed."""
        by_blow = defaultdict(list)
        for recovery in self.recoveries:
            by_blow[recovery.blow].append(recovery)
        for blow, recoveries in by_blow.items():
            seconds = [recovery.seconds for recovery in recoveries]
            speeds = [each.rows / each.restore_seconds for each in recoveries if each.restore_seconds > 0]
            speed = f"{median(speeds):,.0f}" if blow == "store deleted" and speeds else ""
            yield blow, len(recoveries), f"{median(seconds):.2f} s", f"{max(seconds):.2f} s", speed


def commits(worker):
    """Cycles committed by the process as it runs now; None while it does not answer."""
    if not worker.running or not worker.has_port:
        return None
    status, text = worker.get("/metrics")
    prefix = f'stampede_cycles_committed_total{{service="{worker.service}"}} '
    return next((float(line[len(prefix) :]) for line in text.splitlines() if line.startswith(prefix)), None)


def restored(worker):
    """(rows replayed, seconds between the last assignment and the last partition that ran) of this run so far."""
    lines = worker.log_lines()
    assigned = [line["time"] for line in lines if line.get("message") == "partitions assigned"]
    running = [line for line in lines if line.get("message") == "task running"]
    if not assigned or not running:
        return 0, 0
    rows = max(int(line["replayed"]) for line in running)
    return rows, seconds_of_day(running[-1]["time"]) - seconds_of_day(assigned[0])


def seconds_of_day(time_text):
    hours, minutes, seconds = time_text[11:-1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
