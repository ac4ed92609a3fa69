/// What a process leaves behind of the records and timers that it was at, for the next one to learn from if it dies of
/// them.
///
/// Beside the partition's store lies a few bytes' note: of each input topic, where the partition stood, and how many
/// starts have taken records from there and committed none. A stop in good order takes it away, whatever its reason,
/// and so does every commit, for the offset is another then. So what counts is deaths: traps, kills, memory that ran
/// out. Where two starts have ended, the third takes one record a cycle and notes each before it processes it; the
/// record that is noted when the process dies twice is a dead letter.
///
/// Of rows that are due likewise: which one was the first that a start was handed, how many starts were handed the same
/// and committed nothing, and the one at hand where rows are taken alone. The one that the process dies of twice is put
/// off, and stays noted after a stop in good order, for it is still to come.
///
/// It is a file in the state folder, not a row and not the group's metadata: it must be written before the record is
/// processed and outlive the cycle that dies, without asking a broker and outside every transaction; and a store that
/// is wiped must not forget it. It need not outlive the machine: another one counts anew. One thread, that of the task.
final class Attempts {
  private let topics: [String]
  private let stores: [String]
  private let io: any StreamIO
  private let partition: Int32
  /// By topic, where the partition stood when this process took it.
  private var began: [Int64] = []
  /// By topic, starts that have ended there, this one included once it has taken a record.
  private var starts: [Int] = []
  private var isNoted: [Bool] = []
  /// How often processes have died with a record noted as the one at hand.
  private var deaths: [Spot: Int] = [:]
  /// The record at hand, as noted.
  private var spot: Spot?
  private var isWritten = false
  /// The first row that was due, and how many starts in a row it was the first of.
  private var firstRow: (row: DueRow, starts: Int)?
  private var hasTakenRows = false
  /// The starts before this one that ended with the same first row.
  private var startsOfRows = 0
  private var rowDeaths: [DueRow: Int] = [:]
  private var rowAtHand: DueRow?
  private var hasToldCondemnedRows = false

  /// The words that lines of rows begin with.
  private enum Word {
    static let from = "due-from"
    static let at = "due-at"
    static let died = "due-died"
  }

  private struct Spot: Hashable {
    var topic: Int
    var offset: Int64
  }

  init(_ topology: Topology, io: any StreamIO, partition: Int32) {
    topics = topology.inputTopics
    stores = topology.stores.map(\.name)
    self.io = io
    self.partition = partition
    isNoted = topics.map { _ in false }
  }

