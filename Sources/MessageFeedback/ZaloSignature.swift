import JSON
import Signing

/// The signature of Zalo's web hooks: "mac = sha256(appId + data + timeStamp + OAsecretKey)", where the data is the
/// body as it came, and the app and the time are those that it names itself.
///
/// It is a plain digest, and whoever knows the secret can make it for any app: the secret alone vouches for the call.
enum ZaloSignature {
  static let header = "X-ZEvent-Signature"
  private static let prefix = "mac="

  /// - Parameter header: the value of a header of the call, by its name.
  static func isValid(_ body: [UInt8], _ header: (String) -> String?, under secret: String) -> Bool {
    guard let told = header(Self.header), let json = try? JSONValue(parsing: body),
      let app = json["app_id"]?.text, let timestamp = json["timestamp"]?.text
    else { return false }
    let claimed = told.hasPrefix(prefix) ? String(told.dropFirst(prefix.count)) : told
    let made = PlainDigest.sha256(of: Array(app.utf8) + body + Array((timestamp + secret).utf8))
    let digits = made.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return ConstantTime.isSame(digits, claimed.lowercased())
  }
}

extension JSONValue {
  /// Zalo writes the same field as a text here and as a number there.
  fileprivate var text: String? { string ?? number }
}
