import Foundation
import Signing

/// The signature of SendGrid's Event Webhook: ECDSA on P-256 over the time that the call names and its body as it came.
enum SendGridSignature {
  static let signatureHeader = "X-Twilio-Email-Event-Webhook-Signature"
  static let timestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp"
  private static let timestampBytesMax = 32

  /// - Parameter header: the value of a header of the call, by its name.
  static func isValid(_ body: [UInt8], _ header: (String) -> String?, by key: VerifyingKey) -> Bool {
    guard let timestamp = header(timestampHeader), timestamp.utf8.count <= timestampBytesMax,
      let signature = header(signatureHeader).flatMap({ Data(base64Encoded: $0) })
    else { return false }
    return key.isValid(Array(signature), of: Array(timestamp.utf8) + body)
  }
}
