#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

struct stampede_mhd_options {
  unsigned int connections_max;
  size_t connection_memory_bytes;
  // PEM texts, NULL without TLS.
  const char *certificate;
  const char *key;
  const char *tls_priorities;
  // Handed to every callback below.
  void *context;
  MHD_AccessHandlerCallback access;
  MHD_NotifyConnectionCallback connection_changed;
  MHD_RequestCompletedCallback request_ended;
  void *(*target_read)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_LogCallback log;
};

// The target is taken as it came in target_read; libmicrohttpd's own decoding of it is not used.
static inline size_t stampede_mhd_keep(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return __builtin_strlen(text);
}

// MHD_start_daemon is variadic, which Swift does not import. The daemon has no thread, no listening socket and no
// timeouts of its own: whoever calls MHD_run has them.
static inline struct MHD_Daemon *stampede_mhd_start(const struct stampede_mhd_options *options) {
  const unsigned int flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)options->tls_priorities},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
      flags | (options->certificate ? MHD_USE_TLS : 0), 0, NULL, NULL, options->access, options->context,
      MHD_OPTION_EXTERNAL_LOGGER, options->log, options->context,
      MHD_OPTION_CONNECTION_LIMIT, options->connections_max,
      MHD_OPTION_CONNECTION_TIMEOUT, 0u,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory_bytes,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_NOTIFY_CONNECTION, options->connection_changed, options->context,
      MHD_OPTION_NOTIFY_COMPLETED, options->request_ended, options->context,
      MHD_OPTION_URI_LOG_CALLBACK, options->target_read, options->context,
      MHD_OPTION_UNESCAPE_CALLBACK, stampede_mhd_keep, NULL,
      MHD_OPTION_ARRAY, options->certificate ? tls : none,
      MHD_OPTION_END);
}

// glibc's module for Swift leaves these two out. POLLRDHUP: the peer sends no more.
static const short stampede_peer_ended = 0x2000;
static inline int stampede_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// What can be known only through the variadic getters.
static inline int stampede_mhd_epoll_descriptor(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info ? info->epoll_fd : -1;
}

// Sends around libmicrohttpd, which answers only between requests: over the connection's TLS session if it has one.
// Does not block; returns what was sent, or a negative number.
static inline long stampede_mhd_send(
    struct MHD_Connection *connection, int descriptor, int is_tls, const void *bytes, size_t count) {
  if (!is_tls) return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (!info || !info->tls_session) return -1;
  return gnutls_record_send((gnutls_session_t)info->tls_session, bytes, count);
}

// Each of the three returns 0 or a GnuTLS error.
static inline int stampede_tls_check_certificate(const void *pem, unsigned int bytes) {
  gnutls_datum_t data = {(unsigned char *)pem, bytes};
  gnutls_x509_crt_t *chain = NULL;
  unsigned int count = 0;
  int code = gnutls_x509_crt_list_import2(&chain, &count, &data, GNUTLS_X509_FMT_PEM, 0);
  if (code < 0) return code;
  for (unsigned int index = 0; index < count; ++index) gnutls_x509_crt_deinit(chain[index]);
  gnutls_free(chain);
  return 0;
}

static inline int stampede_tls_check_key(const void *pem, unsigned int bytes) {
  gnutls_datum_t data = {(unsigned char *)pem, bytes};
  gnutls_x509_privkey_t key;
  int code = gnutls_x509_privkey_init(&key);
  if (code < 0) return code;
  code = gnutls_x509_privkey_import2(key, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
  gnutls_x509_privkey_deinit(key);
  return code < 0 ? code : 0;
}

static inline int stampede_tls_check_pair(
    const void *certificate, unsigned int certificate_bytes, const void *key, unsigned int key_bytes) {
  gnutls_datum_t certificate_data = {(unsigned char *)certificate, certificate_bytes};
  gnutls_datum_t key_data = {(unsigned char *)key, key_bytes};
  gnutls_certificate_credentials_t credentials;
  int code = gnutls_certificate_allocate_credentials(&credentials);
  if (code < 0) return code;
  code = gnutls_certificate_set_x509_key_mem(credentials, &certificate_data, &key_data, GNUTLS_X509_FMT_PEM);
  gnutls_certificate_free_credentials(credentials);
  return code < 0 ? code : 0;
}
