/// What the thread says and does about records and timers that fail it, see ``Isolation``.
extension StreamThread {
  /// An error that ends the thread names the record at hand.
  func naming(_ error: StreamError) -> StreamError {
    atHand.text.map { StreamError(error.response, "at \($0): \(error)") } ?? error
  }

  /// Of processes before this one that died.
  func learn(from task: StreamTask) {
    for (row, deaths, why) in task.attempts.takeCondemnedRows() {
      // It kills at each try: one a pause, and each pause twice as long as the one before.
      let pauseMs = Limits.timerPauseMs << min(deaths - Limits.deathsOfARecord, Limits.timerPauseDoublingsMax)
      putOff(row, of: task, why, forMs: pauseMs)
    }
    guard task.attempts.isDoubtful else { return }
    log(.warning, "\(task.attempts.story); taking one record a cycle, to find the one that does it", [])
    isolation.begin(settings.batchRecordsMax, timers: settings.batchRecordsMax)
    for (place, poison) in task.attempts.condemned { isolation.sentence(place, poison) }
  }

  /// A cycle has failed, of what it took or of what the one before it did. Returns whether what made it fail is out of
  /// the way.
  func blame(_ error: StreamError, of taken: CommitUnderWay.Taken, failures: Int) -> Bool {
    guard let verdict = isolation.failed(error, took: taken.records, timers: taken.timers, failures: failures),
      let task = orderedTasks.first(where: { $0.partition == verdict.partition })
    else { return false }
    putOff(verdict.row, of: task, verdict.why, forMs: Limits.timerPauseMs)
    return true
  }

  private func putOff(_ row: DueRow, of task: StreamTask, _ why: PoisonRecord, forMs pauseMs: Int64) {
    task.gate.putOff(row, forMs: pauseMs)
    let store = topology.stores[row.table].name
    metrics.update { $0.timersPutOff[store, default: 0] += 1 }
    log(
      .error, "put off a timer whose own cycle cannot be committed",
      [
        ("store", store), ("partition", "\(task.partition)"), ("key", row.digestText), ("code", why.code),
        ("reason", why.description), ("pauseSeconds", "\(pauseMs / 1_000)"),
      ])
  }
}
