import Contracts
import Loyalty
import Messages
import StreamRuntime

/// What the platform's services take of the reference topics. What does not follow the contract was published by none
/// of its commands and services: it counts for nobody, and no number of such records takes room from one that does.
extension ReferenceRule {
  /// By topic.
  static let all: [String: ReferenceRule] = [
    Topic.programs.name: programs, Topic.commandKeys.name: commandKeys, Topic.forwardings.name: forwardings,
    Topic.templates.name: templates,
    Topic.rewards.name: versioned(RewardLibrary.shared),
    Topic.voucherPools.name: versioned(VoucherPoolLibrary.shared),
    Topic.partners.name: versioned(PartnerLibrary.shared),
    Topic.messageControls.name: messageControls,
    Topic.suppressions.name: suppressions,
  ]

  /// The documents that take effect first are kept.
  private static let programs = ReferenceRule(
    recordsMax: ProgramCatalog.documentsMax, bytesMax: ProgramCatalog.documentBytesMax
  ) { _, value in
    let (document, isNew) = ProgramLibrary.shared.document(value)
    switch document.outcome {
    case .success(let program): return .kept(rank: program.effectiveFrom.milliseconds, holding: document)
    case .failure(let refused): return .leftOut(reason: isNew ? refused.description : nil)
    }
  }

  /// The keys that were published first are kept.
  private static let commandKeys = ReferenceRule(recordsMax: Signer.keysMax, bytesMax: Signer.keyBytesMax) {
    key, value in
    do throws(ContractViolation) {
      let signer = try Signer(decoding: value)
      // Under another key than its own it was not published by `loyalty keys publish`.
      guard key.elementsEqual(signer.keyId.utf8) else { return .leftOut(reason: "its key is not the id that it names") }
      return .kept(rank: signer.publishedAt.milliseconds)
    } catch {
      return .leftOut(reason: error.code.rawValue)
    }
  }

  /// Those of the lowest versions are kept.
  private static let templates = ReferenceRule(
    recordsMax: TemplateCatalog.documentsMax, bytesMax: TemplateCatalog.documentBytesMax
  ) { key, value in
    let (document, isNew) = TemplateLibrary.shared.document(value)
    switch document.outcome {
    case .success(let read):
      // Under another key than its own it was not published by `loyalty templates publish`.
      guard key.elementsEqual(read.key.utf8) else { return .leftOut(reason: "its key is not the one that it names") }
      return .kept(rank: Int64(read.version), holding: document)
    case .failure(let refused): return .leftOut(reason: isNew ? refused.description : nil)
    }
  }

  /// Those of the lowest versions are kept.
  private static func versioned<Document: VersionedDocument>(
    _ library: DocumentLibrary<Document, ProgramRefused>
  ) -> ReferenceRule {
    ReferenceRule(recordsMax: DocumentBounds.documentsMax, bytesMax: DocumentBounds.bytesMax) { key, value in
      let (document, isNew) = library.document(value)
      switch document.outcome {
      case .success(let read):
        // Under another key than its own it was published by no command.
        guard key.elementsEqual(read.key.utf8) else { return .leftOut(reason: "its key is not the one that it names") }
        return .kept(rank: read.version, holding: document)
      case .failure(let refused): return .leftOut(reason: isNew ? refused.description : nil)
      }
    }
  }

  /// What was taken from the list takes no room. Where there are more, nothing is sent.
  private static let suppressions = ReferenceRule(
    recordsMax: ContactSuppression.contactsMax, bytesMax: ContactSuppression.bytesMax
  ) { key, value in
    do throws(ContractViolation) {
      let suppression = try ContactSuppression(decoding: value)
      guard key.elementsEqual(suppression.key.utf8) else {
        return .leftOut(reason: "its key is not that of the digest that it names")
      }
      return suppression.isSuppressed ? .kept(rank: 0) : .leftOut(reason: nil)
    } catch {
      return .leftOut(reason: error.message)
    }
  }

  /// A record takes some 200 bytes, and each is a member who was merged into another one.
  private static let forwardings = ReferenceRule(recordsMax: 2_000_000, bytesMax: 512 << 20) { _, value in
    do throws(ContractViolation) {
      _ = try MemberForwarding(decoding: value)
      return .kept(rank: 0)
    } catch {
      return .leftOut(reason: error.message)
    }
  }

  /// The last record of each channel and template.
  private static let messageControls = ReferenceRule(
    recordsMax: MessageControl.controlsMax, bytesMax: MessageControl.controlBytesMax
  ) { key, value in
    do throws(ContractViolation) {
      let control = try MessageControl(decoding: value)
      guard key.elementsEqual(control.subject.key.utf8) else { return .leftOut(reason: "its key is not its id") }
      return .kept(rank: 0)
    } catch {
      return .leftOut(reason: error.code.rawValue)
    }
  }
}
