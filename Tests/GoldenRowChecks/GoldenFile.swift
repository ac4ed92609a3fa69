import Foundation

/// The rows of one service as a release writes them: `Tests/GoldenRows/<release>/<service>.txt`.
///
///     accounts: all fields
///       key   4d2d31
///       image 0180…
///       row   memberId: "M-1", …
struct GoldenFile {
  struct Row: Equatable {
    var store: String
    var name: String
    var key: [UInt8]
    var image: [UInt8]
    var text: String
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("GoldenRows")

  let url: URL
  var rows: [Row]

  static func url(_ release: String, _ service: String) -> URL {
    folder.appendingPathComponent(release).appendingPathComponent("\(service).txt")
  }

  /// Releases with golden rows, the oldest first.
  static func releases() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.first?.isNumber == true }
      .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// nil: the release had no such service.
  static func ifThere(_ release: String, _ service: String) throws -> GoldenFile? {
    FileManager.default.fileExists(atPath: url(release, service).path) ? try GoldenFile(release, service) : nil
  }

  init(_ release: String, _ service: String) throws {
    url = Self.url(release, service)
    rows = []
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
      if !line.hasPrefix(" ") {
        let parts = line.split(separator: ": ", maxSplits: 1)
        rows.append(Row(store: String(parts[0]), name: String(parts[1]), key: [], image: [], text: ""))
        continue
      }
      let value = String(line.dropFirst(8))
      switch line.dropFirst(2).prefix(5) {
      case "key  ": rows[rows.count - 1].key = try Self.bytes(value)
      case "image": rows[rows.count - 1].image = try Self.bytes(value)
      case "row  ": rows[rows.count - 1].text = value
      default: throw Unreadable(description: "\(url.lastPathComponent) holds the line \(line)")
      }
    }
  }

  init(new release: String, _ service: String) {
    url = Self.url(release, service)
    rows = []
  }

  func write() throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let title = "# Written by `make golden`. Keys and images are as the release wrote them and never change again."
    let blocks = rows.map { row in
      "\(row.store): \(row.name)\n  key   \(hex(row.key))\n  image \(hex(row.image))\n  row   \(row.text)"
    }
    try ([title] + blocks).joined(separator: "\n\n").appending("\n").write(to: url, atomically: true, encoding: .utf8)
  }

  func row(_ store: String, _ name: String) -> Row? { rows.first { $0.store == store && $0.name == name } }

  private static func bytes(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex.utf8)
    return try stride(from: 0, to: digits.count, by: 2).map {
      guard $0 + 1 < digits.count, let byte = UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      else { throw Unreadable(description: "\(hex) is not hexadecimal") }
      return byte
    }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

package struct Unreadable: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}
