import Foundation

/// A folder of keys and certificates that openssl makes for one test.
package final class KeyFolder {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")

  package struct Failed: Error { let output: String }

  package init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The path of one of its files.
  package func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// `NAME.key` of RSA and `NAME.pem`, a certificate of it for the next days.
  package func makeCertificate(_ name: String, bits: Int = 2_048, days: Int = 2) throws {
    try openssl([
      "req", "-x509", "-newkey", "rsa:\(bits)", "-nodes", "-days", "\(days)", "-subj", "/CN=sns.amazonaws.com",
      "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
    ])
  }

  /// `NAME.key` on an elliptic curve.
  package func makeECKey(_ name: String, curve: String = "P-256") throws {
    try openssl([
      "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)", "-out", path("\(name).key"),
    ])
  }

  package func file(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  /// The public key of `NAME.key`, its DER in base 64.
  package func publicKey(_ name: String) throws -> String {
    try openssl(["pkey", "-in", path("\(name).key"), "-pubout", "-outform", "DER", "-out", path("\(name).der")])
    return Data(try file("\(name).der")).base64EncodedString()
  }

  /// By `NAME.key`.
  package func signature(_ name: String, of message: [UInt8], digest: String = "sha256") throws -> [UInt8] {
    try Data(message).write(to: URL(fileURLWithPath: path("message")))
    try openssl(["dgst", "-\(digest)", "-sign", path("\(name).key"), "-out", path("signature"), path("message")])
    return try file("signature")
  }

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let told = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(output: String(decoding: told, as: UTF8.self)) }
  }
}
