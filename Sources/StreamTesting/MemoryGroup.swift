import StreamRuntime

/// A consumer group with eager rebalances and range assignment: everyone gives up all partitions, then everyone gets new ones.
package final class MemoryGroup {
  let name: String
  private var members: [ObjectIdentifier: Int] = [:]
  private var order: [ObjectIdentifier] = []
  private(set) var generation = 0
  private var waiting: Set<ObjectIdentifier> = []

  package init(name: String) { self.name = name }

  func join(_ member: ObjectIdentifier) {
    order.append(member)
    rebalance()
  }

  func leave(_ member: ObjectIdentifier) {
    order.removeAll { $0 == member }
    rebalance()
  }

  /// The member has given up its partitions for this generation.
  func synced(_ member: ObjectIdentifier) { waiting.remove(member) }

  var isSettled: Bool { waiting.isEmpty }

  func assignment(of member: ObjectIdentifier, partitionCount: Int) -> [Int32] {
    guard let index = order.firstIndex(of: member) else { return [] }
    let (share, extra) = partitionCount.quotientAndRemainder(dividingBy: order.count)
    let start = index * share + min(index, extra)
    return (start..<start + share + (index < extra ? 1 : 0)).map(Int32.init)
  }

  private func rebalance() {
    generation += 1
    waiting = Set(order)
  }
}
