import Foundation
import JSON

/// One call as it goes out.
package struct PartnerRequest: Sendable, CustomStringConvertible {
  package let isPost: Bool
  /// UrBox has its secret in here: it stands in no log.
  package let url: String
  package let headers: [(name: String, value: String)]
  /// Got It's question about a reference is a GET with a body.
  package let body: [UInt8]
  /// It changes nothing. An order is none, at partners too that tell doubles: only the outbox sends one again.
  package let isIdempotent: Bool
  /// What of the answer is worth reading.
  package let answerBytesMax: Int

  /// Of an answer to an order or a question about one.
  static let answerBytes = 262_144
  /// Of a page of a catalogue or a statement.
  package static let pageBytes = 4_194_304

  init(
    _ isPost: Bool, _ url: String, headers: [(name: String, value: String)], body: [UInt8] = [],
    isIdempotent: Bool = true, answerBytesMax: Int = answerBytes
  ) {
    self.isPost = isPost
    self.url = url
    self.headers = headers
    self.body = body
    self.isIdempotent = isIdempotent
    self.answerBytesMax = answerBytesMax
  }

  package var description: String { "a call to a partner" }
}

/// What came of a call.
package enum PartnerAnswer: Equatable, Sendable {
  /// Names of headers in small letters.
  case answered(status: Int, headers: [String: String], body: [UInt8])
  /// No byte of it went out.
  case notSent
  /// It went out, and no whole answer came back.
  case lost
}

/// An answer that came, ready to be read.
package struct ReadAnswer: Sendable {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]
  /// nil: it is no JSON.
  let json: JSONValue?

  var isSuccess: Bool { (200..<300).contains(status) }

  enum Missing: Equatable { case notSent, lost }

  static func of(_ answer: PartnerAnswer) -> (answer: ReadAnswer?, missing: Missing) {
    switch answer {
    case .notSent: return (nil, .notSent)
    case .lost: return (nil, .lost)
    case .answered(let status, let headers, let body):
      return (.init(status: status, headers: headers, body: body, json: try? JSONValue(parsing: body)), .lost)
    }
  }
}

extension JSONValue {
  /// A word, whether its author wrote it as a text or as a number; nil: there is none, or it is empty.
  var word: String? {
    let text = string ?? number
    return text?.isEmpty == false ? text : nil
  }

  func word(_ key: String) -> String? { self[key]?.word }

  func whole(_ key: String) -> Int64? { word(key).flatMap { Int64($0) } }

  /// The elements of a list, or what stands in its place alone.
  var list: [JSONValue] { elements ?? (members == nil ? [] : [self]) }
}

extension String {
  static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// Line ends and spaces are passed over.
  var base64Bytes: [UInt8]? { Data(base64Encoded: self, options: .ignoreUnknownCharacters).map { Array($0) } }

  /// RFC 3986 §2.1: everything but the unreserved characters is escaped.
  var percentEncoded: String {
    var allowed = CharacterSet(charactersIn: "-._~")
    allowed.insert(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    // It fails for no text.
    return addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
  }
}

/// A query, in the order given.
enum QueryText {
  static func of(_ pairs: [(String, String)]) -> String {
    "?" + pairs.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" }.joined(separator: "&")
  }
}
