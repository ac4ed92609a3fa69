/// A mail to the address where messages are ended: where its token may stand.
package struct UnsubscribeMail {
  /// The texts that may be its token, the likeliest first.
  package let candidates: [String]
  /// Written by a machine in answer to another mail: an absence note, a bounce (RFC 3834).
  package let isAutomatic: Bool

  /// Longer headers are no mail's.
  private static let headBytesMax = 256 * 1024
  private static let candidatesMax = 200
  /// Headers with the address that it was sent to.
  private static let addressHeaders: Set<String> = [
    "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to",
  ]

  /// - Parameters:
  ///   - recipient: the address that the mail server has delivered to, where it tells; `unsubscribe+TOKEN@example.com`.
  ///   - bytes: the mail; only its headers are read.
  package init(recipient: String?, _ bytes: [UInt8]) {
    let headers = Self.headers(bytes)
    let addresses =
      [recipient].compactMap { $0 } + headers.filter { Self.addressHeaders.contains($0.name) }.map(\.value)
    let inAddresses = addresses.flatMap { text in
      text.split { ",;<>\" \t".contains($0) }.compactMap { address -> String? in
        guard let at = address.lastIndex(of: "@"), let plus = address[..<at].firstIndex(of: "+") else { return nil }
        return String(address[address.index(after: plus)..<at])
      }
    }
    let inSubject = headers.filter { $0.name == "subject" }.flatMap { header in
      header.value.split { " \t:<>".contains($0) }.map(String.init)
    }
    candidates = Array((inAddresses + inSubject).prefix(Self.candidatesMax))
    isAutomatic = headers.contains { header in
      header.name == "auto-submitted" && header.value.lowercased() != "no"
        || header.name == "return-path" && header.value == "<>"
    }
  }

  /// Folded lines are one; bytes that are no UTF-8 are in no token.
  private static func headers(_ bytes: [UInt8]) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    let text = String(decoding: bytes.prefix(headBytesMax), as: UTF8.self)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t" {
        guard !headers.isEmpty else { continue }
        headers[headers.count - 1].value += " " + line.drop { $0 == " " || $0 == "\t" }
      } else if let colon = line.firstIndex(of: ":") {
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        headers.append((line[..<colon].lowercased(), String(value)))
      }
    }
    return headers
  }
}
