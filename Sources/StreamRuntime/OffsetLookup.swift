/// Asks the group where new tasks begin, again and again while a transaction leaves that open.
struct OffsetLookup {
  let service: String
  private var attempts = 0

  init(service: String) { self.service = service }

  /// False: ask again.
  mutating func locate(_ tasks: [StreamTask], _ source: any RecordSource) throws -> Bool {
    guard let committed = try source.committed(tasks.flatMap(\.inputs)) else {
      attempts += 1
      if attempts >= Limits.offsetFetchAttempts {
        throw StreamError(
          .fatal,
          "the committed offsets of \(service) stay unstable: a producer has left a transaction open. "
            + "End it with `loyalty fence TRANSACTIONAL_ID`, or wait for its timeout")
      }
      return false
    }
    attempts = 0
    for task in tasks { task.locate(committed) }
    return true
  }
}
