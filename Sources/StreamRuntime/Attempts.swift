/// What a process leaves behind of the records that it was at, for the next one to learn from if it dies of them.
///
/// Beside the partition's store lies a few bytes' note: of each input topic, where the partition stood, and how many
/// starts have taken records from there and committed none. A stop in good order takes it away, whatever its reason,
/// and so does every commit, for the offset is another then. So what counts is deaths: traps, kills, memory that ran
/// out. Where two starts have ended, the third takes one record a cycle and notes each before it processes it; the
/// record that is noted when the process dies twice is a dead letter.
///
/// It is a file in the state folder, not a row and not the group's metadata: it must be written before the record is
/// processed and outlive the cycle that dies, without asking a broker and outside every transaction; and a store that
/// is wiped must not forget it. It need not outlive the machine: another one counts anew. One thread, that of the task.
final class Attempts {
  private let topics: [String]
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

  private struct Spot: Hashable {
    var topic: Int
    var offset: Int64
  }

  init(_ topology: Topology, io: any StreamIO, partition: Int32) {
    topics = topology.inputTopics
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
      guard words.count == 4, let topic = topics.firstIndex(of: String(words[1])), let offset = Int64(words[2]),
        let count = Int(words[3])
      else { continue }
      if words[0] == "from", offset == next[topic] { starts[topic] = count }
      // What is committed since has killed nobody.
      guard offset >= next[topic] else { continue }
      if words[0] == "died" { deaths[Spot(topic: topic, offset: offset), default: 0] += count }
      if words[0] == "at" { deaths[Spot(topic: topic, offset: offset), default: 0] += 1 }
    }
  }

  /// Starts have ended here, so that records are taken alone.
  var isDoubtful: Bool { !deaths.isEmpty || starts.contains { $0 >= Limits.startsBeforeIsolation } }

  /// Records that the process has died of too often.
  var condemned: [(place: Isolation.Place, poison: PoisonRecord)] {
    deaths.filter { $0.value >= Limits.deathsOfARecord }.map { spot, count in
      let poison = PoisonRecord(
        code: Isolation.crashed, "The worker died \(count) times while it processed \(describe(spot)).")
      return (Isolation.Place(topic: spot.topic, partition: partition, offset: spot.offset), poison)
    }
  }

  /// What the starts before this one tell, for the log.
  var story: String {
    let places = deaths.map { "\(describe($0.key)), \($0.value) times" }.sorted().joined(separator: "; ")
    return "earlier starts died" + (places.isEmpty ? " before they committed anything" : " at \(places)")
  }

  private func describe(_ spot: Spot) -> String { "\(topics[spot.topic])[\(partition)]@\(spot.offset)" }

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

  /// What the record does is handed over: whatever ends the process now is not its doing.
  func passed() throws {
    guard spot != nil else { return }
    spot = nil
    try write()
  }

  /// The process lets go of the partition in good order.
  func forget() {
    guard isWritten else { return }
    isWritten = false
    // It costs one start that counts too many.
    try? io.keepNote(nil, partition: partition)
  }

  /// Lines of a word, a topic, an offset and a count.
  private func write() throws {
    var lines = topics.indices.filter { starts[$0] > 0 }.map { "from \(topics[$0]) \(began[$0]) \(starts[$0])\n" }
    lines += deaths.map { "died \(topics[$0.key.topic]) \($0.key.offset) \($0.value)\n" }.sorted()
    if let spot { lines.append("at \(topics[spot.topic]) \(spot.offset) 1\n") }
    isWritten = true
    try io.keepNote(Array(lines.joined().utf8), partition: partition)
  }
}
