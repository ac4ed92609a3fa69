import StreamKafka
import StreamRuntime

/// The settings that every worker has.
enum WorkerOptions {
  static let instance = Setting.text(
    "instance", default: "0",
    help:
      "Stable name of this instance among those of its service; it names its place in the group and its transactions.")
  static let threads = Setting.integer(
    "threads", default: 1, in: 1...64, help: "Stream threads; they share the partitions.")
  static let stateDirectory = Setting.path(
    "state-dir", default: "state", help: "Folder of this instance's stores; expendable, the changelogs hold all of it.")
  static let clock = Setting.choice(
    "clock", default: ClockMode.wall,
    help: "The time that timers live in: the machine's, or the highest event time seen (backfills, simulations).")
  static let commitIntervalMs = Setting.milliseconds(
    "commit-interval-ms", default: 50, in: 1...5_000,
    help:
      "The least pause between two commits. A record after a quiet time waits for none; a backlog takes up to 500 ms.")
  static let batchRecordsMax = Setting.integer(
    "batch-records-max", default: 10_000, in: 1...100_000, help: "Records after which a cycle is committed.")
  static let sessionTimeoutMs = Setting.milliseconds(
    "session-timeout-ms", default: 30_000, in: 1_000...300_000,
    help: "A silent instance loses its partitions after this; a restart inside it moves nothing.")
  static let leaveGroupOnStop = Setting.toggle(
    "leave-group-on-stop",
    help: "A stop hands the partitions over at once: for an instance that goes for good. Off: a restart keeps them.")
  static let startupTimeoutMs = Setting.milliseconds(
    "startup-timeout-ms", default: 30_000, in: 1_000...600_000, help: "How long a start waits for a broker to answer.")
  static let brokerPatienceMs = Setting.milliseconds(
    "broker-patience-ms", default: 300_000, in: 1_000...86_400_000,
    help: "How long a worker waits for a cluster in motion (no leader, no coordinator, no broker) before it ends.")
  static let storeCacheKiB = Setting.integer(
    "store-cache-kib", default: 16_384, in: 256...4_194_304, unit: "KiB a partition",
    help: "Page cache of a partition's store.")
  static let storeRowsCached = Setting.integer(
    "store-rows-cached", default: 10_000, in: 100...10_000_000, unit: "rows a store and partition",
    help: "Rows kept decoded in memory.")
  static let changelogDeleteRetentionMs = Setting.milliseconds(
    "changelog-delete-retention-ms", default: 604_800_000, in: 60_000...(Int.max),
    help: "delete.retention.ms of the changelog topics; a store unused for longer is rebuilt.")
  static let httpHost = Setting.text(
    "http-host", default: "127.0.0.1", placeholder: "HOST", help: "Address of probes and metrics.")
  static let httpPort = Setting.integer(
    "http-port", default: 0, in: 0...65_535,
    help: "Port of /livez, /readyz and /metrics; 0 takes a free one and logs it.")

  static let all: [any AnySetting] =
    ClusterSettings.all + [
      instance, threads, stateDirectory, clock, commitIntervalMs, batchRecordsMax,
      sessionTimeoutMs,
      leaveGroupOnStop, startupTimeoutMs, brokerPatienceMs, storeCacheKiB, storeRowsCached, changelogDeleteRetentionMs,
      httpHost,
      httpPort,
      Log.levelSetting,
    ]
}

extension ClockMode: CaseIterable {
  package static let allCases: [ClockMode] = [.wall, .stream]
}
