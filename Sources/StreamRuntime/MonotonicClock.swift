import Glibc

/// A clock that never goes back: milliseconds since an arbitrary instant.
package enum MonotonicClock {
  @Sendable package static func nowMs() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
