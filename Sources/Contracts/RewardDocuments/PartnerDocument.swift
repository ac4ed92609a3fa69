import JSON
import Loyalty
import Rewards

/// A value of `loyalty.partners`: one version of a partner who delivers rewards. Credentials are files of the worker.
package struct PartnerDocument: VersionedDocument {
  package static let topic = Topic.partners
  package static let noun = "a partner"

  package let id: String
  package let version: Int64
  /// Where it is not active nothing is ordered; what was ordered is still asked for.
  package let status: Reward.Status
  package let names: DisplayNames
  package let adapter: Adapter
  /// Where its interface lies, without the paths of its calls.
  package let url: String
  /// Calls at most, of each instance; nil: as many as the adapter knows that the partner takes.
  package let requestsPerSecond: Int64?
  /// What it delivers is good for so long from the order's day on, where it does not say itself.
  package let validForDays: Int64

  package enum Adapter: String, Sendable, CaseIterable {
    case gotIt = "gotit"
    case urBox = "urbox"
    /// A partner who takes plain JSON, by the documents that the worker has.
    case json = "json"
  }

  private static let requestsPerSecondMax: Int64 = 1_000
  private static let validForDaysAllowed: ClosedRange<Int64> = 1...3_650
  private static let validForDaysDefault: Int64 = 90
  /// What people put into such documents by mistake.
  private static let secrets: Set<String> = [
    "apiKey", "appId", "appSecret", "clientSecret", "credentials", "key", "password", "privateKey", "secret", "token",
  ]

  package init(_ value: JSONValue, isNew: Bool) throws(ProgramRefused) {
    self = try Self.checked(value, isNew: isNew, Self.init(reading:_:))
  }

  private init?(reading node: JSONNode, _ problems: ProgramProblems) {
    for name in node.members?.map(\.key) ?? [] where Self.secrets.contains(name) {
      problems.add(node.path + "." + name, "does not belong here: everybody reads it. Give the worker a file with it")
    }
    guard
      let fields = ProgramFields(
        node, problems,
        known: DocumentHead.known.union(["adapter", "url", "requestsPerSecond", "validForDays"]).union(Self.secrets))
    else { return nil }
    let head = DocumentHead(fields)
    let adapter = fields.required("adapter").flatMap { fields.word($0, Adapter.self) }
    let url = fields.required("url").flatMap { Self.url($0, fields) }
    let rate = node["requestsPerSecond"].flatMap { fields.whole($0, 1...Self.requestsPerSecondMax) }
    let days = node["validForDays"].map { fields.whole($0, Self.validForDaysAllowed) } ?? Self.validForDaysDefault
    guard let head, let adapter, let url, let days else { return nil }
    id = head.id
    version = head.version
    status = head.status
    names = head.names
    self.adapter = adapter
    self.url = url
    requestsPerSecond = rate
    validForDays = days
  }

  private static let localPrefixes = ["http://127.0.0.1:", "http://localhost:"]

  private static func url(_ field: JSONNode, _ fields: ProgramFields) -> String? {
    guard let text = fields.text(field), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("@"),
      text.hasPrefix("https://") && text.utf8.count > 8 || localPrefixes.contains(where: text.hasPrefix)
    else {
      fields.problems.add(
        field.path, "must begin with https://, in ASCII and without credentials (http:// on this machine alone)")
      return nil
    }
    return text
  }
}
