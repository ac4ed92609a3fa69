import Contracts
import StreamRuntime

/// Whose purchases those of a merged member are, as `loyalty.forwardings`, the second global topic, holds it now.
final class MemberForwardings {
  private let context: ProcessorContext
  private var version = -1
  private var targets: [String: String] = [:]

  static let globalTopic = 1
  /// Mergers of mergers that are followed.
  static let hopsMax = 16
  static let loop = ContractViolation(
    .forwardingLoop, at: "$.member",
    "$.member was merged into another member, and that one back into it; have the profiles mended.")

  init(_ context: ProcessorContext) { self.context = context }

  func refresh() throws {
    guard context.globals.version != version else { return }
    version = context.globals.version
    targets.removeAll(keepingCapacity: true)
    try context.globals.forEach(topic: Self.globalTopic) { value in
      let forwarding = try MemberForwarding(decoding: value)
      targets[forwarding.id] = forwarding.to
    }
  }

  /// The member that `id` has become, itself where it was not merged; nil where the forwardings go round in a circle.
  func resolve(_ id: String) -> String? {
    guard !targets.isEmpty else { return id }
    var id = id
    for _ in 0...Self.hopsMax {
      guard let next = targets[id] else { return id }
      id = next
    }
    return nil
  }
}
