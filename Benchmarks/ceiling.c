/* The ceiling that the workers are measured against: the plainest possible loop in C over the same input, on the same
 * broker, with the same guarantees. For each record: consume, read a row and write it back (SQLite), produce. Every
 * 10,000 records: one Kafka transaction with the offsets, then the SQLite commit. No decoding, no rules, no errors
 * survived: the first one ends it.
 *
 * usage: ceiling BROKERS INPUT OUTPUT DATABASE RECORDS [PRODUCED BYTES HEADERS ROWS ROW_BYTES]
 * For each record consumed, on average: PRODUCED records of BYTES bytes with HEADERS headers each, and ROWS rows of ROW_BYTES bytes written, of which
 * one is read before. Where they are not given: 1 record of 200 bytes without headers, 1 row of 120 bytes.
 * prints one line of JSON: {"records": n, "seconds": s, "perSecond": r}
 */
#include <librdkafka/rdkafka.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  TRANSACTION_RECORDS = 10000, BYTES_MAX = 65536, HEADERS_MAX = 32, KEY_BYTES = 256, CALL_TIMEOUT_MS = 30000,
  IDLE_LIMIT_MS = 30000
};

/* What is written for each record consumed, on average. */
typedef struct {
  double records, headers, rows;
  size_t record_bytes, row_bytes;
} load;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "ceiling: %s: %s\n", what, why);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  (void)rk;
  (void)opaque;
  if (message->err) fail("delivery", rd_kafka_err2str(message->err));
}

static rd_kafka_t *client(rd_kafka_type_t type, const char *brokers, const char *const settings[][2]) {
  char error[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error) != RD_KAFKA_CONF_OK) fail("brokers", error);
  for (int i = 0; settings[i][0]; i++)
    if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK)
      fail(settings[i][0], error);
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  rd_kafka_t *rk = rd_kafka_new(type, conf, error, sizeof error);
  if (!rk) fail("rd_kafka_new", error);
  return rk;
}

static void check(rd_kafka_error_t *error, const char *what) {
  if (error) fail(what, rd_kafka_error_string(error));
}

static void run(sqlite3 *db, const char *sql) {
  char *error = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) fail(sql, error);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) fail(sql, sqlite3_errmsg(db));
  return statement;
}

/* Writes a row, with a count in it that the first of a record's rows is read for. */
static void update(sqlite3_stmt *get, sqlite3_stmt *put, const char *key, int length, size_t bytes, bool reads) {
  static unsigned char row[BYTES_MAX];
  if (reads) {
    memset(row, 0, bytes);
    sqlite3_bind_text(get, 1, key, length, SQLITE_STATIC);
    if (sqlite3_step(get) == SQLITE_ROW) memcpy(row, sqlite3_column_blob(get, 0), bytes);
    sqlite3_reset(get);
  }
  for (int i = 0; i < 8 && ++row[i] == 0; i++) {}
  sqlite3_bind_text(put, 1, key, length, SQLITE_STATIC);
  sqlite3_bind_blob(put, 2, row, (int)bytes, SQLITE_STATIC);
  if (sqlite3_step(put) != SQLITE_DONE) fail("upsert", "a row was not written");
  sqlite3_reset(put);
}

