import Foundation
import Loyalty
import MessageFeedback
import Signing
import TestKeys
import Testing

/// Calls of SendGrid, SNS and Zalo, signed by keys that are made here.
@Suite(.timeLimit(.minutes(10))) struct HookSignatureTests {
  private let now = Instant(milliseconds: 1_800_000_000_000)
  private static let arn = "arn:aws:sns:eu-west-1:123456789012:ses"
  private static let certificateURL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem"

  // MARK: SendGrid

  @Test func sendGridsCallCountsWithItsSignatureAlone() throws {
    let keys = try KeyFolder()
    try keys.makeECKey("grid")
    try keys.makeECKey("other")
    let body = Array(SampleHook.sendGrid("\"event\":\"delivered\"").utf8)
    let key = try #require(VerifyingKey(try keys.publicKey("grid")))
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, sendGridKey: key)
    let signed = Data(try keys.signature("grid", of: Array("1790000000".utf8) + body)).base64EncodedString()
    func answer(_ headers: [String: String], _ body: [UInt8]) -> FeedbackHook.Answer {
      FeedbackHook.sendgrid.read(body: body, header: { headers[$0] }, secrets, at: now)
    }
    let (signature, time) = (FeedbackHook.signatureHeader, FeedbackHook.timestampHeader)
    guard case .told(let feedback, 0) = answer([signature: signed, time: "1790000000"], body) else {
      return #expect(Bool(false), "a signed call is refused")
    }
    #expect(feedback.count == 1)
    let foreign = Data(try keys.signature("other", of: Array("1790000000".utf8) + body)).base64EncodedString()
    for headers in [
      [:], [signature: signed], [time: "1790000000"], [signature: signed, time: "1790000001"],
      [signature: "no base 64", time: "1790000000"], [signature: foreign, time: "1790000000"],
    ] {
      #expect(answer(headers, body) == .refused(.unsigned), "\(headers)")
    }
    #expect(answer([signature: signed, time: "1790000000"], body + [0x20]) == .refused(.unsigned))
  }

  // MARK: SNS

  private func message(_ fields: KeyValuePairs<String, String>, _ keys: KeyFolder, _ signer: String = "sns") throws
    -> [UInt8]
  {
    var members = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) })
    members["TopicArn"] = members["TopicArn"] ?? Self.arn
    members["SigningCertURL"] = members["SigningCertURL"] ?? Self.certificateURL
    members["SignatureVersion"] = members["SignatureVersion"] ?? "2"
    let names =
      members["Type"] == "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    let canonical = names.compactMap { name in members[name].map { "\(name)\n\($0)\n" } }.joined()
    members["Signature"] =
      Data(try keys.signature(signer, of: Array(canonical.utf8))).base64EncodedString()
    return Array(try JSONEncoder().encode(members))
  }

  private func secrets(_ keys: KeyFolder) throws -> FeedbackHook.Secrets {
    let key = try #require(
      VerifyingKey(certificate: try keys.file("sns.pem"), at: Int64(Date().timeIntervalSince1970)))
    let topic = try #require(SNSTopic(Self.arn))
    return .init(
      feedback: SampleMail.secret, sns: SNSTrust(topic) { url in url == Self.certificateURL ? key : nil })
  }

  private let bounce: KeyValuePairs = [
    "Type": "Notification", "MessageId": "1", "Subject": "Amazon SES \"Bounce\"", "Timestamp": "2026-11-22T06:05:13Z",
    "Message": SampleHook.sesBounce,
  ]

  @Test func aMessageThatSNSSignedIsTaken() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    let secrets = try secrets(keys)
    guard case .told(let feedback, 0) = FeedbackHook.ses.read(body: try message(bounce, keys), secrets, at: now) else {
      return #expect(Bool(false), "a signed message is refused")
    }
    #expect(feedback.count == 1)
    let withoutSubject: KeyValuePairs = [
      "Type": "Notification", "MessageId": "1", "Timestamp": "t", "Message": SampleHook.sesBounce,
    ]
    guard case .told(_, 0) = FeedbackHook.ses.read(body: try message(withoutSubject, keys), secrets, at: now) else {
      return #expect(Bool(false), "a signed message without a subject is refused")
    }
    let url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    let ask: KeyValuePairs = [
      "Type": "SubscriptionConfirmation", "MessageId": "1", "Timestamp": "t", "Message": "You have chosen",
      "SubscribeURL": url, "Token": "2336",
    ]
    let asked = FeedbackHook.ses.read(body: try message(ask, keys), secrets, at: now)
    #expect(asked == .asksForConfirmation(url: url))
  }

  @Test func whatSNSDidNotSignForThisTopicIsRefused() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    try keys.makeCertificate("other")
    let secrets = try secrets(keys)
    func answer(_ body: [UInt8]) -> FeedbackHook.Answer { FeedbackHook.ses.read(body: body, secrets, at: now) }
    let signed = String(decoding: try message(bounce, keys), as: UTF8.self)
    #expect(answer(try message(bounce, keys, "other")) == .refused(.unsigned))
    #expect(answer(Array(signed.replacing("06:05:13Z", with: "06:05:14Z").utf8)) == .refused(.unsigned))
    #expect(answer(Array(signed.replacing("\"Notification\"", with: "\"Other\"").utf8)) == .refused(.unsigned))
    // Raw delivery has no signature.
    #expect(answer(Array(SampleHook.sesBounce.utf8)) == .refused(.unsigned))
    for (name, value) in [
      ("TopicArn", "arn:aws:sns:eu-west-1:123456789012:other"), ("SignatureVersion", "1"),
      ("SigningCertURL", "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a1b.pem"),
    ] {
      let fields: KeyValuePairs = [
        "Type": "Notification", "MessageId": "1", "Timestamp": "t", "Message": SampleHook.sesBounce, name: value,
      ]
      #expect(answer(try message(fields, keys)) == .refused(.unsigned), "\(name)")
    }
  }

  /// Then SNS sends it again, for it is answered with 503.
  @Test func withoutTheCertificateNothingIsDecided() throws {
    let keys = try KeyFolder()
    try keys.makeCertificate("sns")
    let topic = try #require(SNSTopic(Self.arn))
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, sns: SNSTrust(topic) { _ in nil })
    let answer = FeedbackHook.ses.read(body: try message(bounce, keys), secrets, at: now)
    #expect(answer == .refused(.unverifiable) && FeedbackHook.Refusal.unverifiable.status == 503)
  }

  @Test func aCertificateLiesWhereTheTopicsRegionHasIt() throws {
    let topic = try #require(SNSTopic(Self.arn))
    #expect(topic.hasCertificate(at: Self.certificateURL))
    for url in [
      "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-.pem",
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a/../b.pem",
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem?x",
      "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a1b.pem",
      "https://evil.s3.amazonaws.com/SimpleNotificationService-0a1b.pem", "",
    ] {
      #expect(!topic.hasCertificate(at: url), "\(url)")
    }
    let china = try #require(SNSTopic("arn:aws-cn:sns:cn-north-1:1:ses"))
    #expect(china.hasCertificate(at: "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem"))
    for arn in ["", "arn:aws:sqs:eu-west-1:1:q", "arn:aws:sns:eu-west-1:1", "arn:aws:sns:x.evil.example/:1:t"] {
      #expect(SNSTopic(arn) == nil, "\(arn)")
    }
  }

  // MARK: Zalo

  @Test func zaloNamesItsMessageByTheTokenItWasGiven() throws {
    let body = """
      {"event_name":"user_received_message","app_id":"1","timestamp":"1790000000000",
       "message":{"delivery_time":"1790000000000","msg_id":"m1","tracking_id":"\(SampleMail.token)"}}
      """
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret)
    guard case .told(let feedback, 0) = FeedbackHook.zaloZNS.read(body: Array(body.utf8), secrets, at: now) else {
      return #expect(Bool(false), "it is not read")
    }
    #expect(feedback.map(\.notificationId) == [SampleMail.id] && feedback.map(\.providerMessageId) == ["m1"])
    let foreign = Array(body.replacing(SampleMail.token, with: SampleMail.id).utf8)
    #expect(FeedbackHook.zaloZNS.read(body: foreign, secrets, at: now) == .told([], passedOver: 1))
  }

  /// Its digest was made with coreutils: `printf %s 1BODY1790000000000oa-secret | sha256sum`.
  @Test(arguments: ["mac=", ""]) func zalosCallCountsWithItsSignatureAlone(prefix: String) throws {
    let body = #"{"event_name":"user_received_message","app_id":"1","timestamp":"1790000000000","message":{}}"#
    let mac = "1663ac4d31674b7f7155a351f60960150d51ef1e24ac489ef02cee9555ca5104"
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, zaloSecret: "oa-secret")
    func answer(_ signature: String?, _ body: String) -> FeedbackHook.Answer {
      FeedbackHook.zaloZNS.read(
        body: Array(body.utf8), header: { $0 == FeedbackHook.zaloSignatureHeader ? signature : nil }, secrets, at: now)
    }
    #expect(answer(prefix + mac, body) == .told([], passedOver: 1))
    #expect(answer(prefix + mac.uppercased(), body) == .told([], passedOver: 1))
    for (signature, body) in [
      (nil, body), (prefix, body), (prefix + mac, body + " "), (prefix + mac.dropLast() + "0", body),
      (prefix + mac, body.replacing("1790000000000", with: "1790000000001")), (prefix + mac, "no json"),
    ] {
      #expect(answer(signature, body) == .refused(.unsigned), "\(signature ?? "none") \(body)")
    }
  }

  /// A time that is a number, as some of Zalo's events have it, is signed by its digits.
  @Test func zalosTimeMayBeANumber() throws {
    let body = #"{"app_id":"431","timestamp":1790000000000}"#
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, zaloSecret: "oa-secret")
    let answer = FeedbackHook.zaloZNS.read(
      body: Array(body.utf8), header: { _ in "mac=96ec9cf8a4e476db0c5b1c5c1234bc4e960a91e01ba285f1238ce208fba3e4e2" },
      secrets, at: now)
    #expect(answer == .told([], passedOver: 1))
  }
}
