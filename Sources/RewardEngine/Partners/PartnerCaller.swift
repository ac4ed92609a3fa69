import Curl
import Partners

/// Makes one call to a partner after the other. Owned by one thread.
package protocol PartnerCaller: AnyObject {
  /// Blocks until what came of it is known, or nothing more is to be waited for.
  func call(_ request: PartnerRequest) -> PartnerAnswer
  func close()
}

/// By HTTP.
package final class HTTPPartnerCaller: PartnerCaller {
  private let client: HTTPClient

  package init(_ options: TransferOptions) throws { client = try HTTPClient(options) }

  package func close() { client.close() }

  package func call(_ request: PartnerRequest) -> PartnerAnswer {
    let outcome: HTTPOutcome
    do throws(CurlError) {
      outcome = try client.send(
        HTTPRequest(
          request.isPost ? .post : .get, request.url, headers: request.headers, body: request.body,
          isIdempotent: request.isIdempotent, answerBytesMax: request.answerBytesMax, keepsHeaders: true))
    } catch {
      // How far it came is not said.
      return .lost
    }
    switch outcome {
    case .answered(let answer): return .answered(status: answer.status, headers: answer.headers, body: answer.body)
    case .notSent, .cancelled: return .notSent
    case .unknown: return .lost
    }
  }
}
