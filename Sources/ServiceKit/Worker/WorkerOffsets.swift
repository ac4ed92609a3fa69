import StreamRuntime

/// What stands beside a worker's committed offsets, for those who commit in its stead.
package enum WorkerOffsets {
  /// The note of an offset by which a partition goes on that is stopped at `from`.
  package static func acceptedLoss(from: Int64) -> String? { OffsetNote.accepted(from: from).text }
}
