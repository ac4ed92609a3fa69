import JSON
import Loyalty
import Rewards

/// A document of which every version is published: a reward, a pool of vouchers, a partner. Of its versions that are no
/// drafts the highest counts, as soon as it is there.
package protocol VersionedDocument: Equatable, Sendable {
  /// The topic that it is published on, under ``key``.
  static var topic: Topic { get }
  /// What it is, in words: "a reward".
  static var noun: String { get }

  var id: String { get }
  var version: Int64 { get }
  var status: Reward.Status { get }
  /// What members read instead of the id.
  var names: DisplayNames { get }

  /// - Parameter isNew: it is to be published, not read again.
  init(_ value: JSONValue, isNew: Bool) throws(ProgramRefused)
}

extension VersionedDocument {
  package var key: String { "\(id):\(version)" }

  /// Reads a value of its topic. Errors are named by their JSON paths; fields that nobody knows are errors.
  package init(_ bytes: [UInt8], isNew: Bool = false) throws(ProgramRefused) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw ProgramRefused([ProgramViolation(at: error.path, "is not JSON: \(error.message) at byte \(error.offset)")])
    }
    try self.init(value, isNew: isNew)
  }

  /// Lets `read` note what is wrong.
  static func checked(
    _ value: JSONValue, isNew: Bool, _ read: (JSONNode, ProgramProblems) -> Self?
  ) throws(ProgramRefused) -> Self {
    let problems = ProgramProblems(isNew: isNew, in: "the document of \(noun)")
    let document = read(JSONNode(value), problems)
    let refusal = problems.refusal
    guard let document, refusal == nil else { throw refusal ?? ProgramRefused([]) }
    return document
  }
}

/// What every versioned document says of itself.
struct DocumentHead {
  static let known: Set<String> = ["id", "version", "status", "names"]

  var id: String
  var version: Int64
  var status: Reward.Status
  var names: DisplayNames

  /// nil where a part is wrong, which has been noted then.
  init?(_ fields: ProgramFields) {
    let id = fields.required("id").flatMap { fields.id($0) }
    let version = fields.required("version").flatMap { fields.whole($0, 1...ProgramDocument.versionMax) }
    let status = fields.node["status"].map { fields.word($0, Reward.Status.self) } ?? .active
    names = DisplayNamesDocument.names(fields)
    guard let id, let version, let status else { return nil }
    self.id = id
    self.version = version
    self.status = status
  }
}
