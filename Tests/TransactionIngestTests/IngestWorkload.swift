import Contracts
import JSON
import Loyalty
import StreamRuntime
import StreamTesting
import TransactionIngest

/// Feeds ingest purchases (some sent twice) that name their member by id, by a phone that somebody has or will have, or
/// not at all; profiles as members enrol and are merged; and claims, right and wrong. Some profiles and claims lie in a
/// partition where their keys do not belong.
final class IngestWorkload: SimulatedWorkload {
  let topology: Topology
  private let memberCount: Int
  private var nowMs: Int64 = 1_800_000_000_000
  private var lastId = 0
  private var enrolled: Set<Int> = []
  /// Who was merged into whom, always into somebody before them, so that no circle closes.
  private var merged: [Int: Int] = [:]
  private var sent: [SimulatedInput] = []
  /// What is owed, by purchase: who must get it; nil: whoever claims it.
  private var owed: [(id: String, member: Int?, phone: Int?)] = []
  private var claims: [String: String] = [:]

  init(_ random: SeededRandom) {
    memberCount = random.within(1...6)
    var settings = IngestSettings()
    settings.claims.wrongMax = 1_000
    topology = IngestTopology.make(settings)
  }

  func nextInputs(_ random: SeededRandom) -> [SimulatedInput] {
    (0..<random.within(1...4)).flatMap { _ in next(random) }
  }

  /// Everybody enrols at last, and every partition gets a purchase of its own.
  func lastInputs(partitionCount: Int) -> [SimulatedInput] {
    (0..<memberCount).filter { !enrolled.contains($0) }.map { enrol($0) }
      + (0..<Int32(partitionCount)).map { partition in
        var input = buy(by: "{\"id\":\"M-0\"}", member: 0, phone: nil)
        input.partition = partition
        return input
      }
  }

  private func next(_ random: SeededRandom) -> [SimulatedInput] {
    nowMs += Int64(random.below(3_600_000))
    let member = random.below(memberCount)
    switch random.weighted([20, 30, 10, 15, 10, 15, 4]) {
    case 0: return [buy(by: "{\"id\":\"M-\(member)\"}", member: member, phone: nil)]
    case 1: return [buy(by: "{\"phone\":\"\(Self.phone(member))\"}", member: member, phone: member)]
    case 2: return [buy(by: "null", member: nil, phone: nil)]
    case 3: return sent.isEmpty ? [] : [random.pick(sent)]
    case 4: return enrolled.contains(member) ? [] : [enrol(member)]
    case 5: return claim(by: member, random)
    default:
      guard member > 0, enrolled.contains(member), merged[member] == nil else { return [] }
      return [merge(member, into: random.below(member))]
    }
  }

  private static func phone(_ member: Int) -> String { "+8490123450\(member)" }

  private func buy(by name: String, member: Int?, phone: Int?) -> SimulatedInput {
    lastId += 1
    let id = "P-\(lastId)"
    owed.append((id, member, phone))
    let input = SimulatedInput(
      topic: Topic.purchases.name, key: id,
      value: """
        {"type":"purchase.completed","id":"\(id)","occurredAt":"\(Instant(milliseconds: nowMs).rfc3339)","source":"pos",\
        "member":\(name),"currency":"USD","lines":[{"sku":"A","amount":"10.00"}]}
        """)
    sent.append(input)
    return input
  }

  /// Joined before anything was bought, so that what was bought under the phone is theirs.
  private func enrol(_ member: Int) -> SimulatedInput {
    enrolled.insert(member)
    return profile(member)
  }

  private func merge(_ member: Int, into other: Int) -> SimulatedInput {
    merged[member] = other
    return profile(member, status: .closed, mergedInto: "M-\(other)")
  }

  private func profile(
    _ member: Int, status: MemberProfile.Status = .active, mergedInto: String? = nil
  ) -> SimulatedInput {
    var writer = JSONWriter()
    MemberProfile(
      id: "M-\(member)", phone: Self.phone(member), joinedAt: .epoch, status: status, mergedInto: mergedInto,
      occurredAt: Instant(milliseconds: nowMs)
    ).encode(to: &writer)
    var input = SimulatedInput(topic: Topic.members.name, key: "M-\(member)", value: writer.string)
    // All of a member by one sender: what is sent on overtakes nothing of its own.
    input.astray = member % 3
    return input
  }

