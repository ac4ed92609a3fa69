/// How a thread finds the record to blame for a cycle that fails, or for a process that died, and goes on without it.
///
///     off ──a cycle fails of what it took, or a start finds others ended here──▶ one record a cycle
///      ▲                                                                            │        │ a record's own cycle
///      └──────── as many are committed as may hold the one to blame ────────────────┘        ▼ fails
///                                                                  sentenced ──taken again──▶ a dead letter
///
/// While it is on, a cycle is either one record, or timers alone: what fails is what was taken. Failures that say
/// nothing of the record (a broker's, a producer's) blame it only if a cycle without it was committed before each of
/// many tries. What passes by waiting blames nobody. One thread, the stream thread's.
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

  /// Records that are still to be taken alone.
  private var left = 0
  /// The one that this cycle has taken alone.
  private(set) var alone: Place?
  private var sentences: [Place: PoisonRecord] = [:]
  /// Of the record taken alone last: how often its cycle has failed, each time after one without it was committed.
  private var suspect: (place: Place, failures: Int)?
  private var isRecordsTurn = false
  /// A record's own cycle has failed of what may not be its doing.
  private var isInDoubt = false
  /// A cycle without it was committed since.
  private var othersAreCommitted = false

  var isOn: Bool { left > 0 }

  /// Whether this cycle, which takes no record, is to be committed though it may be empty.
  var wantsControl: Bool { isOn && isInDoubt && !isRecordsTurn }

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
    if isOn { alone = place }
    return sentences.isEmpty ? nil : sentences[place]
  }

  mutating func committed() {
    guard isOn else { return }
    guard let alone else {
      othersAreCommitted = true
      return
    }
    sentences[alone] = nil
    suspect = nil
    isInDoubt = false
    othersAreCommitted = false
    left -= 1
  }

  /// A cycle that took `count` records has failed, the last `failures` ones in a row.
  mutating func failed(_ error: StreamError, took count: Int, failures: Int) {
    guard isOn else {
      let isToBlame = error.response == .isolateRecord
      if isToBlame || error.response == .abortTransaction && failures >= Limits.failuresBeforeIsolation { begin(count) }
      return
    }
    defer { othersAreCommitted = false }
    guard let alone else { return }
    if error.response == .isolateRecord {
      return sentence(alone, PoisonRecord(code: error.code ?? Self.failed, error.description))
    }
    guard error.response == .abortTransaction else { return }
    isInDoubt = true
    guard othersAreCommitted else { return }
    let count = (suspect?.place == alone ? suspect?.failures ?? 0 : 0) + 1
    suspect = (alone, count)
    guard count >= Limits.failuresOfOneRecord else { return }
    sentence(alone, PoisonRecord(code: Self.failed, "Its own cycle failed \(count) times; the last time: \(error)"))
  }

  /// So many records are taken alone, at least.
  mutating func begin(_ count: Int) {
    guard count > 0 else { return }
    if !isOn { (isRecordsTurn, isInDoubt, othersAreCommitted) = (false, false, false) }
    left = max(left, count)
  }

  mutating func sentence(_ place: Place, _ poison: PoisonRecord) { sentences[place] = poison }

  /// Codes of dead letters: the record's cycle cannot be committed; the service throws what it does not know; the
  /// process dies of it.
  static let failed = "failed-cycle"
  static let unforeseen = "failed-record"
  static let crashed = "crashed-worker"
}
