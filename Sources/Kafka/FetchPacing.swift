import CRDKafka
import Foundation

/// Keeps an idle consumer from spinning on a broker that answers empty fetches at once.
///
/// Kafka holds a fetch that finds nothing for `fetch.wait.max.ms`. The development broker does not: librdkafka then asks
/// again about 5,000 times a second (measured), half a core for each idle consumer. So after an answer that is too small to
/// hold a batch and came sooner than any waiting broker's, the client's broker thread pauses for a moment. A broker that
/// waits is never met by this.
enum FetchPacing {
  /// Kafka's API key of Fetch.
  private static let fetch: Int16 = 1
  /// An answer about the partitions of a dozen topics without a batch is smaller than this: 50 bytes each, and the names.
  private static let emptyBytesMax = 3_000
  /// Sooner than any `fetch.wait.max.ms` in use, microseconds.
  private static let soonUs: Int64 = 5_000
  private static let pauseUs: UInt32 = 4_000

  static func install(in configuration: OpaquePointer) {
    // Fails only when the same interceptor is there already.
    _ = rd_kafka_conf_interceptor_add_on_new(
      configuration, "fetch-pacing",
      { handle, _, _, _, _ in
        rd_kafka_interceptor_add_on_response_received(
          handle, "fetch-pacing",
          { _, _, _, _, apiKey, _, _, size, roundTripUs, error, _ in
            if apiKey == FetchPacing.fetch, error == RD_KAFKA_RESP_ERR_NO_ERROR, size < FetchPacing.emptyBytesMax,
              roundTripUs >= 0, roundTripUs < FetchPacing.soonUs
            {
              usleep(FetchPacing.pauseUs)
            }
            return RD_KAFKA_RESP_ERR_NO_ERROR
          }, nil)
      }, nil)
  }
}
