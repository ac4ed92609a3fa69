import HTTP

/// The fields of a form that was posted: `application/x-www-form-urlencoded`, or `multipart/form-data` (RFC 7578), in
/// which mail servers send the one click of RFC 8058.
struct FormBody {
  private let fields: [(name: String, value: String)]

  private static let partsMax = 64

  /// nil where the body is no form, or cannot be read as one.
  init?(_ request: Request) {
    let contentType = request.headers["Content-Type"] ?? "application/x-www-form-urlencoded"
    let kind = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    switch kind {
    case "application/x-www-form-urlencoded":
      guard let parameters = QueryParameters(form: request.body) else { return nil }
      fields = parameters.pairs
    case "multipart/form-data":
      guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty,
        let text = String(validating: request.body, as: UTF8.self), let parts = Self.parts(text, boundary)
      else { return nil }
      fields = parts
    default: return nil
    }
  }

  /// The first value of this name.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Of files and of their types nothing is wanted: only names and texts are read.
  private static func parts(_ text: String, _ boundary: String) -> [(name: String, value: String)]? {
    // As bytes: to a String a CR LF is one character.
    let body = Array(("\r\n" + text).utf8)
    let pieces = split(body[...], by: Array("\r\n--\(boundary)".utf8))
    guard pieces.count >= 2, pieces.count <= partsMax else { return nil }
    var fields: [(name: String, value: String)] = []
    for piece in pieces.dropFirst() {
      // What stands behind the last delimiter: `--`.
      if piece.starts(with: "--".utf8) { return fields }
      let halves = split(piece, by: Array("\r\n\r\n".utf8), max: 1)
      guard halves.count == 2 else { return nil }
      let head = String(decoding: halves[0], as: UTF8.self)
      let disposition = head.split(whereSeparator: \.isNewline).first {
        $0.lowercased().hasPrefix("content-disposition:")
      }
      guard let name = disposition.flatMap({ parameter("name", of: String($0)) }) else { return nil }
      fields.append((name, String(decoding: halves[1], as: UTF8.self)))
    }
    return nil
  }

  private static func split(_ bytes: ArraySlice<UInt8>, by separator: [UInt8], max: Int = .max) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    var at = start
    while at + separator.count <= bytes.endIndex, pieces.count < max {
      if bytes[at..<at + separator.count].elementsEqual(separator) {
        pieces.append(bytes[start..<at])
        at += separator.count
        start = at
      } else {
        at += 1
      }
    }
    return pieces + [bytes[start...]]
  }

  /// `name="value"` or `name=value` behind a semicolon.
  private static func parameter(_ name: String, of header: String) -> String? {
    for part in header.split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].lowercased().filter({ $0 != " " }) == name else { continue }
      return String(pair[1]).filter { $0 != "\"" && !$0.isNewline }
    }
    return nil
  }
}
