#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not import: one function a type of value.
typedef size_t (*stampede_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*stampede_curl_progress)(
    void *context, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);
typedef int (*stampede_curl_debug)(CURL *handle, curl_infotype kind, char *bytes, size_t size, void *context);

static inline CURLcode stampede_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_transfer(CURL *handle, CURLoption option, stampede_curl_transfer value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_progress(CURL *handle, CURLoption option, stampede_curl_progress value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_set_debug(CURL *handle, CURLoption option, stampede_curl_debug value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode stampede_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode stampede_curl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

// ioctl is variadic too. "Get the number of bytes in the output queue", tcp(7): those that the other side's machine has
// not acknowledged; -1 where the system does not say.
static inline int stampede_unacknowledged_bytes(int socket) {
  int count = 0;
  return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : -1;
}

static inline CURLcode stampede_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
