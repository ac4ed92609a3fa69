import Contracts
import ServiceDomain
import StreamRuntime

/// Whose purchases those of a merged member are, as `loyalty.forwardings`, a global topic, holds it now.
final class MemberForwardings: Shelf {
  private let forwardings: GlobalTable
  private var version = 0
  private var targets: [String: String] = [:]

  /// Mergers of mergers that are followed.
  static let hopsMax = 16
  static let loop = ContractViolation(
    .forwardingLoop, at: "$.member",
    "$.member was merged into another member, and that one back into it; have the profiles mended.")

  init(_ context: ProcessorContext) {
    forwardings = context.global(Topic.forwardings.name)
  }

  /// Takes in what came since the last call.
  func refresh() {
    let latest = forwardings.version
    guard latest != version else { return }
    forwardings.forEachChange(after: version, startingOver: { targets = [:] }) { key, value in
      targets[String(decoding: key, as: UTF8.self)] = value.flatMap { try? MemberForwarding(decoding: $0).to }
    }
    version = latest
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
