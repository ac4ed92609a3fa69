import CCurl

/// Something is wrong on this side, before or besides the exchange: an option that libcurl does not take, a bad
/// address, a certificate file that cannot be read. Sending again as it is will not help.
package struct CurlError: Error, Equatable, CustomStringConvertible {
  /// What to mend. Holds no address, header value or body.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  init(_ code: CURLcode, doing: String) {
    self.init("\(doing): \(String(cString: curl_easy_strerror(code)))")
  }

  /// The codes that speak of this side's configuration, not of the network or the server.
  static func isOurs(_ code: CURLcode) -> Bool {
    switch code {
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN, CURLE_OUT_OF_MEMORY,
      CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_CRL_BADFILE:
      true
    default: false
    }
  }
}

/// Why an exchange did not come to a good end, in words that hold no personal data.
package struct TransferFailure: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// libcurl's own sentence for a code; its longer error text may quote what was sent.
  init(_ code: CURLcode) {
    self.init(String(cString: curl_easy_strerror(code)))
  }
}
