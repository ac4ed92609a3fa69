extension Int64 {
  /// The sum, or the bound it would pass. For sums over a member's life, where no single event is wrong by itself: a
  /// member that bought for more than all money there is holds the highest level, and stops nobody's partition.
  package func addingBounded(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other > 0 ? .max : .min) : sum
  }
}
