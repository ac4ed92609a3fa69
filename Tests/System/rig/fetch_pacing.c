/* A plugin for librdkafka that keeps an idle consumer from spinning on a broker that answers empty fetches at once.
 *
 * Kafka holds a fetch that finds nothing for fetch.wait.max.ms. The development broker does not: librdkafka then asks
 * again about 5,000 times a second, half a core for each idle consumer. So after an answer that is too small to hold a
 * batch and came sooner than any waiting broker's, the client's broker thread pauses for a moment. The rig gives it to
 * workers that reach the development broker directly; behind its door, which holds such answers back, nobody needs it.
 */
#include <librdkafka/rdkafka.h>
#include <unistd.h>

/* An answer about the partitions of a dozen topics without a batch is smaller: 50 bytes each, and the names. */
enum { FETCH = 1, EMPTY_BYTES_MAX = 3000, SOON_US = 5000, PAUSE_US = 4000 };

static rd_kafka_resp_err_t on_response(rd_kafka_t *rk, int socket, const char *broker, int32_t broker_id, int16_t api,
                                       int16_t version, int32_t correlation, size_t size, int64_t round_trip_us,
                                       rd_kafka_resp_err_t error, void *opaque) {
  (void)rk, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)opaque;
  if (api == FETCH && !error && size < EMPTY_BYTES_MAX && round_trip_us >= 0 && round_trip_us < SOON_US) usleep(PAUSE_US);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque, char *reason, size_t size) {
  (void)conf, (void)opaque, (void)reason, (void)size;
  return rd_kafka_interceptor_add_on_response_received(rk, "fetch-pacing", on_response, NULL);
}

/* librdkafka calls it when it loads the plugin. */
rd_kafka_resp_err_t conf_init(rd_kafka_conf_t *conf, void **opaque, char *reason, size_t size) {
  (void)opaque, (void)reason, (void)size;
  return rd_kafka_conf_interceptor_add_on_new(conf, "fetch-pacing", on_new, NULL);
}
