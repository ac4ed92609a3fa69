import CMicroHTTPD
import Foundation

/// An answer written around libmicrohttpd, which takes none while a request is still arriving. The connection ends
/// after it.
struct RawAnswer {
  private let bytes: [UInt8]

  init(_ response: Response) {
    var head = "HTTP/1.1 \(response.status) \(String(cString: MHD_get_reason_phrase_for(UInt32(response.status))))\r\n"
    for (name, value) in response.headers.fields { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
    bytes = Array(head.utf8) + response.body
  }

  /// Does not block: what the socket does not take at once is lost, and the client sees the connection end.
  func send(to connection: Connection, isTLS: Bool) {
    _ = stampede_mhd_send(connection.handle, connection.descriptor, isTLS ? 1 : 0, bytes, bytes.count)
  }

  /// To a socket that libmicrohttpd does not know.
  func send(to descriptor: Int32) {
    _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }
}
