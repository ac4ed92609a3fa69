/// What the thread says and does about records that fail it, see ``Isolation``.
extension StreamThread {
  /// An error that ends the thread names the record at hand.
  func naming(_ error: StreamError) -> StreamError {
    atHand.text.map { StreamError(error.response, "at \($0): \(error)") } ?? error
  }

  /// Of processes before this one that died.
  func learn(from attempts: Attempts) {
    guard attempts.isDoubtful else { return }
    log(.warning, "\(attempts.story); taking one record a cycle, to find the one that does it", [])
    isolation.begin(settings.batchRecordsMax)
    for (place, poison) in attempts.condemned { isolation.sentence(place, poison) }
  }
}
