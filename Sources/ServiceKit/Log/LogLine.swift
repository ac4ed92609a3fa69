import Foundation

/// One event, not yet text.
struct LogLine {
  let level: LogLevel
  let service: String
  let message: String
  let fields: [(String, any LogValue)]

  /// Of one text so much is written.
  static let textBytesMax = 8_192

  /// Names that every line has; a field called so as well would stand in the object twice.
  static let ownNames: Set<String> = ["time", "level", "service", "message"]

  init(level: LogLevel, service: String, message: String, fields: [(String, any LogValue)]) {
    precondition(!fields.contains { Self.ownNames.contains($0.0) }, "a log line has \(Self.ownNames) itself")
    self.level = level
    self.service = service
    self.message = message
    self.fields = fields
  }

  /// A JSON object and a line end.
  func json(at instantMs: Int64) -> [UInt8] {
    var line = JSONLine()
    line.field("time", RFC3339.text(ofMs: instantMs))
    line.field("level", level.rawValue)
    line.field("service", service)
    line.field("message", message.logText)
    for (name, value) in fields { line.field(name, value) }
    return line.finished()
  }

  /// For a person: time of day, level, message, then the fields.
  func text(at instantMs: Int64) -> [UInt8] {
    let time = RFC3339.text(ofMs: instantMs).dropFirst(11).dropLast()
    let level = level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
    var line = "\(time) \(level) \(service): \(Self.oneLine(message.logText))"
    for (name, value) in fields {
      let text = Self.oneLine(value.logText)
      line += "  \(name)=" + (text.contains(" ") || text.isEmpty ? "\"\(text)\"" : text)
    }
    return Array(line.utf8) + [UInt8(ascii: "\n")]
  }

  /// A line stays a line.
  private static func oneLine(_ text: String) -> String { TerminalText.harmless(text).replacing("\n", with: " ") }
}

/// Builds one JSON object of flat fields in a line of its own.
package struct JSONLine {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  mutating func field(_ name: String, _ value: any LogValue) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    append(quoted: name)
    bytes.append(UInt8(ascii: ":"))
    value.append(to: &self)
  }

  mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

  /// RFC 8259 §7: quotation mark, backslash and the control characters below U+0020 must be escaped.
  mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0x00..<0x20: append(raw: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  consuming func finished() -> [UInt8] {
    bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    return bytes
  }
}

/// RFC 3339 in UTC with milliseconds: `2026-11-22T06:04:41.123Z`.
enum RFC3339 {
  static func text(ofMs instantMs: Int64) -> String {
    let milliseconds = ((instantMs % 1000) + 1000) % 1000
    var seconds = time_t((instantMs - milliseconds) / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = [pad(Int(parts.tm_year) + 1900, 4), pad(Int(parts.tm_mon) + 1, 2), pad(Int(parts.tm_mday), 2)]
    let time = [pad(Int(parts.tm_hour), 2), pad(Int(parts.tm_min), 2), pad(Int(parts.tm_sec), 2)]
    return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "." + pad(Int(milliseconds), 3) + "Z"
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
