import Curl
import Foundation
import TestServers
import Testing

@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct HTTPClientTests {
  func withGateway<Result>(
    timeoutMs: Int = 10_000, _ body: (TestServer, HTTPClient) throws -> Result
  ) throws -> Result {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let client = try HTTPClient(TransferOptions(connectTimeoutMs: 5_000, timeoutMs: timeoutMs))
      defer { client.close() }
      return try body(server, client)
    }
  }

  func url(_ server: TestServer, _ path: String) -> String { "http://127.0.0.1:\(server.port)/\(path)" }

  @Test func postCarriesHeadersBodyAndKeyOverOneConnection() throws {
    try withGateway { server, client in
      var connections: Set<Int> = []
      for number in 0..<2 {
        let request = HTTPRequest(
          .post, url(server, "ok"),
          headers: [
            ("Content-Type", "application/json"), ("Authorization", "Bearer t0ken"),
            ("Idempotency-Key", "key-\(number)"),
          ],
          body: Array(#"{"text":"Xin chào"}"#.utf8), isIdempotent: true)
        let outcome = try client.send(request)
        #expect(outcome == .answered(HTTPResponse(status: 202, body: Array(#"{"id": "key-\#(number)"}"#.utf8))))
        let seen = try server.next("request")
        let headers = try #require(seen["headers"] as? [String: String])
        #expect(seen["method"] as? String == "POST" && seen["body"] as? String == #"{"text":"Xin chào"}"#)
        #expect(headers["content-type"] == "application/json" && headers["authorization"] == "Bearer t0ken")
        #expect(headers["idempotency-key"] == "key-\(number)" && headers["expect"] == nil)
        connections.insert(try #require(seen["connection"] as? Int))
      }
      #expect(connections.count == 1)
    }
  }

  @Test func emptyPostAndGetWork() throws {
    try withGateway { server, client in
      guard case .answered(let posted) = try client.send(HTTPRequest(.post, url(server, "ok"))) else {
        return #expect(Bool(false), "no answer")
      }
      #expect(posted.status == 202)
      guard case .answered(let got) = try client.send(HTTPRequest(.get, url(server, "any?to=%2B84"))) else {
        return #expect(Bool(false), "no answer")
      }
      #expect(got.status == 200)
      _ = try server.next("request")
      let seen = try server.next("request")
      #expect(seen["method"] as? String == "GET" && seen["path"] as? String == "/any?to=%2B84")
    }
  }

  @Test func statusIsHandedOnAndRedirectsAreNotFollowed() throws {
    try withGateway { server, client in
      for (path, status) in [("refused", 400), ("busy", 503), ("moved", 302)] {
        guard case .answered(let response) = try client.send(HTTPRequest(.post, url(server, path))) else {
          return #expect(Bool(false), "no answer")
        }
        #expect(response.status == status)
      }
    }
  }

  @Test func longAnswerIsCutAtTheLimit() throws {
    try withGateway { server, client in
      guard case .answered(let response) = try client.send(HTTPRequest(.get, url(server, "long"))) else {
        return #expect(Bool(false), "no answer")
      }
      #expect(response.body.count == HTTPClient.bodyBytesMax)
    }
  }

  @Test func connectionLostAfterTheRequestIsUnknown() throws {
    try withGateway { server, client in
      guard case .unknown = try client.send(HTTPRequest(.post, url(server, "lost"), body: [1])) else {
        return #expect(Bool(false), "not unknown")
      }
    }
  }

  @Test func answerThatDoesNotComeInTimeIsUnknown() throws {
    try withGateway(timeoutMs: 300) { server, client in
      let outcome = try client.send(HTTPRequest(.post, url(server, "slow"), body: [1]))
      #expect(outcome == .unknown(TransferFailure("Timeout was reached")))
    }
  }

  @Test func cancelledExchangeEndsEarlyAndIsUnknownOnceItWasSent() throws {
    try TestServer.run("CurlTests/Servers/sms_gateway.py") { server in
      let cancellation = TransferCancellation()
      let client = try HTTPClient(TransferOptions(cancellation: cancellation))
      defer { client.close() }
      let started = ContinuousClock.now
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { cancellation.cancel() }
      let outcome = try client.send(HTTPRequest(.post, url(server, "slow"), body: [1]))
      #expect(outcome == .unknown(TransferFailure("Operation was aborted by an application callback")))
      #expect(ContinuousClock.now - started < .seconds(4))
    }
  }

  @Test func serverThatIsGoneOrUnknownMeansNotSent() throws {
    try withGateway { server, client in
      server.crash()
      let gone = try client.send(HTTPRequest(.post, url(server, "ok")))
      #expect(gone == .notSent(TransferFailure("Couldn't connect to server")))
      let nowhere = try client.send(HTTPRequest(.post, "http://gateway.invalid/"))
      #expect(nowhere == .notSent(TransferFailure("Couldn't resolve host name")))
    }
  }

  @Test func headerWithALineEndIsRefused() throws {
    let client = try HTTPClient()
    defer { client.close() }
    #expect(throws: CurlError("an HTTP header holds control characters")) {
      try client.send(HTTPRequest(.get, "http://127.0.0.1:9/", headers: [("X", "a\r\nHost: evil")]))
    }
  }

  @Test func otherSchemesAreRefused() throws {
    let client = try HTTPClient()
    defer { client.close() }
    #expect(throws: CurlError.self) { try client.send(HTTPRequest(.get, "file:///etc/passwd")) }
  }
}
