import Contracts
import Foundation
import ServiceKit

/// What is out at partners when the worker is told to stop gets this long to end well; then it is broken off.
let callsMayEndWithinS = 5.0

// reward-engine: loyalty.reward-requests and loyalty.voucher-commands → loyalty.redemptions, loyalty.vouchers and
// loyalty.voucher-answers.
WorkerProcess.run(
  Service.rewardEngine.name, summary: "Gives rewards for points, and answers tills about vouchers.",
  settings: RewardSettings.declared
) { environment in
  let settings = try RewardSettings(environment.settings)
  guard let partners = PartnerSettings(environment.settings) else {
    return WorkerService(RewardTopology.make(settings, storeRowsCached: environment.storeRowsCached))
  }
  let log = environment.log
  let accounts = PartnerAccounts(folder: partners.folder, log: log)
  let pool = try PartnerPool(
    callsMax: partners.callsMax, timeoutMs: Int64(partners.timeoutMs),
    clock: { Int64(Date().timeIntervalSince1970 * 1_000) }, log: log, accounts: accounts.adapter,
    makeCaller: { try HTTPPartnerCaller(partners.transfer) })
  environment.metrics.tell { pool.figures }
  environment.onStop {
    pool.beginStopping()
    DispatchQueue.global().asyncAfter(deadline: .now() + callsMayEndWithinS) { partners.cancellation.cancel() }
  }
  return WorkerService(
    RewardTopology.make(settings, partners: pool, storeRowsCached: environment.storeRowsCached),
    isReadyToStop: { pool.isSettled },
    close: {
      do {
        try pool.stop()
      } catch {
        log.error("a thread that calls partners did not end", ["reason": "\(error)"])
      }
    })
}
