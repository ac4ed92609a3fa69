import HTTP
import Signing

/// A path on which another machine tells something: an SMS that came in, what became of a message. What it makes of a
/// request are records; they are published, and only when the brokers have them is the request answered.
package struct WebHook: Sendable {
  package var path: String
  package var methods: [HTTPMethod]
  /// What a machine must know to be heard, see ``WebHookDoor``.
  package var door: WebHookDoor
  /// nil: as the server has it.
  package var bodyBytesMax: Int?
  package var read: @Sendable (Request) throws -> Heard

  package struct Heard: Sendable {
    package var records: [OutgoingRecord]
    /// Asked for when the brokers have the records.
    package var answer: @Sendable () -> Response

    package init(_ records: [OutgoingRecord], answer: @escaping @Sendable () -> Response) {
      self.records = records
      self.answer = answer
    }
  }

  package init(
    _ path: String, methods: [HTTPMethod] = [.post], door: WebHookDoor, bodyBytesMax: Int? = nil,
    read: @escaping @Sendable (Request) throws -> Heard
  ) {
    self.path = path
    self.methods = methods
    self.door = door
    self.bodyBytesMax = bodyBytesMax
    self.read = read
  }
}

/// Lets in who knows the secret: as `Authorization: Bearer …`, or as `secret` of the query where the machine can do no
/// better.
package struct WebHookDoor: Sendable {
  /// nil: everybody.
  private let secret: String?

  package init(secret: String) { self.secret = secret }

  private init() { secret = nil }

  /// Where what is told is itself signed.
  package static let open = WebHookDoor()

  func admit(_ request: Request) throws(HTTPRefusal) {
    guard let secret else { return }
    let scheme = "Bearer "
    let told =
      request.headers["Authorization"].flatMap { $0.hasPrefix(scheme) ? String($0.dropFirst(scheme.count)) : nil }
      ?? request.query["secret"] ?? ""
    guard ConstantTime.isSame(told, secret) else {
      throw HTTPRefusal(401, "The secret is missing or another one.", headers: ["WWW-Authenticate": "Bearer"])
    }
  }
}
