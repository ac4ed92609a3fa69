import CCurl

/// A libcurl easy handle: options, and the connections it keeps open. One thread; `close()` when done.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private var isClosed = false

  /// "This function must be called at least once within a program before the program calls any other function in
  /// libcurl", and before 7.84 it was not thread-safe; a static is initialised once.
  private static let globalStatus: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

  init() throws(CurlError) {
    guard Self.globalStatus == CURLE_OK else { throw CurlError(Self.globalStatus, doing: "starting libcurl") }
    guard let pointer = curl_easy_init() else { throw CurlError("starting libcurl: no handle") }
    self.pointer = pointer
  }

  deinit {
    precondition(isClosed, "a libcurl handle was not closed")
  }

  /// Closes the connections, which may wait for the server's good-bye within the handle's time limits.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    curl_easy_cleanup(pointer)
  }

  /// Back to no options; connections stay open.
  func reset() {
    precondition(!isClosed, "a libcurl handle is used after it was closed")
    curl_easy_reset(pointer)
  }

  func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
    try check(stampede_curl_set_long(pointer, option, value), option)
  }

  func set(_ option: CURLoption, offset value: Int) throws(CurlError) {
    try check(stampede_curl_set_offset(pointer, option, curl_off_t(value)), option)
  }

  /// libcurl copies the text.
  func set(_ option: CURLoption, _ value: String) throws(CurlError) {
    guard !value.utf8.contains(0) else { throw CurlError("a text for libcurl holds a zero byte") }
    try check(stampede_curl_set_text(pointer, option, value), option)
  }

  /// libcurl keeps the pointer: it must outlive the transfer.
  func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(CurlError) {
    try check(stampede_curl_set_pointer(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: stampede_curl_transfer?) throws(CurlError) {
    try check(stampede_curl_set_transfer(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: stampede_curl_progress?) throws(CurlError) {
    try check(stampede_curl_set_progress(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: stampede_curl_debug?) throws(CurlError) {
    try check(stampede_curl_set_debug(pointer, option, value), option)
  }

  /// libcurl keeps the list: it must outlive the transfer.
  func set(_ option: CURLoption, _ list: borrowing StringList) throws(CurlError) {
    try check(stampede_curl_set_list(pointer, option, list.head), option)
  }

  /// Blocks for the whole transfer.
  func perform() -> CURLcode {
    precondition(!isClosed, "a libcurl handle is used after it was closed")
    return curl_easy_perform(pointer)
  }

  func number(_ info: CURLINFO) throws(CurlError) -> Int {
    var value = 0
    let code = stampede_curl_get_long(pointer, info, &value)
    guard code == CURLE_OK else { throw CurlError(code, doing: "asking libcurl about the transfer") }
    return value
  }

  /// nil: it could not be asked.
  func offset(_ info: CURLINFO) -> Int? {
    var value: curl_off_t = 0
    return stampede_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int(value) : nil
  }

  /// The socket of a connection that `CURLOPT_CONNECT_ONLY` has made.
  var activeSocket: Int32? {
    var value: curl_socket_t = -1
    let code = stampede_curl_get_socket(pointer, CURLINFO_ACTIVESOCKET, &value)
    return code == CURLE_OK && value >= 0 ? value : nil
  }

  /// Sends over such a connection without waiting; says how many bytes went out. `CURLE_AGAIN`: none for now.
  func send(_ bytes: ArraySlice<UInt8>) -> (code: CURLcode, count: Int) {
    precondition(!isClosed, "a libcurl handle is used after it was closed")
    var count = 0
    let code = bytes.withUnsafeBytes { curl_easy_send(pointer, $0.baseAddress, $0.count, &count) }
    return (code, count)
  }

  /// What has arrived over such a connection, without waiting. `CURLE_AGAIN`: nothing for now; no bytes: the other side
  /// has closed it.
  func receive(atMost bytesMax: Int) -> (code: CURLcode, bytes: [UInt8]) {
    precondition(!isClosed, "a libcurl handle is used after it was closed")
    var code = CURLE_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
      code = curl_easy_recv(pointer, buffer.baseAddress, buffer.count, &count)
      if code != CURLE_OK { count = 0 }
    }
    return (code, bytes)
  }

  private func check(_ code: CURLcode, _ option: CURLoption) throws(CurlError) {
    guard code == CURLE_OK else { throw CurlError(code, doing: "setting libcurl's option \(option.rawValue)") }
  }
}

/// libcurl's linked list of texts.
struct StringList: ~Copyable {
  private(set) var head: UnsafeMutablePointer<curl_slist>?

  init(_ texts: [String]) throws(CurlError) {
    head = nil
    for text in texts {
      guard let longer = curl_slist_append(head, text) else { throw CurlError("libcurl: out of memory") }
      head = longer
    }
  }

  deinit {
    curl_slist_free_all(head)
  }
}
