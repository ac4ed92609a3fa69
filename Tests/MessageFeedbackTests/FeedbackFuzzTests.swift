import Contracts
import Foundation
import Loyalty
import MessageFeedback
import TestValues
import Testing

/// Mail and web hooks in pieces: whatever comes, nothing traps, and what is taken names the one message whose token was
/// there. STAMPEDE_SEED repeats a run.
@Suite(.timeLimit(.minutes(10))) struct FeedbackFuzzTests {
  private static let seed = UInt64(
    ProcessInfo.processInfo.environment["STAMPEDE_SEED"].flatMap { Int($0) } ?? 20_261_130)
  private static let inputs = 4_000
  private static let pieces = [
    "--", "\r\n\r\n", "Content-Type: multipart/report; boundary=\"", "Content-Type: message/rfc822\r\n\r\n", "Status: ",
    "Action: failed", "=", "=4", "+", "@", "<", ">", ".", "5.1.1", "\u{0}", "\u{FEFF}", "base64", ";", "\"", "[", "{",
    "Content-Transfer-Encoding: base64\r\n", "999999999999999999999999",
  ]

  private static func broken(_ sample: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = sample
    for _ in 0..<(1 + Int(random.next() % 8)) {
      guard !bytes.isEmpty else { break }
      let at = Int(random.next() % UInt64(bytes.count))
      let end = min(bytes.count, at + Int(random.next() % 64))
      switch random.next() % 6 {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.removeSubrange(at..<end)
      case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
      case 3: bytes.insert(contentsOf: Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8), at: at)
      case 4: bytes.removeLast(bytes.count - at)
      default: bytes.swapAt(at, Int(random.next() % UInt64(bytes.count)))
      }
    }
    return bytes
  }

  @Test func mailInPiecesNamesNoOtherMessage() {
    var random = SplitMix(seed: Self.seed)
    let samples = SampleMail.all.map(SampleMail.bytes)
    var taken = 0
    for number in 0..<Self.inputs {
      let mail = Self.broken(samples[number % samples.count], &random)
      let reading = MailReport.read(mail, recipient: nil, under: SampleMail.secret, at: .epoch)
      guard case .feedback(let feedback) = reading else { continue }
      taken += 1
      #expect(
        feedback.notificationId == SampleMail.id && feedback.partition == 3,
        "input \(number) of seed \(Self.seed)")
      #expect(feedback.code?.contains("@") != true)
    }
    #expect(taken > Self.inputs / 20)
  }

  @Test(arguments: FeedbackHook.allCases) func hooksInPiecesNameNoOtherMessage(hook: FeedbackHook) {
    var random = SplitMix(seed: Self.seed &+ UInt64(FeedbackHook.allCases.firstIndex(of: hook) ?? 0))
    let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, mailgunKey: SampleHook.mailgunKey)
    let samples = SampleHook.all.map { Array($0.utf8) }
    for number in 0..<Self.inputs {
      let body = Self.broken(samples[number % samples.count], &random)
      let query = hook == .kannel ? String(decoding: body, as: UTF8.self) : ""
      guard case .told(let told, _) = hook.read(body: body, query: query, secrets, at: .epoch) else { continue }
      for feedback in told {
        #expect(
          feedback.notificationId == SampleMail.id && feedback.partition == 3,
          "input \(number) of seed \(Self.seed)")
      }
    }
  }
}
