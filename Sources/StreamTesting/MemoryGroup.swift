import StreamRuntime

/// A consumer group of static members with eager rebalances and range assignment: everyone gives up all partitions,
/// then everyone gets new ones. Who does not come back in time is left out.
///
///     settled ──join, leave, expiry──▶ gathering ──all are back, or laggards left out──▶ settled, next generation
package final class MemoryGroup {
  /// What a member is to the group now.
  enum Standing: Equatable {
    /// Its session has expired, or it never joined.
    case unknown
    /// Another process has joined under its instance name.
    case fenced
    /// It must give up its partitions and come back.
    case called
    /// It has come back and waits for the others.
    case waiting
    case settled
  }

  var isSettled: Bool { !isGathering }

  private struct Member {
    let instance: String
    var id: Int
    var isBack: Bool
  }

  let name: String
  private(set) var generation = 0
  private var members: [Member] = []
  private var isGathering = false
  private var lastId = 0

  package init(name: String) { self.name = name }

  /// - Returns: the member's id. A known instance name takes its old place without a rebalance.
  func join(instance: String) -> Int {
    lastId += 1
    if let index = members.firstIndex(where: { $0.instance == instance }) {
      members[index].id = lastId
      members[index].isBack = true
      if isGathering { settleIfAllAreBack() }
    } else {
      gather()
      members.append(Member(instance: instance, id: lastId, isBack: true))
      members.sort { $0.instance < $1.instance }
      settleIfAllAreBack()
    }
    return lastId
  }

  /// The member has given up its partitions and waits for new ones.
  func comeBack(_ id: Int) {
    guard let index = members.firstIndex(where: { $0.id == id }) else { return }
    members[index].isBack = true
    if isGathering { settleIfAllAreBack() }
  }

  func leave(_ id: Int) {
    guard members.contains(where: { $0.id == id }) else { return }
    members.removeAll { $0.id == id }
    gather()
    settleIfAllAreBack()
  }

  /// The session of an instance times out. Returns whether it was a member.
  package func expire(instance: String) -> Bool {
    guard let member = members.first(where: { $0.instance == instance }) else { return false }
    leave(member.id)
    return true
  }

  /// The rebalance times out: who is not back is left out. Returns whether anyone was.
  func leaveOutLaggards() -> Bool {
    guard isGathering, members.contains(where: { !$0.isBack }) else { return false }
    members.removeAll { !$0.isBack }
    settleIfAllAreBack()
    return true
  }

  func standing(of id: Int, instance: String) -> Standing {
    guard let member = members.first(where: { $0.id == id }) else {
      return members.contains { $0.instance == instance } ? .fenced : .unknown
    }
    guard isGathering else { return .settled }
    return member.isBack ? .waiting : .called
  }

  /// Whether offsets of this member and generation are accepted: while the group gathers, those of the old one still
  /// are.
  func accepts(_ id: Int, generation: Int) -> Bool {
    members.contains { $0.id == id } && generation == self.generation
  }

  func assignment(of id: Int, partitionCount: Int) -> [Int32] {
    guard let index = members.firstIndex(where: { $0.id == id }) else { return [] }
    return RangeAssignment.partitions(of: index, members: members.count, partitionCount: partitionCount)
  }

  /// What an instance that is no member would be given if it joined now; none where there is nobody to take it from.
  func expectation(instance: String, partitionCount: Int) -> [Int32] {
    guard !members.isEmpty, !members.contains(where: { $0.instance == instance }) else { return [] }
    let index = members.count { $0.instance < instance }
    return RangeAssignment.partitions(of: index, members: members.count + 1, partitionCount: partitionCount)
  }

  func assignment(instance: String, partitionCount: Int) -> [Int32] {
    members.first { $0.instance == instance }.map { assignment(of: $0.id, partitionCount: partitionCount) } ?? []
  }

  private func gather() {
    guard !isGathering else { return }
    isGathering = true
    for index in members.indices { members[index].isBack = false }
  }

  private func settleIfAllAreBack() {
    guard isGathering, members.allSatisfy(\.isBack) else { return }
    isGathering = false
    generation += 1
  }
}
