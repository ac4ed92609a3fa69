import Contracts
import Foundation
import ServiceKit

/// What is being sent when the worker is told to stop gets this long to end well; then it is broken off.
let sendingMayEndWithinS = 5.0

WorkerProcess.run(
  Service.notifier.name,
  summary: "Tells members of points earned and used and of tiers reached, by e-mail or SMS, as they agreed to.",
  settings: NotifierSettings.all
) { environment in
  let settings = try NotifierSettings(environment.settings)
  let log = environment.log
  let pools = try SenderPools { carrier in
    try SenderPool(
      carrier, threadCount: settings.has(carrier) ? settings.senderThreads : 1, slotsMax: settings.sendSlotsMax,
      breaker: settings.pauses, pace: settings.pace(of: carrier), log: log,
      makeSender: { try Channels(settings.channels.only(carrier)) })
  }
  environment.metrics.tell { pools.figures + settings.feedbackFigures.gauges }
  environment.metrics.tellHistograms { pools.histograms }
  environment.onStop {
    pools.beginStopping()
    DispatchQueue.global().asyncAfter(deadline: .now() + sendingMayEndWithinS) { settings.cancellation.cancel() }
  }
  return WorkerService(
    NotifierTopology.make(settings, pools: pools, storeRowsCached: environment.storeRowsCached),
    isReadyToStop: { pools.isSettled },
    close: {
      do {
        try pools.stop()
      } catch {
        log.error("a sender thread did not end", ["reason": "\(error)"])
      }
    })
}
