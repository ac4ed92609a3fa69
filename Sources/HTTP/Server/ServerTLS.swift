import CMicroHTTPD
import Foundation

/// A certificate chain with its key, read and checked.
package struct ServerTLS: Sendable {
  let certificate: String
  let key: String

  /// TLS 1.2 and 1.3, with the ciphers that GnuTLS holds for normal.
  static let priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

  /// PEM files: the server's certificate first and then those that signed it; the key without a password. Reads them
  /// now: a renewed certificate needs a restart.
  package init(certificateFile: String, keyFile: String) throws(TLSError) {
    certificate = try Self.read(certificateFile, "certificate")
    key = try Self.read(keyFile, "key")
    try Self.check("TLS certificate \(certificateFile)", certificate) { stampede_tls_check_certificate($0, $1) }
    try Self.check("TLS key \(keyFile)", key) { stampede_tls_check_key($0, $1) }
    let key = self.key
    try Self.check("TLS certificate \(certificateFile) with the key \(keyFile)", certificate) { bytes, count in
      key.withCString { stampede_tls_check_pair(bytes, count, $0, UInt32(key.utf8.count)) }
    }
  }

  private static func read(_ path: String, _ what: String) throws(TLSError) -> String {
    guard let file = fopen(path, "re") else { throw .unreadable("TLS \(what) \(path)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw .unreadable("TLS \(what) \(path)") }
    guard count < bytesMax else { throw TLSError("TLS \(what) \(path): longer than a PEM file should be") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static let bytesMax = 1 << 20

  private static func check(
    _ subject: String, _ pem: String, _ check: (UnsafePointer<CChar>, UInt32) -> Int32
  ) throws(TLSError) {
    let code = pem.withCString { check($0, UInt32(pem.utf8.count)) }
    guard code != 0 else { return }
    throw TLSError("\(subject): \(gnutls_strerror(code).map { String(cString: $0) } ?? "GnuTLS error \(code)")")
  }
}

/// Why a server cannot speak TLS: names the file.
package struct TLSError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  static func unreadable(_ subject: String) -> TLSError {
    TLSError("\(subject): \(String(cString: strerror(errno)))")
  }
}
