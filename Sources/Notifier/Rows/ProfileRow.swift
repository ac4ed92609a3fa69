import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `profiles`: of a member's profile what it takes to write to them, and no more. With the messages
/// on their way this is all personal data that the notifier holds.
package struct ProfileRow: StoreRow, Equatable {
  package let profile: MemberProfile

  package init(_ profile: MemberProfile) {
    self.profile = profile
  }

  package var dueMs: Int64? { nil }

  /// Format 2 keeps the member's time zone, by which channels marketing is not confirmed, and where the app is.
  package static let format: UInt8 = 2
  package static let formatsRead: ClosedRange<UInt8> = 1...2

  package func encode(to row: RowEncoder) {
    row.string(profile.id)
    row.optionalString(profile.name)
    row.optionalString(profile.email)
    row.optionalString(profile.phone)
    row.optionalString(profile.locale)
    for channel in [profile.consent.email, profile.consent.sms] {
      row.list(Consent.Kind.allCases.filter(channel.contains)) { row.string($0.rawValue) }
    }
    row.string(profile.status.rawValue)
    row.int(profile.occurredAt.milliseconds)
    row.optionalString(profile.timeZone)
    row.list(Consent.Channel.allCases.filter(profile.consent.unconfirmed.contains)) { row.string($0.rawValue) }
    row.list(Consent.Kind.allCases.filter(profile.consent.push.contains)) { row.string($0.rawValue) }
    row.list(profile.devices) { device in
      row.string(device.token)
      row.string(device.platform.rawValue)
      row.optionalString(device.app)
    }
  }

  package init(from row: inout RowDecoder) throws {
    var profile = MemberProfile(id: try row.string(), occurredAt: .epoch)
    profile.name = try row.optionalString()
    profile.email = try row.optionalString()
    profile.phone = try row.optionalString()
    profile.locale = try row.optionalString()
    profile.consent.email = try Self.words(&row)
    profile.consent.sms = try Self.words(&row)
    guard let status = MemberProfile.Status(rawValue: try row.string()) else {
      throw RowFormatError("a profile's status that this release does not know")
    }
    profile.status = status
    profile.occurredAt = try row.instant()
    if row.format >= 2 {
      profile.timeZone = try row.optionalString()
      profile.consent.unconfirmed = try Self.words(&row)
      profile.consent.push = try Self.words(&row)
      profile.devices = try row.list { row in
        let token = try row.string()
        let word = try row.string()
        guard let platform = MemberDevice.Platform(rawValue: word) else {
          throw RowFormatError("a device with \(word)")
        }
        return MemberDevice(token: token, platform: platform, app: try row.optionalString())
      }
    }
    self.profile = profile
  }

  private static func words<Word: Hashable & RawRepresentable<String>>(_ row: inout RowDecoder) throws -> Set<Word> {
    Set(
      try row.list {
        let word = try $0.string()
        guard let known = Word(rawValue: word) else { throw RowFormatError("unknown consent \(word)") }
        return known
      })
  }
}