  /// The member, and those who may have what was the member's.
  private func heirs(of member: Int) -> Set<String> {
    Set(sequence(first: member) { self.merged[$0] }.map { "M-\($0)" })
  }

  private func claim(by member: Int, _ random: SeededRandom) -> [SimulatedInput] {
    // Those under a phone are its owner's, whenever they come: only purchases of nobody are claimed.
    let open = owed.filter { $0.member == nil }
    guard enrolled.contains(member), !open.isEmpty else { return [] }
    lastId += 1
    claims["C-\(lastId)"] = "M-\(member)"
    var writer = JSONWriter()
    PurchaseClaim(
      id: "C-\(lastId)", memberId: "M-\(member)", receipt: random.pick(open).id,
      total: ExactDecimal(random.chance(800) ? 10 : 11),
      date: LocalDate(daysSinceEpoch: Int32(nowMs / 86_400_000)), occurredAt: Instant(milliseconds: nowMs)
    ).encode(to: &writer)
    let input = SimulatedInput(topic: Topic.claimRequests.name, key: "M-\(member)", value: writer.string)
    return [input.perhapsAstray(random)]
  }

  // MARK: The audit

  func problems(at end: SimulatedEnd) throws -> [String] {
    var found: [String] = []
    var holders: [String: String] = [:]
    var answers: [String: ClaimStatus] = [:]
    for partition in 0..<Int32(end.partitionCount) {
      for (_, record) in end.records(Topic.transactions.name, partition) {
        let transaction = try (record.value ?? []).withUnsafeBytes { try TransactionDecoder(.accepted).decode($0) }
        if let before = holders.updateValue(transaction.memberId, forKey: transaction.id) {
          found.append("\(transaction.id) was passed on to \(before) and again to \(transaction.memberId)")
        }
      }
      for (_, record) in end.records(Topic.claims.name, partition) {
        let status = try (record.value ?? []).withUnsafeBytes { try ClaimStatus(decoding: $0) }
        if answers.updateValue(status, forKey: status.id) != nil { found.append("\(status.id) was answered twice") }
      }
      for topic in ["transaction-ingest.dead-letters", Topic.rejections.name] {
        for (_, record) in end.records(topic, partition) {
          found.append("\(topic): \(String(decoding: record.value ?? [], as: UTF8.self))")
        }
      }
    }
    for (id, member, _) in owed where happened(Topic.purchases, id, end) {
      if let member, holders[id].map({ heirs(of: member).contains($0) }) != true {
        // A profile may have gone with an aborted transaction of its sender's: then its phone finds nobody.
        guard holders[id] == nil,
          owed.contains(where: { $0.id == id && $0.phone != nil && !hasEnrolled($0.phone, end) })
        else {
          found.append("\(id) is M-\(member)'s and went to \(holders[id] ?? "nobody")")
          continue
        }
      }
    }
    for (id, member) in claims where happened(Topic.claimRequests, id, end) && hasEnrolled(member, end) {
      guard let answer = answers[id] else {
        found.append("\(id) was never answered")
        continue
      }
      let heirs = heirs(of: Int(member.dropFirst(2)) ?? -1)
      if answer.outcome == .accepted, holders[answer.receipt].map(heirs.contains) != true {
        found.append("\(id) was accepted, but \(answer.receipt) went to \(holders[answer.receipt] ?? "nobody")")
      }
    }
    return found
  }

  private func hasEnrolled(_ member: Int?, _ end: SimulatedEnd) -> Bool {
    member.map { hasEnrolled("M-\($0)", end) } ?? false
  }

  /// Who is told of only as merged never enrolled.
  private func hasEnrolled(_ member: String, _ end: SimulatedEnd) -> Bool {
    happened(Topic.members, member, end, with: "\"status\":\"active\"")
  }

  /// What its sender's aborted transactions held never happened.
  private func happened(_ topic: Topic, _ id: String, _ end: SimulatedEnd, with text: String = "") -> Bool {
    (0..<Int32(end.partitionCount)).contains { partition in
      end.records(topic.name, partition).contains {
        let value = String(decoding: $0.record.value ?? [], as: UTF8.self)
        return value.contains("\"id\":\"\(id)\"") && (text.isEmpty || value.contains(text))
      }
    }
  }
}
