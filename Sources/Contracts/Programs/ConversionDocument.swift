import JSON
import Loyalty

/// The `convert` of a programme: points that members earn turn into rewards by themselves.
enum ConversionDocument {
  /// Of the programme's id: the ids of redemptions are made of it.
  static let programIdBytesMax = 60

  static func rule(_ fields: ProgramFields) -> ConversionRule? {
    guard
      let convert = fields.object(
        "convert", known: ["every", "reward", "allocateAfterDays", "perTransaction", "until", "atEnd"])
    else { return nil }
    let node = convert.node
    let every = convert.required("every").flatMap { convert.whole($0, 1...Points.largestMovement.value) }
    let reward = convert.required("reward").flatMap { convert.id($0) }
    let days = node["allocateAfterDays"].map { convert.whole($0, 0...ProgramDocument.daysMax) } ?? 0
    let most =
      node["perTransaction"].map { convert.whole($0, 1...ConversionRule.rewardsMax) } ?? ConversionRule.rewardsMax
    let atEnd = node["atEnd"].map { convert.word($0, ConversionRule.End.self) } ?? .issue
    let until = node["until"].flatMap { convert.instant($0) }
    checkId(fields, convert)
    guard let every, let reward, let days, let most, let atEnd else { return nil }
    checkPending(fields, convert, days: days)
    if node["atEnd"] != nil, node["until"] == nil {
      convert.problems.add(node.path + ".atEnd", "says what an end does, and there is none: give until too")
    }
    return ConversionRule(
      every: Points(every), reward: reward, allocateAfterDays: Int(days), perTransaction: most, until: until,
      atEnd: atEnd)
  }

  /// Points that are pending cannot pay for a reward.
  private static func checkPending(_ fields: ProgramFields, _ convert: ProgramFields, days: Int64) {
    guard let pending = fields.node["pending"]?["days"]?.integer, pending > days else { return }
    convert.problems.add(
      convert.node.path + ".allocateAfterDays",
      "must be \(pending) or more, as pending.days: points that are pending cannot pay for a reward")
  }

  private static func checkId(_ fields: ProgramFields, _ convert: ProgramFields) {
    guard let bytes = fields.node["id"]?.string?.utf8.count, bytes > programIdBytesMax else { return }
    convert.problems.add(
      convert.node.path,
      "needs a programme's id of \(programIdBytesMax) bytes at most, not \(bytes): ids of redemptions are made of it")
  }
}
