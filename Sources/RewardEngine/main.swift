import Contracts
import ServiceKit

// reward-engine: loyalty.reward-requests and loyalty.voucher-commands → loyalty.redemptions, loyalty.vouchers and
// loyalty.voucher-answers.
WorkerProcess.run(
  Service.rewardEngine.name, summary: "Gives rewards for points, and answers tills about vouchers.",
  settings: RewardSettings.declared
) { environment in
  WorkerService(
    RewardTopology.make(try RewardSettings(environment.settings), storeRowsCached: environment.storeRowsCached))
}
