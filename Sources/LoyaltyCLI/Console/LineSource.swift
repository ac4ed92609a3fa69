import Foundation
import ServiceKit

/// The lines of a file, of standard input (`-`) or of a gzip file, one at a time and without reading ahead further than
/// its buffer. Lines of white space are passed over but counted. One thread; close it.
package final class LineSource {
  package let name: String
  private let isStandardInput: Bool
  private var descriptor: Int32 = -1
  private var gzip: GzipReader?
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Bytes that the compressed file has given so far, and what it may give.
  private var expandedBytes: Int64 = 0
  private var expandedMax: Int64 = 0
  /// Standard input has been copied, so `descriptor` is the copy's.
  private var copiesInput = false
  /// The number of the line handed out last, from 1.
  package private(set) var lineNumber = 0

  /// A line is one record, and no topic takes a larger one.
  package static let lineBytesMax = 8 << 20
  private static let readBytes = 256 << 10
  /// What a compressed file may come to: so much, and beyond that so many times its own size. Purchases shrink to a
  /// tenth or twentieth; only what was made for it shrinks to a thousandth.
  package static let expandedBytesFree: Int64 = 64 << 20
  package static let expansionMax: Int64 = 100
  package static let expandedBytesMax: Int64 = 32 << 30
  /// A compressed file larger than this is not read twice only to know how many lines it has.
  private static let countedGzipBytesMax = 64 << 20

  /// Opens the file; throws a `CommandFailure` that names it when that fails.
  package init(_ path: String) throws {
    isStandardInput = path == "-"
    name = isStandardInput ? "standard input" : TerminalText.name(path)
    buffer = .allocate(byteCount: Self.readBytes, alignment: 1)
    descriptor = isStandardInput ? STDIN_FILENO : Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened") }
    if !isStandardInput { try detectGzip() }
  }

  /// A regular file that is open already; it is closed with the source.
  package init(descriptor: Int32, name: String) throws {
    self.name = name
    isStandardInput = false
    buffer = .allocate(byteCount: Self.readBytes, alignment: 1)
    self.descriptor = descriptor
    try detectGzip()
  }

  /// Of the open file as it is now; nil where it is not a regular one.
  var identity: FileIdentity? { FileIdentity(descriptor: descriptor) }

  /// Lends the next line without its line end; the bytes are valid inside `body`. False at the end.
  package func next(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    while let line = try nextLine() {
      lineNumber += 1
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      try body(line)
      return true
    }
    return false
  }

  /// How many lines with content the file has; nil where finding out would cost too much. Starts over.
  package func count() throws -> Int? {
    if isStandardInput { return nil }
    var status = stat()
    if gzip != nil, fstat(descriptor, &status) == 0, status.st_size > Self.countedGzipBytesMax { return nil }
    var lines = 0
    while try next({ _ in }) { lines += 1 }
    try startOver()
    return lines
  }

  /// Goes back to the first line. Standard input must have been copied before, with `keepForSecondReading`.
  package func startOver() throws {
    precondition(!isStandardInput || copiesInput, "standard input cannot be read twice")
    start = 0
    end = 0
    isAtEnd = false
    lineNumber = 0
    gzip?.close()
    gzip = nil
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("cannot be read twice") }
    try detectGzip()
  }

  /// Copies standard input to a file without a name, which only this process can read and which is gone with it.
  package func keepForSecondReading() throws {
    guard isStandardInput, !copiesInput else { return }
    var template = Array("/tmp/loyalty-import-XXXXXX".utf8CString)
    let copy = mkstemp(&template)
    guard copy >= 0 else { throw failure("cannot be copied to a temporary file") }
    unlink(template)
    var count = read(descriptor, buffer.baseAddress, buffer.count)
    while count > 0 {
      var written = 0
      while written < count {
        let more = write(copy, buffer.baseAddress.map { $0 + written }, count - written)
        guard more > 0 else {
          Foundation.close(copy)
          throw failure("cannot be copied to a temporary file")
        }
        written += more
      }
      count = read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == 0 else { throw failure("cannot be read") }
    descriptor = copy
    copiesInput = true
    try startOver()
  }

  /// Frees the file. Calling it again does nothing.
  package func close() {
    gzip?.close()
    gzip = nil
    if descriptor > STDIN_FILENO { Foundation.close(descriptor) }
    descriptor = -1
  }

  deinit {
    close()
    buffer.deallocate()
  }

  // MARK: Parts of the above

  private func detectGzip() throws {
    var magic: (UInt8, UInt8) = (0, 0)
    let count = withUnsafeMutableBytes(of: &magic) { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count == 2, magic == (0x1F, 0x8B) else { return }
    var status = stat()
    let bytes = fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    expandedBytes = 0
    expandedMax = min(Self.expandedBytesMax, max(Self.expandedBytesFree, bytes * Self.expansionMax))
    gzip = try GzipReader(descriptor: descriptor, name: name)
  }

  private func countExpanded(_ count: Int) throws {
    guard gzip != nil else { return }
    expandedBytes += Int64(count)
    guard expandedBytes <= expandedMax else {
      throw CommandFailure(
        "\(name): expands to more than \(expandedMax >> 20) MiB, far beyond its own size; export it again in parts, or "
          + "uncompressed", isOfInput: true)
    }
  }

  private func nextLine() throws -> UnsafeRawBufferPointer? {
    var searched = start
    while true {
      let unsearched = UnsafeRawBufferPointer(rebasing: buffer[searched..<end])
      if let base = unsearched.baseAddress, let found = memchr(base, 0x0A, unsearched.count) {
        let lineEnd = searched + (UnsafeRawPointer(found) - base)
        defer { start = lineEnd + 1 }
        return UnsafeRawBufferPointer(rebasing: buffer[start..<lineEnd])
      }
      if isAtEnd {
        guard start < end else { return nil }
        defer { start = end }
        return UnsafeRawBufferPointer(rebasing: buffer[start..<end])
      }
      let held = end - start
      try fill()
      searched = start + held
    }
  }

  /// Reads more behind what is held, moving that to the front of the buffer and enlarging the buffer where it is full.
  private func fill() throws {
    let held = end - start
    if start > 0, let base = buffer.baseAddress { memmove(base, base + start, held) }
    start = 0
    end = held
    if held == buffer.count {
      guard buffer.count < Self.lineBytesMax else {
        throw CommandFailure(
          "\(name), line \(lineNumber + 1): is longer than \(Self.lineBytesMax >> 20) MiB", isOfInput: true)
      }
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 1)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<held]))
      buffer.deallocate()
      buffer = larger
    }
    let source = gzip?.descriptor ?? descriptor
    var count: Int
    repeat {
      count = read(source, buffer.baseAddress.map { $0 + held }, buffer.count - held)
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw failure("cannot be read") }
    try countExpanded(count)
    end += count
    if count == 0 {
      isAtEnd = true
      try gzip?.finish()
    }
  }

  private func failure(_ what: String) -> CommandFailure {
    CommandFailure("\(name) \(what): \(String(cString: strerror(errno)))")
  }
}
