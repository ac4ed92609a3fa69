extension StreamThread {
  /// What the worker's metrics tell of this thread.
  func publishFigures() {
    var now = WorkerMetrics.ThreadFigures()
    for task in orderedTasks {
      now.tasks[task.partition] = "\(task.state)"
      for (topic, position) in task.positions.next.enumerated() {
        let partition = TopicPartition(topic: topology.inputTopics[topic], partition: task.partition)
        lags.note(partition, source.lag(partition, position: position))
      }
      for (store, rows) in task.rowCounts { now.rows[store, default: 0] += rows }
      if let stop = task.positions.stop { now.lost[stop.place] = stop.lostRecords }
      now.gauges += task.gauges
      now.rewritingStores += task.rewritingStores
    }
    now.lag = lags.all
    now.hasAssignment = hasAssignment
    now.restoreRemaining = restorer?.remaining ?? 0
    now.lastStepMs = settings.monotonicMs()
    metrics.update { $0.threads[index] = now }
  }
}
