import JSON
import Signing

extension PartnerAccount {
  /// Reads a file of credentials strictly.
  ///
  /// - Parameters:
  ///   - url: of the partner's document, without the paths of its calls.
  ///   - file: the bytes of a file that the credentials name, such as a key; nil where it cannot be read.
  package init(
    _ name: AdapterName, url: String, credentials: [UInt8], file: (String) -> [UInt8]?
  ) throws(PartnerAccountRefused) {
    guard let json = try? JSONValue(parsing: credentials), json.members != nil else {
      throw PartnerAccountRefused(problems: ["is no JSON object"])
    }
    let reader = CredentialReader(json)
    let kind: Kind? =
      switch name {
      case .gotIt: reader.gotIt(file).map { .gotIt($0) }
      case .urBox: reader.urBox(file).map { .urBox($0) }
      case .json: reader.plain().map { .json($0) }
      }
    guard let kind, reader.problems.isEmpty else { throw PartnerAccountRefused(problems: reader.problems) }
    self.init(url: url.hasSuffix("/") ? String(url.dropLast()) : url, kind: kind)
  }
}

/// The fields of a file of credentials.
private final class CredentialReader {
  private let json: JSONValue
  private(set) var problems: [String] = []

  private static let prefixDigits = 6...20
  private static let orderNameLengthMax = 80

  init(_ json: JSONValue) { self.json = json }

  func gotIt(_ file: (String) -> [UInt8]?) -> PartnerAccount.GotIt? {
    check(["apiKey", "prefix", "privateKeyFile", "answersKeyFile", "orderName", "sealed"])
    let prefix = text("prefix")
    if let prefix, !Self.prefixDigits.contains(prefix.utf8.count) || !prefix.utf8.allSatisfy(Self.isDigit) {
      problems.append("prefix must be the digits that Got It gave, such as 000742")
    }
    let orderName = text("orderName")
    // It is signed between bars, and read in one line.
    if let orderName, orderName.count > Self.orderNameLengthMax || orderName.contains("|") || !Self.isOneLine(orderName)
    {
      problems.append("orderName must be of \(Self.orderNameLengthMax) characters in one line, without |")
    }
    let isSealed = json["sealed"]?.bool ?? false
    if json["sealed"] != nil, json["sealed"]?.bool == nil { problems.append("sealed must be true or false") }
    let answersKey = json["answersKeyFile"] == nil ? nil : publicKey("answersKeyFile", file)
    let (key, apiKey) = (privateKey("privateKeyFile", file), header("apiKey"))
    guard let key, let apiKey, let prefix, let orderName else { return nil }
    return .init(
      apiKey: apiKey, prefix: prefix, key: key, answersKey: answersKey, orderName: orderName, isSealed: isSealed)
  }

  func urBox(_ file: (String) -> [UInt8]?) -> PartnerAccount.UrBox? {
    check(["appId", "appSecret", "campaign", "siteUser", "phone", "privateKeyFile"])
    let phone = text("phone")
    if let phone, !phone.utf8.allSatisfy(Self.isDigit) {
      problems.append("phone must be of digits, such as 0901234567")
    }
    let (key, appId, appSecret) = (privateKey("privateKeyFile", file), text("appId"), text("appSecret"))
    let (campaign, siteUser) = (plain("campaign"), plain("siteUser"))
    guard let key, let appId, let appSecret, let campaign, let siteUser, let phone else { return nil }
    return .init(
      appId: appId, appSecret: appSecret, campaign: campaign, siteUser: siteUser, phone: phone, key: key)
  }

  func plain() -> PartnerAccount.Plain? {
    check(["token"])
    return header("token").map { .init(token: $0) }
  }

  private func check(_ known: Set<String>) {
    for member in json.members ?? [] where !known.contains(member.key) {
      let name = PartnerCode.of("field", member.key) ?? "a field"
      problems.append("\(name) is none; these are: \(known.sorted().joined(separator: ", "))")
    }
  }

  private func text(_ name: String) -> String? {
    let text = json[name]?.word
    if text == nil { problems.append("\(name) is missing") }
    return text
  }

  private func header(_ name: String) -> String? {
    let text = text(name)
    if let text, !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      problems.append("\(name) must be of ASCII without spaces, for it stands in a header")
    }
    return text
  }

  /// What is signed as JSON: escapes that two programs write in two ways would break the signature.
  private func plain(_ name: String) -> String? {
    let text = text(name)
    if let text, !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && ![0x22, 0x2F, 0x5C].contains($0) }) {
      problems.append("\(name) must be of ASCII without spaces, quotes and slashes, for it is signed")
    }
    return text
  }

  private func privateKey(_ name: String, _ file: (String) -> [UInt8]?) -> RSAPrivateKey? {
    guard let pem = bytes(name, file) else { return nil }
    let key = RSAPrivateKey(pem: pem)
    if key == nil { problems.append("\(name) names no RSA key of 2,048 bits in PEM without a password") }
    return key
  }

  private func publicKey(_ name: String, _ file: (String) -> [UInt8]?) -> VerifyingKey? {
    guard let pem = bytes(name, file) else { return nil }
    let key = VerifyingKey(String(decoding: pem, as: UTF8.self))
    if key == nil { problems.append("\(name) names no public key in PEM, RSA of 2,048 bits or more or ECDSA on P-256") }
    return key
  }

  private func bytes(_ name: String, _ file: (String) -> [UInt8]?) -> [UInt8]? {
    guard let path = text(name) else { return nil }
    let bytes = file(path)
    if bytes == nil { problems.append("\(name) names a file that cannot be read") }
    return bytes
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isOneLine(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
