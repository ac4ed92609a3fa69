import Foundation

/// A message, or a part of one (RFC 5322, MIME), as far as it is read: whatever somebody sends, a bounded number of
/// headers and parts to a bounded depth.
struct MailPart {
  /// Names in small letters, values unfolded.
  private(set) var headers: [(name: String, value: String)] = []
  private let body: ArraySlice<UInt8>
  private(set) var type = MediaType("text/plain")

  /// More of a message is not looked at.
  static let messageBytesMax = 4 << 20
  private static let headersMax = 500
  private static let headerBytesMax = 8_192
  private static let depthMax = 10
  private static let partsMax = 200
  private static let textBytesMax = 256 << 10

  init(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes.prefix(Self.messageBytesMax)
    var lines: [ArraySlice<UInt8>] = []
    while let line = Self.nextLine(&rest), !line.isEmpty {
      guard lines.count < Self.headersMax * 4 else { continue }
      lines.append(line.prefix(Self.headerBytesMax))
    }
    body = rest
    for line in lines { add(line) }
    if let type = self["content-type"] { self.type = MediaType(type) }
  }

  /// Fields without a body, as a delivery status has them in groups.
  static func fields(_ bytes: ArraySlice<UInt8>) -> [MailPart] {
    var groups: [MailPart] = []
    var rest = bytes
    while !rest.isEmpty, groups.count < partsMax {
      let part = MailPart(rest)
      rest = part.body
      if !part.headers.isEmpty { groups.append(part) }
    }
    return groups
  }

  private mutating func add(_ line: ArraySlice<UInt8>) {
    if let first = line.first, first == 0x20 || first == 0x09 {
      guard let last = headers.indices.last, headers[last].value.utf8.count < Self.headerBytesMax else { return }
      headers[last].value += " " + Self.text(line)
      return
    }
    guard headers.count < Self.headersMax, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    headers.append((Self.text(line[..<colon]).lowercased(), Self.text(line[line.index(after: colon)...])))
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
  }

  /// Without its line end.
  private static func nextLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
    var line = rest[rest.startIndex..<end]
    rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
    if line.last == 0x0D { line.removeLast() }
    return line
  }

  // MARK: What it holds

  /// The first of that name.
  subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

  /// As it reads once its transfer encoding is undone.
  var content: ArraySlice<UInt8> {
    let encoded = body.prefix(Self.textBytesMax)
    switch self["content-transfer-encoding"]?.lowercased() {
    case "base64":
      let data = Data(base64Encoded: Data(encoded), options: .ignoreUnknownCharacters)
      return data.map { ArraySlice($0) } ?? []
    case "quoted-printable": return ArraySlice(Self.unquoted(encoded))
    default: return encoded
    }
  }

  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        plain.append(byte)
        continue
      }
      if rest.first == 0x0D { rest.removeFirst() }
      if rest.first == 0x0A {
        rest.removeFirst()
      } else if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count > 1 {
        plain.append(value)
        rest = rest.dropFirst(2)
      } else {
        plain.append(byte)
      }
    }
    return plain
  }

  /// This part and all in it, each before what it holds.
  var all: [MailPart] {
    var found: [MailPart] = []
    collect(into: &found, depth: 0)
    return found
  }

  private func collect(into found: inout [MailPart], depth: Int) {
    guard found.count < Self.partsMax else { return }
    found.append(self)
    guard depth < Self.depthMax else { return }
    for part in parts { part.collect(into: &found, depth: depth + 1) }
  }

  /// Those of a multipart, or the message that it carries.
  var parts: [MailPart] {
    if type.isMessage { return [MailPart(type.isEncodedMessage ? content : body)] }
    guard type.name.hasPrefix("multipart/"), let boundary = type.boundary else { return [] }
    let delimiter = Array("--\(boundary)".utf8)
    var parts: [MailPart] = []
    var rest = body
    var start: Int?
    while !rest.isEmpty, parts.count < Self.partsMax {
      let at = rest.startIndex
      guard let line = Self.nextLine(&rest), line.starts(with: delimiter) else { continue }
      let tail = line.dropFirst(delimiter.count)
      let ends = tail.starts(with: "--".utf8)
      guard ends || tail.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
      if let start { parts.append(MailPart(body[start..<at])) }
      if ends { return parts }
      start = rest.startIndex
    }
    // The end of a message that was cut off.
    if let start, parts.count < Self.partsMax { parts.append(MailPart(body[start...])) }
    return parts
  }
}

/// The value of a `Content-Type`.
struct MediaType {
  /// In small letters: `multipart/report`.
  let name: String
  let boundary: String?

  private static let parametersMax = 32

  init(_ text: String) {
    let pieces = text.split(separator: ";", maxSplits: Self.parametersMax)
    name = pieces.first?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
    boundary = pieces.dropFirst().compactMap { piece -> String? in
      let pair = piece.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].trimmingCharacters(in: .whitespaces).lowercased() == "boundary" else { return nil }
      let value = pair[1].trimmingCharacters(in: .whitespaces)
      let isQuoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
      return isQuoted ? String(value.dropFirst().dropLast()) : value
    }.first { !$0.isEmpty && $0.utf8.count <= 200 }
  }

  /// It carries a whole message.
  var isMessage: Bool { name == "message/rfc822" || isEncodedMessage }
  /// RFC 6532: such a message may have a transfer encoding of its own.
  var isEncodedMessage: Bool { name == "message/global" }
  /// It carries a message's headers alone.
  var isHeaders: Bool { name == "text/rfc822-headers" || name == "message/global-headers" }
  var isDeliveryStatus: Bool { name == "message/delivery-status" || name == "message/global-delivery-status" }
  var isFeedbackReport: Bool { name == "message/feedback-report" }
}
