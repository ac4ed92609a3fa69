#pragma once
#include <microhttpd.h>

// MHD_start_daemon is variadic, which Swift does not import: fixed types for the options that HTTPEndpoint passes.
static inline struct MHD_Daemon *stampede_mhd_start(
    int listen_socket, unsigned int connections_max, unsigned int idle_timeout_s, size_t connection_memory_bytes,
    MHD_AccessHandlerCallback handler, void *handler_context) {
  return MHD_start_daemon(
      MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handler, handler_context,
      MHD_OPTION_LISTEN_SOCKET, listen_socket,
      MHD_OPTION_CONNECTION_LIMIT, connections_max,
      MHD_OPTION_CONNECTION_TIMEOUT, idle_timeout_s,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory_bytes,
      MHD_OPTION_END);
}
