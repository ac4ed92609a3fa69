import Contracts
import ServiceKit

// tier-evaluator: loyalty.transactions → loyalty.tiers.
WorkerProcess.run(
  Service.tierEvaluator.name, summary: "Judges which tier each member has reached in each programme.",
  settings: TierSettings.declared
) { environment in
  WorkerService(TierTopology.make(TierSettings(environment.settings), tierRowsCached: environment.storeRowsCached))
}
