import Contracts
import Loyalty
import Messages
import ServiceDomain

/// By what a message that was never tried goes out: to a phone by Zalo where a template of Zalo's says it to this
/// member, else by SMS. It is chosen before the message lies anywhere, so that none that is an SMS waits for Zalo.
struct CarrierChoice {
  private let templates: ProviderTemplates
  private let programs: ProgramShelf
  private let writer: MessageWriter
  private let links: PreferenceLinks

  init(_ settings: NotifierSettings, _ programs: ProgramShelf, _ templates: TemplateShelf) {
    self.templates = settings.channels.zns?.templates ?? .none
    self.programs = programs
    writer = MessageWriter(templates)
    links = settings.links
  }

  /// What the programme says of its messages; nil: nobody knows its document yet.
  func policy(of announcement: Announcement) -> MessagePolicy? {
    announcement.program(in: programs.catalog)?.messages
  }

  /// What must be known within the hour does not wait for Zalo's quota.
  func carrier(
    _ channel: Consent.Channel, _ announcement: Announcement, _ delivery: MessageRow.Delivery, _ memberId: String,
    _ profile: MemberProfile?
  ) -> Carrier {
    let kindId = announcement.template.rawValue
    guard channel == .sms, delivery.messageClass != .security,
      templates.has(kindId, of: announcement.programId),
      let program = announcement.program(in: programs.catalog)
    else { return Carrier(channel) }
    let wayOut = links.invitation(memberId, announcement.template, channel).wayOut
    let written = writer.write(announcement, program, to: profile, delivery, also: [], wayOut: wayOut)
    let message = templates.message(
      kindId, of: announcement.programId, written.facts, in: written.language, brand: written.brand)
    return message == nil ? .sms : .zns
  }
}
