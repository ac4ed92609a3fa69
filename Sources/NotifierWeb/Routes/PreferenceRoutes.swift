import Contracts
import Foundation
import HTTP
import Loyalty
import Signing

/// What the link of a message leads to: the page, and the one click by which mail programs end messages.
///
/// Who has the link may see and change what it is about: there is no log-in, and no cookie. A GET changes nothing, for
/// scanners follow links.
package struct PreferenceRoutes: Sendable {
  private let seal: LinkSeal
  private let view: PreferenceView
  private let brand: String?
  private let nowMs: @Sendable () -> Int64

  /// Of a form's body, or of one click's.
  static let bodyBytesMax = 16 * 1024

  package init(_ seal: LinkSeal, _ view: PreferenceView, brand: String?, nowMs: @escaping @Sendable () -> Int64) {
    self.seal = seal
    self.view = view
    self.brand = brand
    self.nowMs = nowMs
  }

  func show(_ request: Request) -> Response {
    let page = page(request, asked: request.query["lang"])
    guard let link = link(of: request) else { return page.notFound() }
    return page.response(for: link, said: said(by: link.memberId), nil)
  }

  /// A form of the page, or one click: its body is `List-Unsubscribe=One-Click`, and its answer no redirect (RFC 8058).
  func change(_ request: Request, _ publisher: any RecordPublisher) throws -> Response {
    let form = FormBody(request)
    let page = page(request, asked: form?["lang"] ?? request.query["lang"])
    guard let link = link(of: request) else { return page.notFound() }
    guard let form else { throw HTTPRefusal(400, "The form cannot be read.") }
    if form["List-Unsubscribe"] == "One-Click" {
      try publish(link, [Preference(link.channel, link.topic, isWanted: false)], "one-click", publisher)
      return .text("Unsubscribed.\n")
    }
    guard let asked = form["form"].flatMap({ PreferencePage.Form(rawValue: $0) }) else {
      throw HTTPRefusal(400, "The form says nothing that can be done here.")
    }
    let (changes, notice) = Self.changes(asked, form, link)
    do {
      try publish(link, changes, "web-page", publisher)
    } catch let refusal as HTTPRefusal where refusal.status == 503 {
      var response = page.response(for: link, said: said(by: link.memberId), .notSaved, status: refusal.status)
      for (name, value) in refusal.headers.fields { response.headers[name] = value }
      return response
    }
    // What was just said is not on the view yet.
    let shown = said(by: link.memberId).map { $0.changed(by: changes) } ?? (asked == .choices ? changes : nil)
    return page.response(for: link, said: shown, notice)
  }

  private static func changes(
    _ asked: PreferencePage.Form, _ form: FormBody, _ link: PreferenceLink
  ) -> ([Preference], PreferencePage.Notice) {
    switch asked {
    case .one: ([Preference(link.channel, link.topic, isWanted: false)], .stopped(link.channel, link.topic))
    case .all: (Preference.all(isWanted: false), .stoppedAll)
    case .choices:
      (
        Preference.all(
          channels: Consent.Channel.allCases.filter { $0 != .push || form[PreferencePage.shown($0)] != nil },
          isWanted: true
        ).map {
          Preference($0.channel, $0.topic, isWanted: form[PreferencePage.box($0.channel, $0.topic)] != nil)
        }, .saved
      )
    }
  }

  private func publish(
    _ link: PreferenceLink, _ changes: [Preference], _ source: String, _ publisher: any RecordPublisher
  ) throws {
    let request = PreferenceRequest(
      id: "web-\(UUID().uuidString.lowercased())", subject: .member(link.memberId), changes: changes, source: source,
      occurredAt: Instant(milliseconds: nowMs()))
    try publisher.publish([OutgoingRecord(request)])
  }

  /// nil: the token is none of ours. Of a wrong one nothing is told, nor how wrong it is.
  private func link(of request: Request) -> PreferenceLink? {
    seal.open(request.parameter("token")).flatMap(PreferenceLink.init(bytes:))
  }

  private func said(by memberId: String) -> [Preference]? {
    switch view.said(by: memberId) {
    case .said(let preferences): preferences
    case .unknown: nil
    }
  }

  private func page(_ request: Request, asked: String?) -> PreferencePage {
    PreferencePage(
      language: .choose(asked: asked, accepted: request.headers["Accept-Language"]), brand: brand)
  }
}

extension [Preference] {
  fileprivate func changed(by changes: [Preference]) -> [Preference] {
    filter { old in !changes.contains { $0.channel == old.channel && $0.topic == old.topic } } + changes
  }
}
