/// How a thread finds the record or the timer to blame for a cycle that fails, or for a process that died, and goes on
/// without it.
///
///     off ──a cycle fails of what it took, or a start finds others ended here──▶ one record or one timer a cycle
///      ▲                                                                            │        │ its own cycle
///      └──────── as many are committed as may hold the one to blame ────────────────┘        ▼ fails
///                               a record: sentenced ──taken again──▶ a dead letter; a timer: put off for a pause
///
/// While it is on, a cycle is either one record, or one row that is due: what fails is what was taken. Failures that
/// say nothing of it (a broker's, a producer's) blame it only if a cycle without it was committed before each of many
/// tries. What passes by waiting blames nobody. One thread, the stream thread's.
struct Isolation {
  /// A record by its place: no content.
  struct Place: Hashable {
    var topic: Int
    var partition: Int32
    var offset: Int64

    init(topic: Int, partition: Int32, offset: Int64) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
    }

    init(_ record: InputRecord) {
      self.init(topic: record.topic, partition: record.partition, offset: record.offset)
    }
  }

  /// What a cycle takes alone.
  enum Culprit: Hashable {
    case record(Place)
    case timer(partition: Int32, DueRow)
  }

  /// A timer that is to be put off, and why.
  struct Verdict {
    var partition: Int32
    var row: DueRow
    var why: PoisonRecord
  }

  /// Records that are still to be taken alone.
  private var left = 0
  /// Rows that are due, likewise.
  private var timersLeft = 0
  /// What this cycle has taken alone.
  private(set) var alone: Culprit?
  private var sentences: [Place: PoisonRecord] = [:]
  /// Whose own cycle failed last of what may not be its doing, and how often each time after one without it was
  /// committed.
  private var suspect: (culprit: Culprit, failures: Int)?
  private var isRecordsTurn = false
  /// A cycle without it was committed since.
  private var othersAreCommitted = false

  var isOn: Bool { left > 0 || timersLeft > 0 }

  /// Whether this cycle, which takes nothing that may be to blame, is to be committed though it may be empty: once
  /// after each failure, for what has failed may never come again, its partition having gone to another instance.
  var wantsControl: Bool { isOn && suspect != nil && alone == nil && !othersAreCommitted }

  /// A cycle begins. Returns what it may take; when this is off, both.
  mutating func beginCycle() -> (records: Bool, timers: Bool) {
    alone = nil
    guard isOn else { return (true, true) }
    isRecordsTurn.toggle()
    return (isRecordsTurn, !isRecordsTurn)
  }

  /// A record is taken. Returns why it is a dead letter, if that is so.
  mutating func take(_ record: InputRecord) -> PoisonRecord? {
    let place = Place(record)
    if isOn { alone = .record(place) }
    return sentences.isEmpty ? nil : sentences[place]
  }

  /// A row that is due is taken alone.
  mutating func take(_ row: DueRow, of partition: Int32) { alone = .timer(partition: partition, row) }

  /// Every partition runs, and none of them has a row that is due.
  mutating func foundNoTimer() { timersLeft = 0 }

  mutating func committed() {
    guard isOn else { return }
    othersAreCommitted = alone == nil || alone != suspect?.culprit
    if alone != nil, alone == suspect?.culprit { suspect = nil }
    switch alone {
    case .record(let place):
      sentences[place] = nil
      left = max(0, left - 1)
    case .timer: timersLeft = max(0, timersLeft - 1)
    case nil: break
    }
  }

  /// A cycle that took so many `records` and rows that were due has failed, the last `failures` ones in a row.
  mutating func failed(_ error: StreamError, took records: Int, timers: Int, failures: Int) -> Verdict? {
    guard isOn else {
      let isToBlame = error.response == .isolateRecord
      if isToBlame || error.response == .abortTransaction && failures >= Limits.failuresBeforeIsolation {
        begin(records, timers: timers)
      }
      return nil
    }
    defer { othersAreCommitted = false }
    guard let alone else { return nil }
    if error.response == .isolateRecord {
      return condemn(alone, PoisonRecord(code: error.code ?? Self.failed, error.description))
    }
    guard error.response == .abortTransaction else { return nil }
    if suspect?.culprit != alone { suspect = (alone, 0) }
    guard othersAreCommitted else { return nil }
    let count = (suspect?.failures ?? 0) + 1
    suspect = (alone, count)
    guard count >= Limits.failuresOfOneRecord else { return nil }
    return condemn(
      alone, PoisonRecord(code: Self.failed, "Its own cycle failed \(count) times; the last time: \(error)"))
  }

  private mutating func condemn(_ culprit: Culprit, _ why: PoisonRecord) -> Verdict? {
    switch culprit {
    case .record(let place):
      sentence(place, why)
      return nil
    case .timer(let partition, let row):
      suspect = nil
      timersLeft = max(0, timersLeft - 1)
      return Verdict(partition: partition, row: row, why: why)
    }
  }

  /// So many records and rows that are due are taken alone, at least.
  mutating func begin(_ records: Int, timers: Int) {
    guard records > 0 || timers > 0 else { return }
    if !isOn { (isRecordsTurn, suspect, othersAreCommitted) = (false, nil, false) }
    left = max(left, records)
    timersLeft = max(timersLeft, timers)
  }

  mutating func sentence(_ place: Place, _ poison: PoisonRecord) { sentences[place] = poison }

  /// Codes of dead letters and of timers put off: its cycle cannot be committed; the service throws what it does not
  /// know; the process dies of it.
  static let failed = "failed-cycle"
  static let unforeseen = "failed-record"
  static let unforeseenTimer = "failed-timer"
  static let crashed = "crashed-worker"
}
