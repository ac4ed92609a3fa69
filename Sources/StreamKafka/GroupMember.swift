/// What a member of a service's group is called, and what it tells of itself by its client id: on stream time it says
/// so, for who sends a command must know which time the workers live in.
package struct GroupMember: Equatable, Sendable {
  /// `SERVICE-INSTANCE-THREAD`: its static membership and its transactional id.
  package var name: String
  package var isOnStreamTime: Bool

  private static let streamMark = ".stream"

  init(name: String, isOnStreamTime: Bool) {
    self.name = name
    self.isOnStreamTime = isOnStreamTime
  }

  /// A member's name ends in the number of its thread, and never in the mark.
  package init(clientId: String) {
    isOnStreamTime = clientId.hasSuffix(Self.streamMark)
    name = isOnStreamTime ? String(clientId.dropLast(Self.streamMark.count)) : clientId
  }

  var clientId: String { isOnStreamTime ? name + Self.streamMark : name }
}
