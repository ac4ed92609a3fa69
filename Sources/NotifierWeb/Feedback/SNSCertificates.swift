import Curl
import MessageFeedback
import Signing
import Synchronization

/// The certificates that SNS signs by. Each is fetched when a message first names it, and again after a day.
package final class SNSCertificates: Sendable {
  private let topic: SNSTopic
  private let nowMs: @Sendable () -> Int64
  private let fetch: @Sendable (_ url: String) -> [UInt8]?
  /// Held while one is fetched: who waits for it waits for the same.
  private let state = Mutex(State())

  private struct State {
    var kept: [String: (key: VerifyingKey, untilMs: Int64)] = [:]
    var failedMs: Int64?
  }

  private static let keptMax = 4
  private static let keptMs: Int64 = 86_400_000
  /// After one that could not be had no other is asked for.
  private static let pauseMs: Int64 = 10_000
  private static let connectTimeoutMs = 2_000
  private static let timeoutMs = 4_000

  /// - Parameter fetch: the body at an address of SNS's; nil where there is none.
  package init(
    _ topic: SNSTopic, nowMs: @escaping @Sendable () -> Int64,
    fetch: @escaping @Sendable (_ url: String) -> [UInt8]? = SNSCertificates.download
  ) {
    self.topic = topic
    self.nowMs = nowMs
    self.fetch = fetch
  }

  /// Blocks while the certificate is fetched. nil: it is not to be had now, or is no certificate that counts.
  package func key(at url: String) -> VerifyingKey? {
    guard topic.hasCertificate(at: url) else { return nil }
    return state.withLock { state in
      let now = nowMs()
      if let kept = state.kept[url], kept.untilMs > now { return kept.key }
      if let failedMs = state.failedMs, (failedMs...failedMs + Self.pauseMs).contains(now) { return nil }
      guard let pem = fetch(url), let key = VerifyingKey(certificate: pem, at: now / 1_000) else {
        state.failedMs = now
        return nil
      }
      if state.kept.count >= Self.keptMax { state.kept = [:] }
      state.kept[url] = (key, now + Self.keptMs)
      return key
    }
  }

  /// By HTTPS, from whom the system trusts; redirects are not followed.
  package static func download(_ url: String) -> [UInt8]? {
    guard
      let client = try? HTTPClient(
        TransferOptions(connectTimeoutMs: connectTimeoutMs, timeoutMs: timeoutMs))
    else { return nil }
    defer { client.close() }
    guard case .answered(let answer)? = try? client.send(HTTPRequest(.get, url)), answer.status == 200 else {
      return nil
    }
    return answer.body
  }
}
