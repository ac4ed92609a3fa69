import CCurl
import Synchronization

/// Limits and trust that every client of this module is told.
package struct TransferOptions: Sendable {
  /// Until a connection stands, TLS included.
  package var connectTimeoutMs: Int
  /// For a whole exchange by HTTP; for SMTP see ``SMTPTimeouts``.
  package var timeoutMs: Int
  /// Certificates to trust instead of the system's.
  package var caFile: String?
  /// Lets another thread break exchanges off.
  package var cancellation: TransferCancellation?

  package init(
    connectTimeoutMs: Int = 10_000, timeoutMs: Int = 30_000, caFile: String? = nil,
    cancellation: TransferCancellation? = nil
  ) {
    self.connectTimeoutMs = connectTimeoutMs
    self.timeoutMs = timeoutMs
    self.caFile = caFile
    self.cancellation = cancellation
  }
}

/// Breaks exchanges off from another thread, within a second or so. What was sent by then was sent.
package final class TransferCancellation: Sendable {
  private let flag = Atomic(false)

  package init() {}

  package func cancel() { flag.store(true, ordering: .releasing) }
  package var isCancelled: Bool { flag.load(ordering: .acquiring) }
}

extension EasyHandle {
  /// What every exchange is told, without its limits.
  func setTrust(_ options: TransferOptions, protocols: String) throws(CurlError) {
    // No signals for time limits: Debian's libcurl looks names up in a thread. The process must ignore SIGPIPE, as
    // ServiceKit's StopSignal has it do.
    try set(CURLOPT_NOSIGNAL, 1)
    // Who breaks off does not wait for that thread, which a silent name server holds for half a minute.
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_PROTOCOLS_STR, protocols)
    try set(CURLOPT_TCP_NODELAY, 1)
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = options.caFile { try set(CURLOPT_CAINFO, file) }
  }

  func set(_ options: TransferOptions, protocols: String) throws(CurlError) {
    try setTrust(options, protocols: protocols)
    try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeoutMs)
    try set(CURLOPT_TIMEOUT_MS, options.timeoutMs)
    guard let cancellation = options.cancellation else { return }
    try set(CURLOPT_NOPROGRESS, 0)
    try set(CURLOPT_XFERINFODATA, pointer: Unmanaged.passUnretained(cancellation).toOpaque())
    try set(CURLOPT_XFERINFOFUNCTION, Self.breakOffWhenCancelled)
  }

  /// "If your callback function returns [non-zero], libcurl will abort the transfer"; it is called about once a second
  /// while nothing moves.
  private static let breakOffWhenCancelled: stampede_curl_progress = { context, _, _, _, _ in
    guard let context else { return 0 }
    return Unmanaged<TransferCancellation>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
  }
}
