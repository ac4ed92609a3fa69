import Loyalty
import Rewards
import Testing

/// The lives of vouchers are what the independent model says, command by command.
@Suite(.timeLimit(.minutes(10))) struct GoldenVoucherTests {
  @Test func everyLifeOfAVoucherIsWhatTheModelSays() throws {
    let lines = try GoldenVectors.lines(of: "vouchers.txt")
    #expect(lines.count >= 2_000)
    for (place, line) in lines.enumerated() {
      let fields = line.parts(" ")
      var voucher = voucher(fields[0])
      for (step, command) in fields.dropFirst().enumerated() {
        let parts = command.parts("=")
        let answer = words(perform(parts[0].parts(","), on: &voucher))
        #expect(answer == parts[1], "line \(place + 1) of vouchers.txt, command \(step + 1): \(parts[0])")
        #expect(voucher.used + voucher.left == voucher.of && voucher.left >= 0)
        if answer != parts[1] { break }
      }
    }
  }

  private func voucher(_ text: String) -> Voucher {
    let parts = text.parts(",")
    let uses = number(parts[1]) ?? 0
    let stores = told(parts[3]).map { Condition.Selection(include: [$0]) } ?? .init()
    return Voucher(
      id: "V", pool: "P", holder: told(parts[2]),
      terms: VoucherTerms(parts[0] == "value" ? .credit : .freeShipping(cap: nil), stores: stores),
      uses: parts[0] == "value" ? .value(uses) : .times(uses), validFrom: minute(number(parts[4]) ?? 0),
      validUntil: minute(number(parts[5]) ?? 0))
  }

  private func perform(_ parts: [String], on voucher: inout Voucher) -> VoucherAnswer {
    func caller(from place: Int) -> VoucherCaller {
      VoucherCaller(bill: parts[place], store: told(parts[place + 2]), member: told(parts[place + 1]))
    }
    let now = minute(number(parts[parts.count - 1]) ?? 0)
    switch parts[0] {
    case "K": return voucher.check(by: caller(from: 1), at: now)
    case "H":
      return voucher.hold(
        parts[1], by: caller(from: 2), amount: number(parts[5]), ttlMs: number(parts[6]).map { $0 * 60_000 }, at: now)
    case "C": return voucher.commit(parts[1], amount: number(parts[2]), at: now)
    case "O":
      return voucher.commitOffline(
        parts[1], by: caller(from: 2), amount: number(parts[5]), occurredAt: minute(number(parts[6]) ?? 0), at: now)
    case "R": return voucher.release(parts[1], bill: parts[2], at: now)
    case "B": return voucher.rollBack(parts[1], reason: "returned", at: now)
    default: return voucher.cancel(at: now)
    }
  }

  private func words(_ answer: VoucherAnswer) -> String {
    switch answer {
    case .usable(let left): "usable,\(left)"
    case .held(let hold): "held,\(hold.until.minutes),\(hold.amount)"
    case .committed(let redemption, let left): "used,\(redemption.amount),\(left)"
    case .released: "released"
    case .givenBack(let redemption, let state): "back,\(redemption.amount),\(state.rawValue)"
    case .cancelled: "cancelled"
    case .refused(let refusal): "!" + words(refusal)
    }
  }

  private func words(_ refusal: VoucherRefusal) -> String {
    switch refusal {
    case .cancelled(let at), .notYet(let at), .expired(let at), .held(let at): "\(refusal.code),\(at.minutes)"
    case .used(_, let uses): "used,\(uses)"
    case .alreadyUsed(let id, let at): "already-used,\(id),\(at.minutes)"
    case .limitReached(let limit, let asked): "limit-reached,\(limit),\(asked)"
    default: refusal.code
    }
  }
}
