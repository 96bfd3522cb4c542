/*
 * The way to the server that plays the bus: one Unix socket per open file, one request and one reply at a time.
 *
 * Waiting happens here, not in the server. The server says when the wire would be free again (`end`) on its schedule;
 * this side sleeps until then. What the stand-in costs on top (socket, server process, late wake-up) must not count as
 * bus time, so the difference is kept as a debt: the next request is dated back by it, and the next sleeps are shorter
 * until the schedule and real time agree again. The host's own time between two transfers is kept as it was. Opening and
 * settings take no time on the device; what they take here is debt of the next transfer on that bus, through whatever descriptor.
 *
 * Request: u32 length of the rest, u8 type, payload. Reply: u32 length of the rest, i32 errno, f64 wake, f64 end, payload.
 * Times are milliseconds of CLOCK_MONOTONIC; all numbers in the byte order of the machine (both ends are on it).
 */
#define _GNU_SOURCE
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { TYPE_OPEN = 1, TYPE_TRANSFER = 2, TYPE_FUNCTIONS = 3 };
enum { REPLY_HEAD = 4 + 8 + 8 };
/*
 * Out of the way of programs that count on low descriptor numbers. Below 64: to make a larger table for a process with threads, the
 * kernel waits for all processors, 10 ms and more.
 */
enum { LOWEST_SOCKET = 44 };

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A kernel driver waits for its interrupt without looking at signals; so does this. */
static void sleep_until(double ms) {
  struct timespec t;
  t.tv_sec = (time_t)(ms / 1e3);
  t.tv_nsec = (long)((ms - (double)t.tv_sec * 1e3) * 1e6);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
  }
}

static int room(struct handle *h, size_t bytes) {
  if (bytes <= h->buffer_bytes) return 0;
  uint8_t *grown = realloc(h->buffer, bytes);
  if (grown == NULL) return ENOMEM;
  h->buffer = grown;
  h->buffer_bytes = bytes;
  return 0;
}

static int send_all(int fd, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t n = send(fd, bytes, count, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return ENODEV; /* the server is gone: as an adapter that was unplugged */
    bytes += n;
    count -= (size_t)n;
  }
  return 0;
}

static int receive_all(int fd, uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t n = recv(fd, bytes, count, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return ENODEV;
    bytes += n;
    count -= (size_t)n;
  }
  return 0;
}

static uint8_t *put(uint8_t *at, const void *value, size_t bytes) {
  memcpy(at, value, bytes);
  return at + bytes;
}

/* Of calls that are no transfers, by bus. */
enum { BUSES_WITH_DEBT = 64 };
static double debts_ms[BUSES_WITH_DEBT];
static pthread_mutex_t debts_lock = PTHREAD_MUTEX_INITIALIZER;

static void add_debt(unsigned bus, double ms) {
  pthread_mutex_lock(&debts_lock);
  debts_ms[bus % BUSES_WITH_DEBT] += ms;
  pthread_mutex_unlock(&debts_lock);
}

static double take_debt(unsigned bus) {
  pthread_mutex_lock(&debts_lock);
  double ms = debts_ms[bus % BUSES_WITH_DEBT];
  debts_ms[bus % BUSES_WITH_DEBT] = 0;
  pthread_mutex_unlock(&debts_lock);
  return ms;
}

/* Sends buffer[0..end), then reads the reply: its payload is left at the start of the buffer. */
static int call(struct handle *h, const uint8_t *end, size_t *payload_bytes) {
  uint32_t length = (uint32_t)(end - h->buffer) - 4;
  memcpy(h->buffer, &length, 4);
  double started_ms = now_ms();
  int error = send_all(h->socket, h->buffer, (size_t)(end - h->buffer));
  if (error) return error;
  uint8_t head[4 + REPLY_HEAD];
  error = receive_all(h->socket, head, sizeof head);
  if (error) return error;
  int32_t code;
  double wake_ms, end_ms;
  memcpy(&length, head, 4);
  memcpy(&code, head + 4, 4);
  memcpy(&wake_ms, head + 8, 8);
  memcpy(&end_ms, head + 16, 8);
  *payload_bytes = length - REPLY_HEAD;
  error = room(h, *payload_bytes);
  if (!error) error = receive_all(h->socket, h->buffer, *payload_bytes);
  if (error) return error;
  if (wake_ms > 0) sleep_until(wake_ms);
  if (end_ms > 0) h->debt_ms = now_ms() - end_ms;
  else add_debt(h->bus, now_ms() - started_ms);
  return code;
}

