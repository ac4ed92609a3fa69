import Contracts
import Foundation
import HTTP
import Loyalty
import MessageFeedback
import NotifierWeb
import Signing
import Synchronization
import TestValues
import Testing

/// The routes on a server of their own, with a publisher that keeps what it gets, or refuses all.
final class WebFixture {
  static let secret = String(repeating: "k", count: 32)
  static let smsSecret = "gateway's"
  static let feedbackSecret = FeedbackSecret(String(repeating: "f", count: 32))
  static let nowMs: Int64 = 1_795_327_481_000

  let seal: LinkSeal
  let view = PreferenceView(membersMax: 3)
  let published = Published()
  /// Addresses that somebody asked to be opened.
  let asked = Asked()
  let figures = WebFigures()
  let server: HTTPServer

  init(
    brand: String? = "Sen & Co <Hà Nội>", publisher: (any RecordPublisher)? = nil, sendGridKey: VerifyingKey? = nil
  ) throws {
    seal = try #require(LinkSeal(secrets: Self.secret))
    let preferences = PreferenceRoutes(seal, view, brand: brand, nowMs: { Self.nowMs })
    let sms = InboundSMS(lookupSecret: "s", SMSConfirmations(), brand: brand, figures, nowMs: { Self.nowMs })
    let reports = FeedbackHooks(
      .init(feedback: Self.feedbackSecret, sendGridKey: sendGridKey), figures, nowMs: { Self.nowMs },
      confirm: { [asked] in asked.append($0) })
    let routes = WebRoutes(
      preferences: preferences, hooks: [sms.hook(secret: Self.smsSecret)] + reports.all,
      publisher: publisher ?? published)
    server = try HTTPServer(SocketAddress(host: "127.0.0.1", port: 0), routes.router)
  }

  func close() { server.stop(withinMs: 1_000) }

  func token(
    _ member: String = "M-1", _ channel: Consent.Channel = .email, _ topic: MessageTopic = .points
  ) -> String {
    seal.seal(PreferenceLink(memberId: member, channel: channel, topic: topic).bytes)
  }

  /// Lets the view know what a member has said.
  func tell(_ member: String, _ changes: Preference...) throws {
    var preferences = MemberPreferences(memberId: member, requestId: "R", occurredAt: .epoch)
    _ = preferences.apply(
      PreferenceRequest(
        id: "R", subject: .member(member), changes: changes, source: "s", occurredAt: Instant(milliseconds: 1)))
    let record = Array(json { preferences.encode(to: &$0) }.utf8)
    try record.withUnsafeBytes { try view.take(member, $0) }
    view.isCurrent(asOf: .now)
  }

  /// One request with a connection of its own, sent and read as bytes: nothing follows a redirect or keeps a cookie.
  func ask(
    _ method: String, _ target: String, _ headers: [String] = [], body: String = "", from host: String = "127.0.0.1"
  ) throws -> Answer {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    defer { Foundation.close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.address.port.bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    let isConnected = withUnsafeBytes(of: &address) {
      connect(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) == 0
    }
    try #require(isConnected)
    let head = ["\(method) \(target) HTTP/1.1", "Host: x", "Connection: close"] + headers
    let length = method == "POST" ? ["Content-Length: \(body.utf8.count)"] : []
    let sent = Array(((head + length).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    try #require(send(descriptor, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      received += buffer[..<count]
    }
    return try Answer(received)
  }

  struct Answer {
    let status: Int
    let headers: [String]
    let body: String

    init(_ bytes: [UInt8]) throws {
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.components(separatedBy: "\r\n\r\n")
      let lines = parts[0].components(separatedBy: "\r\n")
      status = try #require(Int(lines[0].split(separator: " ").dropFirst().first ?? ""))
      headers = Array(lines.dropFirst())
      body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    func header(_ name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
  }
}

/// Keeps what is published.
final class Published: RecordPublisher {
  private let kept = Mutex<[OutgoingRecord]>([])

  func publish(_ records: [OutgoingRecord]) throws { kept.withLock { $0 += records } }

  var records: [OutgoingRecord] { kept.withLock { $0 } }

  func requests() throws -> [PreferenceRequest] {
    try records.map { record in
      let request = try record.value.withUnsafeBytes { try PreferenceRequest(decoding: EventEnvelope(data: $0)) }
      #expect(record.topic == .preferenceRequests && record.key == request.recordKey)
      return request
    }
  }
}

final class Asked: Sendable {
  private let kept = Mutex<[String]>([])

  func append(_ url: String) { kept.withLock { $0.append(url) } }

  var urls: [String] { kept.withLock { $0 } }
}

/// No broker answers.
struct NoBrokers: RecordPublisher {
  func publish(_ records: [OutgoingRecord]) throws {
    throw HTTPRefusal(503, "Try again.", headers: ["Retry-After": "60"])
  }
}
