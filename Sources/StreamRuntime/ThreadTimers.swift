/// Rows that are due, in the thread's cycles.
extension StreamThread {
  /// Timers that must run before their partition's next record, in cycles of their own until none is left.
  func runUrgentTimers() throws {
    guard !isolation.isOn else { return }
    for task in runningTasks where task.needsTimersBeforeNextRecord {
      _ = try task.runTimers(limit: settings.batchRecordsMax)
    }
  }

  func runTimers() throws {
    guard isolation.isOn else {
      for task in runningTasks {
        _ = try task.runTimers(limit: settings.batchRecordsMax)
        try task.rewriteOldRows()
      }
      return
    }
    try runOneTimer()
  }

  /// The first row that is due of one partition. The partitions take turns, so that none waits for another's.
  private func runOneTimer() throws {
    let tasks = runningTasks
    timerTurn += 1
    for index in tasks.indices {
      let task = tasks[(timerTurn + index) % tasks.count]
      defer { if let row = task.gate.alone { isolation.take(row, of: task.partition) } }
      _ = try task.runTimers(limit: 1, alone: true)
      if task.gate.alone != nil { return }
    }
    for task in tasks { try task.rewriteOldRows() }
    if tasks.count == orderedTasks.count { isolation.foundNoTimer() }
  }

  /// The pause of some that were put off is over: each is tried alone.
  func retryTimers() {
    for task in runningTasks where task.gate.hasEnded { isolation.begin(0, timers: task.retryTimers()) }
  }
}
