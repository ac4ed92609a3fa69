import CMicroHTTPD
import Foundation

/// What libmicrohttpd calls, on the loop's thread, from inside `Daemon.run` and `Daemon.add`.
extension EventLoop {
  /// The loop owns the daemon, so it is there whenever the daemon calls.
  func callbacks() -> stampede_mhd_options {
    var options = stampede_mhd_options()
    options.context = Unmanaged.passUnretained(self).toOpaque()
    options.connection_changed = { context, handle, _, change in
      guard let loop = EventLoop.at(context), let handle else { return }
      if change == .CONNECTION_NOTIFY_STARTED { loop.opened(handle) } else { loop.closed(handle) }
    }
    // "called with the full URI … before it is parsed"; what it returns is not used.
    options.target_read = { context, target, handle in
      guard let loop = EventLoop.at(context), let handle else { return nil }
      loop.targetRead(handle, target.map { String(cString: $0) } ?? "")
      return nil
    }
    options.access = { context, handle, _, method, _, upload, uploadBytes, _ in
      guard let loop = EventLoop.at(context), let handle, let method, let uploadBytes else { return .NO }
      let part = UnsafeRawBufferPointer(start: upload, count: upload == nil ? 0 : uploadBytes.pointee)
      defer { uploadBytes.pointee = 0 }
      return loop.serve(handle, method: method, upload: part)
    }
    options.request_ended = { context, handle, _, code in
      guard let loop = EventLoop.at(context), let handle else { return }
      loop.ended(handle, code)
    }
    options.log = { context, format, arguments in
      guard let loop = EventLoop.at(context), let format, let arguments else { return }
      var text = [CChar](repeating: 0, count: 256)
      vsnprintf(&text, text.count, format, arguments)
      loop.libraryTold(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return options
  }

  private static func at(_ context: UnsafeMutableRawPointer?) -> EventLoop? {
    context.map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Requests that libmicrohttpd cannot read are answered by it (400, 413, 414, 431, 505), and its log is where that is
  /// said: "Error processing request (HTTP response code is 431 (…)". Its other words are about single connections.
  private func libraryTold(_ words: String) {
    guard let place = words.range(of: "HTTP response code is ") else { return }
    if let status = Int(words[place.upperBound...].prefix { $0.isNumber }) { tellRefusal(status: status) }
  }
}
