import Contracts
import ServiceKit

WorkerProcess.run(
  Service.tierEvaluator.name,
  summary: "Judges which tier each member has reached: loyalty.transactions to loyalty.tiers."
) { environment in
  WorkerService(TierEvaluator.topology(storeRowsCached: environment.storeRowsCached))
}
