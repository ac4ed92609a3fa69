/// What a request line asks for, taken apart before anything is decoded, so that `%2F` stays inside its segment.
struct RequestTarget {
  /// As it came, without the query.
  let path: String
  /// The path's segments, decoded. `/` has one, which is empty.
  let segments: [String]
  let query: QueryParameters

  /// `/path?query`, or the same behind `http://host`. Nil for anything else, and for what cannot be decoded.
  init?(_ text: String) {
    var rest = Substring(text)
    for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
      let authority = rest.dropFirst(scheme.count)
      rest = authority[(authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex)...]
      if !rest.hasPrefix("/") { rest = "/" + rest }
    }
    guard rest.hasPrefix("/"), rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), !rest.utf8.contains(UInt8(ascii: "#"))
    else { return nil }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let query = QueryParameters(parts.count > 1 ? parts[1] : "") else { return nil }
    var segments: [String] = []
    for segment in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let decoded = PercentCoding.decode(segment) else { return nil }
      segments.append(decoded)
    }
    path = String(parts[0])
    self.segments = segments
    self.query = query
  }
}
