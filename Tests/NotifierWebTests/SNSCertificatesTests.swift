import Foundation
import MessageFeedback
import NotifierWeb
import Signing
import Synchronization
import TestKeys
import Testing

/// How SNS's certificates are come by.
@Suite(.timeLimit(.minutes(10))) struct SNSCertificatesTests {
  private final class Amazon: Sendable {
    let fetched = Mutex<[String]>([])
    let pem = Mutex<[UInt8]?>(nil)
    let nowMs = Mutex(Int64(Date().timeIntervalSince1970) * 1_000)

    func certificates() throws -> SNSCertificates {
      let topic = try #require(SNSTopic("arn:aws:sns:eu-west-1:123456789012:ses"))
      return SNSCertificates(topic, nowMs: { self.nowMs.withLock { $0 } }) { url in
        self.fetched.withLock { $0.append(url) }
        return self.pem.withLock { $0 }
      }
    }

    func pass(_ ms: Int64) { nowMs.withLock { $0 += ms } }

    var fetches: Int { fetched.withLock { $0.count } }
  }

  private func url(_ name: String) -> String {
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-\(name).pem"
  }

  @Test func eachIsFetchedOnceADay() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns", days: 10)
    let amazon = Amazon()
    let pem = try keys.file("sns.pem")
    amazon.pem.withLock { $0 = pem }
    let certificates = try amazon.certificates()
    for _ in 0..<3 { #expect(certificates.key(at: url("a")) != nil) }
    #expect(amazon.fetches == 1)
    #expect(certificates.key(at: url("b")) != nil && amazon.fetches == 2)
    amazon.pass(86_400_001)
    #expect(certificates.key(at: url("a")) != nil && amazon.fetches == 3)
  }

  /// Nobody makes this server call addresses one after the other, and none that is not SNS's.
  @Test func afterAFailureThereIsAPause() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    let amazon = Amazon()
    let certificates = try amazon.certificates()
    #expect(certificates.key(at: "https://evil.example/SimpleNotificationService-a.pem") == nil && amazon.fetches == 0)
    for _ in 0..<3 { #expect(certificates.key(at: url("a")) == nil && certificates.key(at: url("b")) == nil) }
    #expect(amazon.fetches == 1)
    let pem = try keys.file("sns.pem")
    amazon.pem.withLock { $0 = pem }
    amazon.pass(10_001)
    #expect(certificates.key(at: url("b")) != nil && amazon.fetches == 2)
  }
}
