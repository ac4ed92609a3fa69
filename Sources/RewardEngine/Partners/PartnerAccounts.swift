import Contracts
import Foundation
import Partners
import ServiceKit
import StreamRuntime
import Synchronization

/// How the partners of documents are spoken to, by the files of a folder. Any thread may ask.
package final class PartnerAccounts: Sendable {
  private let folder: String
  private let log: Log
  private let clock: @Sendable () -> Int64
  private let known = Mutex<[String: Known]>([:])

  /// What the document of a version, and its file, have come to.
  private struct Known {
    var version: Int64
    var adapter: (any PartnerAdapter)?
    var problem: String?
    var lookedMs: Int64
  }

  /// A file that is not right is looked at again so often.
  private static let lookAgainMs: Int64 = 10_000

  package init(folder: String, clock: @escaping @Sendable () -> Int64 = MonotonicClock.nowMs, log: Log) {
    self.folder = folder
    self.clock = clock
    self.log = log
  }

  /// nil: its file is not there, or not right, which is told in the log.
  package func adapter(of partner: PartnerDocument) -> (any PartnerAdapter)? {
    let nowMs = clock()
    return known.withLock { known in
      if let now = known[partner.id], now.version == partner.version,
        now.adapter != nil || nowMs - now.lookedMs < Self.lookAgainMs
      {
        return now.adapter
      }
      let before = known[partner.id]
      var made = Known(version: partner.version, adapter: nil, problem: nil, lookedMs: nowMs)
      do throws(PartnerAccountRefused) {
        made.adapter = try read(partner).adapter
        log.info("a partner's credentials were read", ["partner": partner.id, "version": Int(partner.version)])
      } catch {
        made.problem = "\(error)"
        if before?.problem != made.problem || before?.version != made.version {
          log.error(
            "a partner's credentials cannot be used: nothing is ordered from it until they are mended",
            ["partner": partner.id, "file": "\(partner.id).json", "reason": "\(error)"])
        }
      }
      known[partner.id] = made
      return made.adapter
    }
  }

  private func read(_ partner: PartnerDocument) throws(PartnerAccountRefused) -> PartnerAccount {
    guard !partner.id.contains("/"), !partner.id.hasPrefix(".") else {
      throw PartnerAccountRefused(problems: ["the partner's id is no name of a file"])
    }
    guard let bytes = contents("\(partner.id).json") else {
      throw PartnerAccountRefused(problems: ["the file is not there, or cannot be read"])
    }
    guard let name = PartnerAccount.AdapterName(rawValue: partner.adapter.rawValue) else {
      throw PartnerAccountRefused(problems: ["this worker has no adapter of that name"])
    }
    return try PartnerAccount(name, url: partner.url, credentials: bytes, file: contents)
  }

  /// A path that is not whole begins at the folder.
  private func contents(_ path: String) -> [UInt8]? {
    let whole = path.hasPrefix("/") ? path : folder + "/" + path
    return FileManager.default.contents(atPath: whole).map { Array($0) }
  }
}
