import ServiceDomain
import Synchronization

/// What somebody who has sent STOP or START is told, at most once a day: some phones answer by themselves, and two
/// machines must not talk to each other. Each instance remembers for itself, and not over its end.
package final class SMSConfirmations: Sendable {
  private let given = Mutex<[Key: ContinuousClock.Instant]>([:])
  private let phonesMax: Int

  private struct Key: Hashable {
    let phone: ContactDigest
    let keyword: SMSKeyword
  }

  private static let pause: Duration = .seconds(86_400)

  /// - Parameter phonesMax: so many are remembered; with more in a day the others are told nothing.
  package init(phonesMax: Int = 100_000) { self.phonesMax = phonesMax }

  /// The text to answer with; nil: it was told today.
  package func text(
    for said: SMSKeyword.Said, from phone: ContactDigest, brand: String?, now: ContinuousClock.Instant = .now
  ) -> String? {
    let key = Key(phone: phone, keyword: said.keyword)
    let mayTell = given.withLock { given in
      if let last = given[key], last.duration(to: now) < Self.pause { return false }
      if given.count >= phonesMax { given = given.filter { $0.value.duration(to: now) < Self.pause } }
      guard given.count < phonesMax else { return false }
      given[key] = now
      return true
    }
    return mayTell ? Self.words(said, brand.map(PlainText.of)) : nil
  }

  /// Without marks, so that it is one SMS.
  private static func words(_ said: SMSKeyword.Said, _ brand: String?) -> String {
    let name = brand.map { "\($0): " } ?? ""
    return switch (said.keyword, said.language) {
    case (.stop, .english):
      "\(name)you will get no more SMS from us, but for your account's security. To come back: START"
    case (.stop, .vietnamese): "\(name)ban se khong nhan SMS nua, tru tin bao mat tai khoan. De nhan lai, soan: DK"
    case (.start, .english): "\(name)you will get our SMS again. To end them: STOP"
    case (.start, .vietnamese): "\(name)ban se nhan lai SMS. De ngung nhan, soan: TC"
    }
  }
}