/* Headers are like those of CloudEvents: names and values of ten to twenty bytes. */
static rd_kafka_resp_err_t produce(rd_kafka_t *producer, rd_kafka_topic_t *topic, const rd_kafka_message_t *message, size_t bytes, int count) {
  static const char payload[BYTES_MAX] = {'x'};
  if (!count) {
    const int refused = rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, (void *)payload, bytes, message->key,
                                         message->key_len, NULL);
    return refused ? rd_kafka_last_error() : RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  rd_kafka_headers_t *headers = rd_kafka_headers_new((size_t)count);
  for (int h = 0; h < count; h++) rd_kafka_header_add(headers, "ce_header01", 11, "a value like others", 19);
  const rd_kafka_resp_err_t error = rd_kafka_producev(
    producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE((void *)payload, bytes),
    RD_KAFKA_V_KEY(message->key, message->key_len), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  if (error) rd_kafka_headers_destroy(headers);
  return error;
}

static load load_of(int argc, char **argv) {
  load each = {.records = 1, .rows = 1, .record_bytes = 200, .row_bytes = 120};
  if (argc == 11) {
    each = (load){.records = atof(argv[6]), .record_bytes = (size_t)atol(argv[7]), .headers = atof(argv[8]), .rows = atof(argv[9]),
                  .row_bytes = (size_t)atol(argv[10])};
  } else if (argc != 6) {
    fail("usage", "ceiling BROKERS INPUT OUTPUT DATABASE RECORDS [PRODUCED BYTES HEADERS ROWS ROW_BYTES]");
  }
  if (each.records <= 0 || each.rows < 1 || each.rows > 10 || each.record_bytes > BYTES_MAX || each.row_bytes < 8 ||
      each.row_bytes > BYTES_MAX || each.headers < 0 || each.headers > HEADERS_MAX)
    fail("usage", "PRODUCED above 0, BYTES up to 65536, HEADERS up to 32, ROWS from 1 to 10, ROW_BYTES from 8 to 65536");
  return each;
}

int main(int argc, char **argv) {
  const load each = load_of(argc, argv);
  const char *brokers = argv[1], *input = argv[2], *output = argv[3];
  const long expected = atol(argv[5]);
  char group[64];
  snprintf(group, sizeof group, "ceiling-%ld", (long)time(NULL));

  sqlite3 *db;
  if (sqlite3_open(argv[4], &db) != SQLITE_OK) fail("open", sqlite3_errmsg(db));
  run(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-200000;");
  run(db, "CREATE TABLE rows (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;");
  sqlite3_stmt *get = prepare(db, "SELECT value FROM rows WHERE key = ?1");
  sqlite3_stmt *put = prepare(db, "INSERT INTO rows VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value");

  rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, brokers, (const char *const[][2]){
    {"group.id", group}, {"auto.offset.reset", "earliest"}, {"enable.auto.commit", "false"},
    {"isolation.level", "read_committed"}, {"socket.nagle.disable", "true"},
    {"receive.message.max.bytes", "2000000000"}, {NULL, NULL}});
  rd_kafka_poll_set_consumer(consumer);

  rd_kafka_t *producer = client(RD_KAFKA_PRODUCER, brokers, (const char *const[][2]){
    {"transactional.id", group}, {"socket.nagle.disable", "true"}, {"linger.ms", "5"},
    {"queue.buffering.max.messages", "1000000"}, {NULL, NULL}});
  check(rd_kafka_init_transactions(producer, CALL_TIMEOUT_MS), "init_transactions");
  rd_kafka_topic_t *topic = rd_kafka_topic_new(producer, output, NULL);

  rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, input, RD_KAFKA_PARTITION_UA);
  if (rd_kafka_subscribe(consumer, topics)) fail("subscribe", input);

  long records = 0, read_bytes = 0;
  double started = 0, rows_owed = 0, records_owed = 0, headers_owed = 0;
  while (records < expected) {
    check(rd_kafka_begin_transaction(producer), "begin_transaction");
    run(db, "BEGIN IMMEDIATE");
    for (int n = 0; n < TRANSACTION_RECORDS && records < expected; n++) {
      rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, IDLE_LIMIT_MS);
      if (!message) fail("consume", "no record for 30 s");
      if (message->err) fail("consume", rd_kafka_message_errstr(message));
      if (records == 0) started = now();

      rows_owed += each.rows;
      for (int r = 0; rows_owed >= 1; r++, rows_owed--) {
        // A key of its own for each row: the record's, then the record's with a number before it.
        char key[KEY_BYTES];
        const size_t prefix = r == 0 ? 0 : 1, length = message->key_len < KEY_BYTES - 1 ? message->key_len : KEY_BYTES - 1;
        key[0] = (char)('0' + r);
        memcpy(key + prefix, message->key, length);
        update(get, put, key, (int)(prefix + length), each.row_bytes, r == 0);
      }
      for (records_owed += each.records; records_owed >= 1; records_owed--) {
        headers_owed += each.headers;
        const int headers = (int)headers_owed;
        headers_owed -= headers;
        rd_kafka_resp_err_t error;
        while ((error = produce(producer, topic, message, each.record_bytes, headers)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
          rd_kafka_poll(producer, 100);
        if (error) fail("produce", rd_kafka_err2str(error));
      }
      rd_kafka_poll(producer, 0);
      read_bytes += (long)message->len;
      rd_kafka_message_destroy(message);
      records++;
    }
    rd_kafka_topic_partition_list_t *offsets;
    if (rd_kafka_assignment(consumer, &offsets) || rd_kafka_position(consumer, offsets)) fail("position", "unknown");
    rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata(consumer);
    check(rd_kafka_send_offsets_to_transaction(producer, offsets, metadata, CALL_TIMEOUT_MS), "send_offsets");
    check(rd_kafka_commit_transaction(producer, CALL_TIMEOUT_MS), "commit_transaction");
    rd_kafka_consumer_group_metadata_destroy(metadata);
    rd_kafka_topic_partition_list_destroy(offsets);
    run(db, "COMMIT");
  }
  const double seconds = now() - started;
  printf("{\"records\": %ld, \"bytes\": %ld, \"seconds\": %.3f, \"perSecond\": %.0f}\n", records, read_bytes, seconds,
         (double)records / seconds);

  rd_kafka_topic_destroy(topic);
  rd_kafka_topic_partition_list_destroy(topics);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  rd_kafka_destroy(producer);
  sqlite3_finalize(get);
  sqlite3_finalize(put);
  sqlite3_close(db);
  return 0;
}
