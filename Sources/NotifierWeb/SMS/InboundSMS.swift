import Contracts
import Foundation
import HTTP
import JSON
import Loyalty
import ServiceDomain

/// SMS that members send to the programme: STOP and its like end messages by SMS, START begins them again.
///
/// Whose the phone is nobody knows here: the request goes out under the phone's digest, and `transaction-ingest`, which
/// has the index, says it again of each member.
///
/// What a gateway gets as answer it sends back to the phone: Kannel the text, others `reply` of a JSON object. Without
/// a word that is known the answer is empty.
package struct InboundSMS: Sendable {
  private let digester: ContactDigester
  private let confirmations: SMSConfirmations
  private let brand: String?
  private let figures: WebFigures
  private let nowMs: @Sendable () -> Int64

  package init(
    lookupSecret: String, _ confirmations: SMSConfirmations, brand: String?, _ figures: WebFigures,
    nowMs: @escaping @Sendable () -> Int64
  ) {
    digester = ContactDigester(secret: lookupSecret)
    self.confirmations = confirmations
    self.brand = brand
    self.figures = figures
    self.nowMs = nowMs
  }

  package func hook(secret: String) -> WebHook {
    WebHook("/sms/inbound", methods: [.get, .post], door: WebHookDoor(secret: secret)) { try hear($0) }
  }

  private struct Message: Sendable {
    var from: String
    var text: String
    var isJSON: Bool
  }

  private func hear(_ request: Request) throws -> WebHook.Heard {
    let message = try Self.message(request)
    guard let said = SMSKeyword.read(message.text) else {
      figures.received("other")
      return .init([]) { Self.answer(nil, message) }
    }
    guard let phone = PhoneNumber.normalised(message.from) else {
      figures.received("no-phone")
      return .init([]) { Self.answer(nil, message) }
    }
    figures.received(said.keyword.rawValue)
    let digest = digester.digest(ofPhone: phone)
    let asked = PreferenceRequest(
      id: "sms-\(UUID().uuidString.lowercased())",
      subject: .contact(digest: digest.hexadecimal, check: digester.check.hexadecimal),
      changes: Preference.all(channels: [.sms], isWanted: said.keyword == .start), source: "sms",
      occurredAt: Instant(milliseconds: nowMs()))
    return .init([OutgoingRecord(asked)]) { [confirmations, brand] in
      Self.answer(confirmations.text(for: said, from: digest, brand: brand), message)
    }
  }

  /// Fields `from` and `text`: of the query, as Kannel's `get-url` has them, of a form, or of a JSON object.
  private static func message(_ request: Request) throws -> Message {
    if request.method == .post, request.headers["Content-Type"]?.lowercased().hasPrefix("application/json") == true {
      guard let document = try? JSONValue(parsing: request.body), let from = document["from"]?.string,
        let text = document["text"]?.string
      else { throw HTTPRefusal(400, "The body needs the texts from and text.") }
      return Message(from: from, text: text, isJSON: true)
    }
    let form = request.method == .post ? FormBody(request) : nil
    guard let from = form?["from"] ?? request.query["from"], let text = form?["text"] ?? request.query["text"] else {
      throw HTTPRefusal(400, "The query or the form needs from and text.")
    }
    return Message(from: from, text: text, isJSON: false)
  }

  private static func answer(_ reply: String?, _ message: Message) -> Response {
    guard message.isJSON else { return .text(reply ?? "") }
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("reply", reply)
    writer.endObject()
    return .json(writer.bytes)
  }
}
