/// Where a request's body ends. Headers that two readers could read differently are refused: a proxy before this server
/// and the server itself must never see two requests where the other sees one.
enum BodyFraming: Equatable {
  case none
  case length(UInt64)
  case chunked

  init(_ headers: HeaderFields) throws(HTTPRefusal) {
    let codings = headers.all("Transfer-Encoding")
    let lengths = headers.all("Content-Length")
    guard headers.all("Host").count <= 1 else { throw .badFraming }
    switch (codings.count, lengths.count) {
    case (0, 0): self = .none
    case (0, 1):
      guard lengths[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let length = UInt64(lengths[0])
      else { throw .badFraming }
      self = length == 0 ? .none : .length(length)
    case (1, 0):
      guard codings[0].lowercased() == "chunked" else { throw .unknownCoding }
      self = .chunked
    default: throw .badFraming
    }
  }
}
