import StreamRuntime

/// What may happen next, and what strikes a process inside its calls.
extension Simulation {
  private static let processesPerInstanceMax = 2
  func living(_ instance: String) -> [SimulatedProcess] {
    processes.filter { $0.instance == instance && !$0.isGone }
  }

  /// One event of the world's choosing.
  func act() {
    clock.nowMs += Int64(random.within(1...120))
    expireTransactions()
    let isAnyoneMissing = instances.contains { living($0).isEmpty }
    switch random.weighted([240, 24, 6, 4, 4, 3, 5, isAnyoneMissing ? 80 : 0, 2, 2, 8, 5, 3, 6, 6, 1]) {
    case 0: stepSomeone()
    case 1: publishSome()
    case 2: if let late = log.deliverDelayedEnd() { noteLate(late) }
    case 3: expireTransaction()
    case 4: expireSession()
    case 5: if group.leaveOutLaggards() { note("group", "goes on without those who did not come back") }
    case 6: idle().map { $0.kill(losingPower: random.chance(300)) }
    case 7: startSomeone()
    case 8: startRival()
    case 9: idle().map { $0.stop(leavingGroup: random.chance(500)) }
    case 10: compactSomething()
    case 11: passTime()
    case 12: toggleSlowness()
    case 13: endUpstream(committing: random.chance(600))
    case 14: deleteOldRecords()
    default: loseGroup()
    }
  }

  /// A living process that is not inside a call.
  private func idle() -> SimulatedProcess? {
    let choices = processes.filter { !$0.isGone && !$0.isBusy }
    return choices.isEmpty ? nil : random.pick(choices)
  }

  private func stepSomeone() { _ = idle()?.step() }

  // MARK: Processes

  func start(_ instance: String) {
    let free = disks[instance, default: []].filter { disk in !processes.contains { $0.disk === disk && !$0.isGone } }
    let isLost = free.isEmpty || random.chance(150)
    let disk = isLost ? MemoryDisk() : random.pick(free)
    if isLost { disks[instance, default: []].append(disk) }
    startedProcesses += 1
    let process = SimulatedProcess(self, instance: instance, number: startedProcesses, disk: disk)
    note(process.label, isLost ? "starts on an empty disk" : "starts on the disk it knows")
    processes.removeAll { $0.hasEnded && !$0.isBusy }
    processes.append(process)
    process.start()
  }

  private func startSomeone() {
    let missing = instances.filter { living($0).isEmpty }
    if !missing.isEmpty { start(random.pick(missing)) }
  }

  /// A second process under a name that is taken.
  private func startRival() {
    let instance = random.pick(instances)
    if (1..<Self.processesPerInstanceMax).contains(living(instance).count) { start(instance) }
  }

  // MARK: Broker

  func expireTransactions() {
    for instance in log.expireTransactions(startedUpTo: clock.nowMs - transactionTimeoutMs) {
      note("broker", "the transaction of \(instance) times out")
    }
  }

  private func expireTransaction() {
    let instance = random.pick(instances)
    if log.expireTransaction(of: instance) { note("broker", "the transaction of \(instance) times out") }
  }

  private func expireSession() { expireSession(of: random.pick(instances)) }

  func expireSession(of instance: String) {
    if group.expire(instance: instance) { note("group", "the session of \(instance) times out") }
  }

  private func compactSomething() {
    compact(table: random.below(topology.stores.count), partition: Int32(random.below(log.partitionCount)))
  }

  private func compact(table: Int, partition: Int32) {
    let place = TopicPartition(topic: topology.changelogTopic(table: table), partition: partition)
    let end = log.highWatermark(place) - Int64(random.pick([0, 0, 1, 5]))
    guard end > 0 else { return }
    note("broker", "cleans \(place) up to \(end)")
    log.compact(place, upTo: end, nowMs: clock.nowMs, deleteRetentionMs: deleteRetentionMs)
  }

  /// Long enough for deletes to leave a changelog, sometimes.
  func passTime() {
    cleanSome()
    clock.nowMs += Int64(random.pick([3_000, 12_000, 25_000, 25_000]))
    note("world", "time passes")
    cleanSome()
  }

  /// Retention takes records that the group has processed.
  private func deleteOldRecords() {
    let place = TopicPartition(
      topic: random.pick(topology.inputTopics), partition: Int32(random.below(log.partitionCount)))
    guard let committed = log.committed(group: group.name, place), committed > 0 else { return }
    let start = Int64(random.within(0...Int(committed)))
    note("broker", "deletes \(place) up to \(start)")
    log.delete(place, before: start)
  }

  /// Nobody is left in the group for so long that its offsets are forgotten.
  private func loseGroup() {
    guard !processes.contains(where: \.isBusy) else { return }
    for process in processes { process.kill(losingPower: false) }
    for instance in instances { expireSession(of: instance) }
    note("broker", "forgets the group's offsets")
    log.forgetOffsets(group: group.name)
  }

  private func cleanSome() {
    for table in topology.stores.indices {
      for partition in 0..<Int32(log.partitionCount) where random.chance(800) {
        compact(table: table, partition: partition)
      }
    }
  }

  private func toggleSlowness() {
    let place = TopicPartition(
      topic: random.pick(topology.inputTopics), partition: Int32(random.below(log.partitionCount)))
    if slowPlaces.remove(place) == nil { slowPlaces.insert(place) }
    note("broker", "\(place) is \(slowPlaces.contains(place) ? "slow" : "quick again")")
  }

  func isSlow(_ place: TopicPartition) -> Bool { !slowPlaces.isEmpty && slowPlaces.contains(place) }

  // MARK: Upstream

  private static let upstream = "upstream"

  private func publishSome() {
    var transaction = upstreamTransaction
    if transaction == nil, random.chance(200) {
      transaction = try? log.begin(Self.upstream, epoch: log.initialize(Self.upstream), nowMs: .max)
      upstreamTransaction = transaction
    }
    for input in workload.nextInputs(random) {
      let isInTransaction = random.chance(700) && !topology.globalTopics.contains(input.topic)
      publish(input, transaction: isInTransaction ? transaction : nil)
    }
  }

  /// A negative partition means every one.
  func publish(_ input: SimulatedInput, transaction: Int?) {
    guard input.partition == -1 else { return append(input, input.partition, transaction) }
    for partition in 0..<Int32(log.partitionCount) { append(input, partition, transaction) }
  }

  private func append(_ input: SimulatedInput, _ partition: Int32?, _ transaction: Int?) {
    let key = input.key.map { Array($0.utf8) }
    let hashed = (log.partition(of: key) + Int32(input.astray)) % Int32(log.partitionCount)
    let place = TopicPartition(topic: input.topic, partition: partition ?? hashed)
    let record = MemoryLog.Record(key: key, value: Array(input.value.utf8))
    note(
      "upstream",
      "\(place)@\(log.highWatermark(place)) \(input.key ?? "") = \(input.value)\(transaction == nil ? "" : " (in a transaction)")"
    )
    if let transaction {
      log.appendUpstream(record, to: place, transaction: transaction)
    } else {
      log.publish(input.topic, partition: place.partition, key: key, value: record.value)
    }
  }

  func endUpstream(committing: Bool) {
    guard let transaction = upstreamTransaction else { return }
    upstreamTransaction = nil
    note("upstream", "\(committing ? "commits" : "aborts") transaction \(transaction)")
    log.endUpstream(transaction, committing: committing)
  }
}
