/*
 * A preload library in front of the C library, or of another preload library: one call on a device fails. For devices that stand-ins
 * answer inside the process, where strace sees no system call.
 *
 *   FAIL_PATHS=/dev/i2c-:/dev/gpiochip   calls on paths that begin so, and on what was opened by them, count
 *   FAIL_LOG=FILE                        a line per counted call: its name
 *   FAIL_CALL=ioctl:3:5                  the third counted ioctl of the process fails with errno 5
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST = 4096 };
static atomic_bool ours[MOST];
static atomic_int count;

#define NEXT(result, name, ...)     \
  static result (*next)(__VA_ARGS__); \
  if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, name)

/* Counts a call. 0 when it shall be made, else its errno. */
static int failure(const char *name) {
  const char *log = getenv("FAIL_LOG");
  if (log != NULL) {
    FILE *file = fopen(log, "a");
    if (file != NULL) {
      fprintf(file, "%s(\n", name);
      fclose(file);
    }
  }
  const char *order = getenv("FAIL_CALL");
  size_t length = strlen(name);
  if (order == NULL || strncmp(order, name, length) != 0 || order[length] != ':') return 0;
  char *end;
  long when = strtol(order + length + 1, &end, 10);
  return atomic_fetch_add(&count, 1) + 1 == when ? atoi(end + 1) : 0;
}

static int is_ours(const char *path) {
  const char *list = getenv("FAIL_PATHS");
  for (const char *at = list; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, ":");
    if (strncmp(path, at, length) == 0) return 1;
    at += length + (at[length] == ':');
  }
  return 0;
}

static int fails(const char *name) {
  int error = failure(name);
  if (error != 0) errno = error;
  return error != 0;
}

static int opened(int fd) {
  if (fd >= 0 && fd < MOST) ours[fd] = 1;
  return fd;
}

static int counts(int fd) { return fd >= 0 && fd < MOST && ours[fd]; }

#define OPEN(function)                                                  \
  int function(const char *path, int flags, ...) {                      \
    NEXT(int, #function, const char *, int, ...);                       \
    va_list rest;                                                       \
    va_start(rest, flags);                                              \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                       \
    if (!is_ours(path)) return next(path, flags, mode);                 \
    return fails("open") ? -1 : opened(next(path, flags, mode));        \
  }
OPEN(open)
OPEN(open64)

int ioctl(int fd, unsigned long request, ...) {
  NEXT(int, "ioctl", int, unsigned long, ...);
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (!counts(fd)) return next(fd, request, argument);
  if (fails("ioctl")) return -1;
  int result = next(fd, request, argument);
  if (result >= 0 && request == GPIO_V2_GET_LINE_IOCTL)
    opened(((struct gpio_v2_line_request *)argument)->fd);
  return result;
}

#define FCNTL(function)                          \
  int function(int fd, int command, ...) {       \
    NEXT(int, #function, int, int, ...);         \
    va_list rest;                                \
    va_start(rest, command);                     \
    void *argument = va_arg(rest, void *);       \
    va_end(rest);                                \
    if (counts(fd) && fails("fcntl")) return -1; \
    return next(fd, command, argument);          \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

/* What it closes is closed all the same, as on Linux. */
int close(int fd) {
  NEXT(int, "close", int);
  int was_ours = counts(fd);
  if (fd >= 0 && fd < MOST) ours[fd] = 0;
  int result = next(fd);
  return was_ours && fails("close") ? -1 : result;
}
