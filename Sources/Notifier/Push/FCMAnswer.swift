import Curl
import JSON

/// What Firebase's answer to one message means: by its status, and by the `errorCode` among its details
/// (google.firebase.fcm.v1.FcmError).
enum FCMAnswer {
  /// The app was removed, or its token has ended: nothing reaches it there any more.
  static let gone = "fcm-unregistered"
  /// "If no retry-after header is set, default to 60 seconds."
  private static let quotaPauseMs: Int64 = 60_000
  /// Codes of FcmError that are told as they are.
  private static let codes: Set<String> = [
    "UNSPECIFIED_ERROR", "INVALID_ARGUMENT", "UNREGISTERED", "SENDER_ID_MISMATCH", "QUOTA_EXCEEDED", "UNAVAILABLE",
    "INTERNAL", "THIRD_PARTY_AUTH_ERROR",
  ]
  private static let nameBytesMax = 256

  static func outcome(_ response: HTTPResponse) -> SendOutcome {
    let json = try? JSONValue(parsing: response.body)
    if response.status == 200 {
      guard let name = json?["name"]?.string, (1...nameBytesMax).contains(name.utf8.count) else {
        return .unknown(SendReason("fcm-unclear", "Firebase answered 200 without the message's name"))
      }
      return .sentAs(name)
    }
    let code = errorCode(json)
    let told = code.map { "fcm-" + $0.lowercased().replacing("_", with: "-") } ?? "fcm-\(response.status)"
    let reason = SendReason(
      told, "Firebase answered \(response.status)\(code.map { " with the code \($0)" } ?? "")",
      retryAfterMs: response.retryAfterMs)
    switch code {
    case "UNREGISTERED": return .failed(reason)
    case "INVALID_ARGUMENT": return .failed(reason)
    // The token is another project's, or Firebase's log-in at Apple's or the browser's push service is wrong: mostly of
    // every message, or of all of one platform.
    case "SENDER_ID_MISMATCH", "THIRD_PARTY_AUTH_ERROR": return .channelRefused(reason, isCertain: false)
    case "QUOTA_EXCEEDED": return .retryLater(waiting(reason))
    case "UNAVAILABLE", "INTERNAL": return .retryLater(reason)
    default: return byStatus(response.status, reason)
    }
  }

  private static func byStatus(_ status: Int, _ reason: SendReason) -> SendOutcome {
    switch status {
    case 429: return .retryLater(waiting(reason))
    // What stands behind may have had it.
    case 502, 504: return .unknown(reason)
    default:
      return switch RefusalSubject(gatewayStatus: status) {
      case .passing: .retryLater(reason)
      case .address, .message: .failed(reason)
      case .account: .channelRefused(reason, isCertain: true)
      // The account lacks a right, or there is no such project. That a device is unknown has a code of its own.
      case .policy: .channelRefused(reason, isCertain: true)
      }
    }
  }

  private static func waiting(_ reason: SendReason) -> SendReason {
    SendReason(reason.code, reason.detail, retryAfterMs: reason.retryAfterMs ?? quotaPauseMs)
  }

  private static func errorCode(_ json: JSONValue?) -> String? {
    json?["error"]?["details"]?.elements?.lazy.compactMap { $0["errorCode"]?.string }.first { codes.contains($0) }
  }
}
