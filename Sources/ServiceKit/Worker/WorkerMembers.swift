import StreamKafka

/// The workers of a service, as its group tells of them.
package struct WorkerMembers: Equatable, Sendable {
  /// `SERVICE-INSTANCE-THREAD`, which is also the transactional id.
  package let names: [String]
  /// The time they live in; nil where there are none, or they do not agree.
  package let areOnStreamTime: Bool?

  /// - Parameter clientIds: of the group's members.
  package init(clientIds: [String]) {
    let members = clientIds.map(GroupMember.init(clientId:))
    names = members.map(\.name).sorted()
    let modes = Set(members.map(\.isOnStreamTime))
    areOnStreamTime = modes.count == 1 ? modes.first : nil
  }
}
