/* The floor of a hop's latency: what the plainest program in C needs to pass records on, exactly once, on the same broker. It decodes, keeps
 * and decides nothing: each record goes to every output topic under its key. The first record opens a transaction, which is committed with the
 * offsets as soon as INTERVAL_MS have passed since the one before began, as the workers do. Runs until SIGTERM; the first error ends it.
 *
 * usage: hop BROKERS GROUP INTERVAL_MS INPUT OUTPUT…
 */
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALL_TIMEOUT_MS = 30000, IDLE_MS = 100, OUTPUTS_MAX = 16 };

static volatile sig_atomic_t stopping;

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "hop: %s: %s\n", what, why);
  exit(1);
}

static long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  (void)rk;
  (void)opaque;
  if (message->err) fail("delivery", rd_kafka_err2str(message->err));
}

static rd_kafka_t *client(rd_kafka_type_t type, const char *const settings[][2]) {
  char error[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  for (int i = 0; settings[i][0]; i++)
    if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK) fail(settings[i][0], error);
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  rd_kafka_t *rk = rd_kafka_new(type, conf, error, sizeof error);
  if (!rk) fail("rd_kafka_new", error);
  return rk;
}

static void check(rd_kafka_error_t *error, const char *what) {
  if (error) fail(what, rd_kafka_error_string(error));
}

static void commit(rd_kafka_t *producer, rd_kafka_t *consumer) {
  rd_kafka_topic_partition_list_t *offsets;
  if (rd_kafka_assignment(consumer, &offsets) || rd_kafka_position(consumer, offsets)) fail("position", "unknown");
  rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(consumer);
  check(rd_kafka_send_offsets_to_transaction(producer, offsets, group, CALL_TIMEOUT_MS), "send_offsets");
  check(rd_kafka_commit_transaction(producer, CALL_TIMEOUT_MS), "commit_transaction");
  rd_kafka_consumer_group_metadata_destroy(group);
  rd_kafka_topic_partition_list_destroy(offsets);
}

int main(int argc, char **argv) {
  if (argc < 6 || argc > 5 + OUTPUTS_MAX) fail("usage", "hop BROKERS GROUP INTERVAL_MS INPUT OUTPUT…");
  const char *brokers = argv[1], *group = argv[2];
  const long interval_ms = atol(argv[3]);
  const int outputs = argc - 5;
  signal(SIGTERM, stop);

  rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, (const char *const[][2]){
    {"bootstrap.servers", brokers}, {"group.id", group}, {"auto.offset.reset", "latest"}, {"enable.auto.commit", "false"},
    {"isolation.level", "read_committed"}, {"socket.nagle.disable", "true"}, {"fetch.wait.max.ms", "100"}, {NULL, NULL}});
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_t *producer = client(RD_KAFKA_PRODUCER, (const char *const[][2]){
    {"bootstrap.servers", brokers}, {"transactional.id", group}, {"socket.nagle.disable", "true"}, {"linger.ms", "5"}, {NULL, NULL}});
  check(rd_kafka_init_transactions(producer, CALL_TIMEOUT_MS), "init_transactions");
  rd_kafka_topic_t *topics[OUTPUTS_MAX];
  for (int o = 0; o < outputs; o++) topics[o] = rd_kafka_topic_new(producer, argv[5 + o], NULL);
  rd_kafka_topic_partition_list_t *input = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(input, argv[4], RD_KAFKA_PARTITION_UA);
  if (rd_kafka_subscribe(consumer, input)) fail("subscribe", argv[4]);

  long begun_ms = 0, deadline_ms = 0;
  int is_open = 0;
  while (!stopping) {
    const long left_ms = is_open ? deadline_ms - now_ms() : IDLE_MS;
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, left_ms > 0 ? (int)left_ms : 0);
    if (message) {
      if (message->err) fail("consume", rd_kafka_message_errstr(message));
      if (!is_open) {
        check(rd_kafka_begin_transaction(producer), "begin_transaction");
        is_open = 1;
        deadline_ms = begun_ms + interval_ms;
      }
      for (int o = 0; o < outputs; o++)
        if (rd_kafka_produce(topics[o], RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message->payload, message->len, message->key,
                             message->key_len, NULL) == -1)
          fail("produce", rd_kafka_err2str(rd_kafka_last_error()));
      rd_kafka_message_destroy(message);
    }
    // At the deadline what has come already is taken still: only an empty poll ends a transaction.
    if (!is_open || message || now_ms() < deadline_ms) continue;
    begun_ms = now_ms();
    commit(producer, consumer);
    is_open = 0;
  }
  for (int o = 0; o < outputs; o++) rd_kafka_topic_destroy(topics[o]);
  rd_kafka_topic_partition_list_destroy(input);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  rd_kafka_destroy(producer);
  return 0;
}
