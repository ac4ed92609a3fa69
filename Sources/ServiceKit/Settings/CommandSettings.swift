/// What every worker that takes operators' commands lets its operator decide.
package enum CommandSettings {
  private static let tierSetsMax = 1_000_000

  package static let tierSetsDayMax = Setting.integer(
    "tier-sets-day-max", in: 0...tierSetsMax, unit: "levels an actor and day",
    help: "More levels than these set by hand in a day of UTC are refused; left out: an actor may set any number."
  ).optional
  package static let requireSigned = Setting.toggle(
    "require-signed-commands", help: "Take commands alone that are signed by their actor (loyalty.command-keys).")
}
