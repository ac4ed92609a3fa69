/// How a CSV file writes numbers and times, brought to what the contract asks for.
struct CSVForms {
  var decimalComma: Bool
  var dateOrder: ColumnMapping.DateOrder
  /// Of times without one.
  var offset: String

  /// `1.234,50` and `1 234,50` are 1234.50; nil where a point separates no thousands, so that 12.50 does not become
  /// 1250.
  func decimal(_ text: String) -> String? {
    guard decimalComma else { return text }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let groups = parts[0].split(omittingEmptySubsequences: false) { $0 == "." || $0 == " " || $0 == "\u{A0}" }
    guard parts.count <= 2, groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }),
      groups.count == 1 || (1...4).contains(groups[0].utf8.count),
      !parts.dropFirst().contains(where: { $0.contains(".") })
    else { return nil }
    return ([groups.joined()] + parts.dropFirst().map(String.init)).joined(separator: ".")
  }

  /// `22/11/2026 9:04` is 2026-11-22T09:04:00 with the mapping's offset. What is no such time stays as it is, to be
  /// refused.
  func instant(_ text: String) -> String {
    guard let end = text.firstIndex(where: { $0 == " " || $0 == "T" }) else { return text }
    var time = text[text.index(after: end)...].filter { $0 != " " }
    let zone = time.firstIndex { "Zz+-".contains($0) }
    let offset = zone.map { String(time[$0...]) } ?? self.offset
    if let zone { time = String(time[..<zone]) }
    var parts = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 { parts.append("00") }
    if parts[0].utf8.count == 1 { parts[0] = "0" + parts[0] }
    return date(text[..<end]) + "T" + parts.joined(separator: ":") + offset
  }

  private func date(_ text: Substring) -> String {
    let parts = text.split(omittingEmptySubsequences: false) { "/.-".contains($0) }.map(String.init)
    guard dateOrder != .ymd, parts.count == 3 else { return String(text) }
    let padded = parts.map { $0.utf8.count == 1 ? "0" + $0 : $0 }
    return dateOrder == .dmy
      ? "\(padded[2])-\(padded[1])-\(padded[0])" : "\(padded[2])-\(padded[0])-\(padded[1])"
  }
}
