/// Writes what happened, one line an event: JSON when standard error is not a terminal, readable text when it is.
///
/// A value: copy it, use it from any thread. Personal data never goes into a log.
package struct Log: Sendable {
  private let service: String
  private let output: LogOutput

  /// `service` stands in every line.
  package init(_ service: String, to output: LogOutput) {
    self.service = service
    self.output = output
  }

  /// `--log-level`, for the settings of every program.
  package static let levelSetting = Setting.choice(
    "log-level", default: LogLevel.info, help: "The least serious lines that are written.")

  package func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    write(.debug, message, fields)
  }

  package func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    write(.info, message, fields)
  }

  package func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    write(.warning, message, fields)
  }

  package func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    write(.error, message, fields)
  }

  /// For callers whose fields are not known when they are compiled.
  package func write(_ level: LogLevel, _ message: String, fields: [(String, any LogValue)]) {
    guard level >= output.level else { return }
    output.write(LogLine(level: level, service: service, message: message, fields: fields))
  }

  package typealias Fields = KeyValuePairs<String, any LogValue>

  private func write(_ level: LogLevel, _ message: () -> String, _ fields: () -> Fields) {
    guard level >= output.level else { return }
    output.write(
      LogLine(level: level, service: service, message: message(), fields: fields().map { ($0.key, $0.value) }))
  }
}

/// How serious a line is.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .error: 3
    }
  }
}

/// What can stand in a log line: texts, numbers and truth values.
package protocol LogValue: Sendable {
  func append(to line: inout JSONLine)
  var logText: String { get }
}

extension String: LogValue {
  package func append(to line: inout JSONLine) { line.append(quoted: logText) }
  /// Cut off where it is long: a line is read by people, and what it tells may be as long as somebody else likes.
  package var logText: String {
    guard utf8.count > LogLine.textBytesMax else { return self }
    var bytes = 0
    let told = unicodeScalars.prefix {
      bytes += UTF8.width($0)
      return bytes <= LogLine.textBytesMax
    }
    return String(String.UnicodeScalarView(told)) + "… (\(utf8.count) bytes)"
  }
}

extension LogValue where Self: BinaryInteger {
  package func append(to line: inout JSONLine) { line.append(raw: String(self)) }
  package var logText: String { String(self) }
}

extension Int: LogValue {}
extension Int32: LogValue {}
extension Int64: LogValue {}
extension UInt16: LogValue {}
extension UInt64: LogValue {}

extension Double: LogValue {
  package func append(to line: inout JSONLine) {
    if isFinite { line.append(raw: String(self)) } else { line.append(quoted: String(self)) }
  }
  package var logText: String { String(self) }
}

extension Bool: LogValue {
  package func append(to line: inout JSONLine) { line.append(raw: self ? "true" : "false") }
  package var logText: String { self ? "true" : "false" }
}