static int connect_to(const char *root) {
  struct sockaddr_un where = {.sun_family = AF_UNIX};
  if (snprintf(where.sun_path, sizeof where.sun_path, "%s/socket", root) >= (int)sizeof where.sun_path) return -1;
  int low = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (low < 0) return -1;
  if (connect(low, (struct sockaddr *)&where, sizeof where) != 0) {
    real_close(low);
    return -1;
  }
  int high = fcntl(low, F_DUPFD_CLOEXEC, LOWEST_SOCKET);
  if (high < 0) return low;
  real_close(low);
  return high;
}

int link_open(struct handle *h, const char *root, unsigned bus) {
  if (room(h, 1024)) return ENOMEM;
  h->bus = bus;
  h->socket = connect_to(root);
  if (h->socket < 0) return ENXIO;
  uint8_t type = TYPE_OPEN;
  uint8_t *at = put(h->buffer + 4, &type, 1);
  size_t payload;
  return call(h, put(at, &bus, 4), &payload);
}

void link_close(struct handle *h) {
  if (h->socket >= 0) real_close(h->socket);
  free(h->buffer);
}

int link_functions(struct handle *h, unsigned long *functions) {
  if (h->socket < 0) {
    *functions = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
    return 0;
  }
  uint8_t type = TYPE_FUNCTIONS;
  size_t payload;
  int error = call(h, put(h->buffer + 4, &type, 1), &payload);
  if (error) return error;
  uint32_t bits;
  memcpy(&bits, h->buffer, 4);
  *functions = bits;
  return 0;
}

int link_set(struct handle *h, uint8_t what, uint32_t value) {
  if (h->socket < 0) return 0;
  uint8_t *at = put(h->buffer + 4, &what, 1);
  size_t payload;
  return call(h, put(at, &value, 4), &payload);
}

static int answer_inside(const struct handle *h, const struct message *list, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    if (list[i].flags & I2C_M_RD) memset(list[i].bytes, h->inside, list[i].length);
  }
  return 0;
}

static uint8_t *put_messages(uint8_t *at, const struct message *list, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    at = put(at, &list[i].address, 2);
    at = put(at, &list[i].flags, 2);
    at = put(at, &list[i].length, 2);
    if (!(list[i].flags & I2C_M_RD) && list[i].length > 0) at = put(at, list[i].bytes, list[i].length);
  }
  return at;
}

int link_transfer(struct handle *h, struct message *list, unsigned count, uint32_t need) {
  if (h->socket < 0) return answer_inside(h, list, count);
  h->debt_ms += take_debt(h->bus);
  double asked_ms = now_ms() - h->debt_ms;
  size_t bytes = 64;
  for (unsigned i = 0; i < count; i++) bytes += 6u + list[i].length;
  if (room(h, bytes)) return ENOMEM;
  uint8_t type = TYPE_TRANSFER;
  uint8_t *at = put(h->buffer + 4, &type, 1);
  at = put(at, &asked_ms, 8);
  at = put(at, &need, 4);
  at = put(at, &count, 4);
  size_t payload, used = 0;
  int error = call(h, put_messages(at, list, count), &payload);
  if (error) return error;
  for (unsigned i = 0; i < count; i++) {
    if (!(list[i].flags & I2C_M_RD)) continue;
    if (used + list[i].length > payload) return EPROTO;
    if (list[i].length > 0) memcpy(list[i].bytes, h->buffer + used, list[i].length);
    used += list[i].length;
  }
  return 0;
}
