import Foundation
import Rewards

/// The digests of many codes, each with the line that it stands in: spread over temporary files by their first byte, so
/// that one part at a time is held in memory, and that is a part in 256 of them all. One thread; close it.
package final class CodeBuckets {
  /// One bucket's part that has not been written yet.
  private var buffers: [[UInt8]]
  private var descriptors: [Int32] = []

  private static let bucketCount = 256
  private static let recordBytes = 24
  private static let bufferBytes = 24 * 512

  /// Of lines of a file, counted from 1; 0: it is there already.
  package typealias Line = UInt64

  package init() throws {
    buffers = Array(repeating: [], count: Self.bucketCount)
    let folder = NSTemporaryDirectory()
    for _ in 0..<Self.bucketCount {
      var template = Array("\(folder)/loyalty-codes-XXXXXX".utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else {
        close()
        throw CommandFailure("a temporary file in \(folder) cannot be made: \(String(cString: strerror(errno)))")
      }
      // Nobody else can read it, and it is gone with this process.
      unlink(template)
      descriptors.append(descriptor)
    }
  }

  package func add(_ digest: CodeDigest, line: Line) throws {
    let bucket = Int(digest.high >> 56)
    for word in [digest.high, digest.low, line] { withUnsafeBytes(of: word) { buffers[bucket] += $0 } }
    if buffers[bucket].count >= Self.bufferBytes { try flush(bucket) }
  }

  private func flush(_ bucket: Int) throws {
    var written = 0
    while written < buffers[bucket].count {
      let count = buffers[bucket].withUnsafeBytes { bytes in
        write(descriptors[bucket], bytes.baseAddress.map { $0 + written }, bytes.count - written)
      }
      guard count > 0 else {
        throw CommandFailure("a temporary file cannot be written: \(String(cString: strerror(errno)))")
      }
      written += count
    }
    buffers[bucket].removeAll(keepingCapacity: true)
  }

  /// Tells each line whose code another one has: that of the first line, or 0 where it is there already.
  package func forEachRepetition(_ body: (_ line: Line, _ first: Line) -> Void) throws {
    for bucket in 0..<Self.bucketCount {
      try flush(bucket)
      let records = try records(of: bucket).sorted {
        ($0.high, $0.low, $0.line) < ($1.high, $1.low, $1.line)
      }
      var first: Record?
      for record in records {
        if let known = first, known.high == record.high, known.low == record.low {
          if record.line > 0 { body(record.line, known.line) }
        } else {
          first = record
        }
      }
    }
  }

  private struct Record {
    var high: UInt64
    var low: UInt64
    var line: Line
  }

  private func records(of bucket: Int) throws -> [Record] {
    let size = lseek(descriptors[bucket], 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: max(0, Int(size)))
    var position = 0
    while position < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(descriptors[bucket], buffer.baseAddress.map { $0 + position }, buffer.count - position, off_t(position))
      }
      guard count > 0 else {
        throw CommandFailure("a temporary file cannot be read: \(String(cString: strerror(errno)))")
      }
      position += count
    }
    return bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: Self.recordBytes).map { place in
        Record(
          high: buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self),
          low: buffer.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self),
          line: buffer.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self))
      }
    }
  }

  /// Calling it again does nothing.
  package func close() {
    for descriptor in descriptors { Foundation.close(descriptor) }
    descriptors = []
  }

  deinit { close() }
}

/// Which lines of a file are left out: a bit each.
package struct LineMarks {
  private var words: [UInt64] = []
  package private(set) var count = 0

  package init() {}

  package mutating func insert(_ line: CodeBuckets.Line) {
    let word = Int(line >> 6)
    if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
    guard !contains(line) else { return }
    words[word] |= 1 << (line & 63)
    count += 1
  }

  package func contains(_ line: CodeBuckets.Line) -> Bool {
    let word = Int(line >> 6)
    return word < words.count && words[word] & (1 << (line & 63)) != 0
  }
}
