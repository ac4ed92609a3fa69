import Foundation

/// Nanoseconds of a clock that never goes back; only differences mean something.
struct MonotonicInstant: Comparable {
  let ns: Int64

  static func now() -> MonotonicInstant {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return MonotonicInstant(ns: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
  }

  static let never = MonotonicInstant(ns: .max)

  func after(ms: Int) -> MonotonicInstant {
    let (ns, overflows) = ns.addingReportingOverflow(Int64(ms) * 1_000_000)
    return overflows ? .never : MonotonicInstant(ns: ns)
  }

  func ms(since other: MonotonicInstant) -> Double { Double(ns - other.ns) / 1_000_000 }

  static func < (first: MonotonicInstant, second: MonotonicInstant) -> Bool { first.ns < second.ns }
}