  /// The partition is about to run; `next` by topic. Once a process: what begins again in it has died of nothing.
  func begin(at next: [Int64]) throws {
    guard began.isEmpty else { return }
    began = next
    starts = next.map { _ in 0 }
    guard let bytes = try io.note(partition: partition) else { return }
    isWritten = true
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 4, let count = Int(words[3]) else { continue }
      read(words, count)
      guard let topic = topics.firstIndex(of: String(words[1])), let offset = Int64(words[2]) else { continue }
      if words[0] == "from", offset == next[topic] { starts[topic] = count }
      // What is committed since has killed nobody.
      guard offset >= next[topic] else { continue }
      if words[0] == "died" { deaths[Spot(topic: topic, offset: offset), default: 0] += count }
      if words[0] == "at" { deaths[Spot(topic: topic, offset: offset), default: 0] += 1 }
    }
  }

  /// A line of a row.
  private func read(_ words: [Substring], _ count: Int) {
    guard let table = stores.firstIndex(of: String(words[1])), let digest = UInt64(words[2], radix: 16) else { return }
    let row = DueRow(table: table, digest: digest)
    switch words[0] {
    case Word.from: (firstRow, startsOfRows) = ((row, count), count)
    case Word.at, Word.died: rowDeaths[row, default: 0] += count
    default: break
    }
  }

  /// Starts have ended here, so that records and timers are taken alone. Where it is known of what, nobody need look.
  var isDoubtful: Bool {
    !deaths.isEmpty || starts.contains { $0 >= Limits.startsBeforeIsolation }
      || startsOfRows >= Limits.startsBeforeIsolation || rowDeaths.values.contains { $0 < Limits.deathsOfARecord }
  }

  /// Records that the process has died of too often.
  var condemned: [(place: Isolation.Place, poison: PoisonRecord)] {
    deaths.filter { $0.value >= Limits.deathsOfARecord }.map { spot, count in
      let poison = PoisonRecord(
        code: Isolation.crashed, "The worker died \(count) times while it processed \(describe(spot)).")
      return (Isolation.Place(topic: spot.topic, partition: partition, offset: spot.offset), poison)
    }
  }

  /// Timers that the process has died of too often; once a process.
  func takeCondemnedRows() -> [(row: DueRow, deaths: Int, why: PoisonRecord)] {
    guard !hasToldCondemnedRows else { return [] }
    hasToldCondemnedRows = true
    return rowDeaths.filter { $0.value >= Limits.deathsOfARecord }.sorted { $0.key.digest < $1.key.digest }.map {
      ($0, $1, PoisonRecord(code: Isolation.crashed, "The worker died \($1) times while it ran \(describe($0))."))
    }
  }

  /// What the starts before this one tell, for the log.
  var story: String {
    let told =
      deaths.map { "\(describe($0.key)), \($0.value) times" }
      + rowDeaths.map { "\(describe($0.key)), \($0.value) times" }
    let places = told.sorted().joined(separator: "; ")
    return "earlier starts died" + (places.isEmpty ? " before they committed anything" : " at \(places)")
  }

  private func describe(_ spot: Spot) -> String { "\(topics[spot.topic])[\(partition)]@\(spot.offset)" }

  private func describe(_ row: DueRow) -> String {
    "the timer of key \(row.digestText) in \(stores[row.table])[\(partition)]"
  }

  /// A record is about to be processed, alone in its cycle or not.
  func takes(_ record: InputRecord, alone: Bool) throws {
    if !isNoted[record.topic] {
      isNoted[record.topic] = true
      starts[record.topic] += 1
      try write()
    }
    guard alone, isDoubtful else { return }
    spot = Spot(topic: record.topic, offset: record.offset)
    try write()
  }

  /// A row that is due is about to be handed out, alone in its cycle or not.
  func takes(_ row: DueRow, alone: Bool) throws {
    if !hasTakenRows {
      hasTakenRows = true
      firstRow = (row, firstRow?.row == row ? startsOfRows + 1 : 1)
      try write()
    }
    guard alone, isDoubtful || rowDeaths[row] != nil else { return }
    rowAtHand = row
    try write()
  }

  /// What the record or the timer does is handed over, or taken back: whatever ends the process now is not its doing.
  func passed() throws {
    guard spot != nil || rowAtHand != nil else { return }
    (spot, rowAtHand) = (nil, nil)
    try write()
  }

  /// The same of rows that are due, which are handed over.
  func passedRows(alone row: DueRow?) throws {
    if let row { rowDeaths[row] = nil }
    if firstRow != nil {
      firstRow = nil
      try write()
    }
    try passed()
  }

  /// The process lets go of the partition in good order.
  func forget() {
    guard isWritten else { return }
    (spot, rowAtHand, firstRow, deaths) = (nil, nil, nil, [:])
    starts = starts.map { _ in 0 }
    rowDeaths = rowDeaths.filter { $0.value >= Limits.deathsOfARecord }
    // It costs one start that counts too many.
    try? write()
    isWritten = false
  }

  /// Lines of a word, a topic, an offset and a count; or of a word, a store, a digest and a count.
  private func write() throws {
    var lines = topics.indices.filter { starts[$0] > 0 }.map { "from \(topics[$0]) \(began[$0]) \(starts[$0])\n" }
    lines += deaths.map { "died \(topics[$0.key.topic]) \($0.key.offset) \($0.value)\n" }.sorted()
    if let spot { lines.append("at \(topics[spot.topic]) \(spot.offset) 1\n") }
    if let (row, starts) = firstRow { lines.append(line(Word.from, row, starts)) }
    if let rowAtHand { lines.append(line(Word.at, rowAtHand, 1)) }
    let condemned = rowDeaths.sorted { ($1.value, $0.key.digest) < ($0.value, $1.key.digest) }
    lines += condemned.prefix(Limits.deadlyTimersNotedMax).map { line(Word.died, $0.key, $0.value) }
    isWritten = true
    try io.keepNote(lines.isEmpty ? nil : Array(lines.joined().utf8), partition: partition)
  }

  private func line(_ word: String, _ row: DueRow, _ count: Int) -> String {
    "\(word) \(stores[row.table]) \(row.digestText) \(count)\n"
  }
}
