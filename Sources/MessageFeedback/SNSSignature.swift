import Foundation
import JSON
import Signing

/// Whose messages of Amazon SNS are taken: those of one topic, signed by SNS.
package struct SNSTrust: Sendable {
  /// The topic that SES reports to.
  package let topic: SNSTopic
  /// The key of the certificate at an address of Amazon's; nil while nobody has it.
  package let key: @Sendable (_ certificateURL: String) -> VerifyingKey?

  package init(_ topic: SNSTopic, key: @escaping @Sendable (_ certificateURL: String) -> VerifyingKey?) {
    self.topic = topic
    self.key = key
  }
}

/// `arn:aws:sns:eu-west-1:123456789012:ses-events`
package struct SNSTopic: Equatable, Sendable {
  package let arn: String
  /// Where this region's SNS keeps its certificates.
  private let host: String

  package init?(_ arn: String) {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "sns", !parts[4].isEmpty, !parts[5].isEmpty,
      !parts[3].isEmpty, parts[3].utf8.allSatisfy(Self.isOfRegion)
    else { return nil }
    switch parts[1] {
    case "aws", "aws-us-gov": host = "sns.\(parts[3]).amazonaws.com"
    case "aws-cn": host = "sns.\(parts[3]).amazonaws.com.cn"
    default: return nil
    }
    self.arn = arn
  }

  /// Whether a certificate's address is one of this region's SNS. The host follows from the topic that the operator
  /// named, and from nothing that a caller says.
  package func hasCertificate(at url: String) -> Bool {
    let (begin, end) = ("https://\(host)/SimpleNotificationService-", ".pem")
    guard url.utf8.count <= Self.urlBytesMax, url.hasPrefix(begin), url.hasSuffix(end),
      url.utf8.count > begin.utf8.count + end.utf8.count
    else { return false }
    return url.dropFirst(begin.count).dropLast(end.count).utf8.allSatisfy(Self.isOfRegion)
  }

  private static let urlBytesMax = 256

  /// Small letters, digits and `-`.
  private static func isOfRegion(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-")
  }
}

/// The signature of a message of SNS, of version 2 (SHA-256); version 1 (SHA-1) counts for nothing.
enum SNSSignature {
  enum Judgement: Equatable {
    case valid, invalid
    /// The certificate is not to be had now; the message may come again.
    case undecided
  }

  static func judge(_ message: JSONValue, by trust: SNSTrust) -> Judgement {
    guard message["SignatureVersion"]?.string == "2", message["TopicArn"]?.string == trust.topic.arn,
      let text = message["Signature"]?.string, let signature = Data(base64Encoded: text),
      let url = message["SigningCertURL"]?.string, trust.topic.hasCertificate(at: url),
      let signed = canonical(message)
    else { return .invalid }
    guard let key = trust.key(url) else { return .undecided }
    return key.isValid(Array(signature), of: Array(signed.utf8)) ? .valid : .invalid
  }

  /// "The name–value pairs in byte-sort order", a line each for name and value; Subject only where there is one.
  private static func canonical(_ message: JSONValue) -> String? {
    let names: [String]
    switch message["Type"]?.string {
    case "Notification":
      let hasSubject = message["Subject"]?.string != nil
      names = ["Message", "MessageId"] + (hasSubject ? ["Subject"] : []) + ["Timestamp", "TopicArn", "Type"]
    case "SubscriptionConfirmation", "UnsubscribeConfirmation":
      names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    default: return nil
    }
    var text = ""
    for name in names {
      guard let value = message[name]?.string else { return nil }
      text += "\(name)\n\(value)\n"
    }
    return text
  }
}
