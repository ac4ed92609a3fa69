import Curl
import JSON
import Synchronization

/// The access token by which Firebase knows us: one for all sender threads, asked for with an assertion that the
/// service account's key signs, and again shortly before it ends.
package final class FCMAccess: Sendable {
  private let file: String
  private let options: TransferOptions
  private let nowMs: @Sendable () -> Int64
  /// Held while a token is asked for: who waits for it waits for the same.
  private let kept = Mutex<Token?>(nil)

  private struct Token: Equatable {
    let text: String
    let untilMs: Int64
  }

  package enum Answer: Equatable, Sendable {
    case token(String)
    /// There is none, which is about no message.
    case none(SendReason)
    /// The worker stops.
    case cancelled
  }

  static let keyUnusable = "fcm-key-unusable"
  /// It is renewed so long before it ends, or when a tenth of its time is left.
  private static let earlyMs: Int64 = 300_000
  private static let expiresSMax: Int64 = 86_400
  private static let tokenBytesMax = 8_192
  private static let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

  /// - Parameters:
  ///   - file: with the account's key; read anew for each token, so that a key may be changed there.
  ///   - nowMs: the machine's clock.
  package init(file: String, _ options: TransferOptions, nowMs: @escaping @Sendable () -> Int64) {
    self.file = file
    self.options = options
    self.nowMs = nowMs
  }

  /// Blocks while a token is asked for.
  /// - Parameter refused: one that Firebase did not take: another is asked for, unless that was done meanwhile.
  package func token(insteadOf refused: String? = nil) -> Answer {
    kept.withLock { kept in
      if let token = kept, token.text != refused, token.untilMs > nowMs() { return .token(token.text) }
      kept = nil
      switch ask() {
      case .success(let token):
        kept = token
        return .token(token.text)
      case .failure(let fault): return fault.answer
      }
    }
  }

  private struct Fault: Error {
    let answer: Answer

    init(_ code: String, _ detail: String) { answer = .none(SendReason(code, detail)) }
    init(_ answer: Answer) { self.answer = answer }
  }

  private func ask() -> Result<Token, Fault> {
    let account: ServiceAccount
    do throws(ServiceAccount.Fault) {
      account = try ServiceAccount(file: file)
    } catch {
      return .failure(Fault(Self.keyUnusable, "the file of --fcm-service-account \(error.text)"))
    }
    let askedMs = nowMs()
    let form =
      "grant_type=\(Self.grant.replacing(":", with: "%3A"))&assertion=\(account.assertion(atS: askedMs / 1_000))"
    let outcome: HTTPOutcome
    do {
      let client = try HTTPClient(options)
      defer { client.close() }
      outcome = try client.send(
        HTTPRequest(
          .post, account.tokenURL, headers: [("Content-Type", "application/x-www-form-urlencoded")],
          body: Array(form.utf8)))
    } catch {
      return .failure(Fault("fcm-token-unreachable", error.description))
    }
    switch outcome {
    case .answered(let response): return read(response, askedMs)
    case .notSent(let failure), .unknown(let failure):
      return .failure(Fault("fcm-token-unreachable", failure.description))
    case .cancelled: return .failure(Fault(.cancelled))
    }
  }

  /// RFC 6749 §5.1 and §5.2.
  private func read(_ response: HTTPResponse, _ askedMs: Int64) -> Result<Token, Fault> {
    let json = try? JSONValue(parsing: response.body)
    guard response.status == 200 else {
      let error = json?["error"]?.string.flatMap { Self.isWord($0) ? $0 : nil }
      return .failure(
        Fault(
          "fcm-token-refused", "the token endpoint answered \(response.status)\(error.map { " with \($0)" } ?? "")"))
    }
    guard let text = json?["access_token"]?.string, (1...Self.tokenBytesMax).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let expiresS = json?["expires_in"]?.integer, expiresS > 0
    else { return .failure(Fault("fcm-token-refused", "the token endpoint answered 200 without a token")) }
    let livesMs = min(expiresS, Self.expiresSMax) * 1_000
    return .success(Token(text: text, untilMs: askedMs + livesMs - min(Self.earlyMs, livesMs / 10)))
  }

  private static func isWord(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) }
  }
}
