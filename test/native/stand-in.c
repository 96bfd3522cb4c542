/*
 * A preload library for the addon's own tests: it answers open, ioctl and close on /dev/i2c-N, /dev/spidevN.0 and /dev/gpiochip0 inside the
 * process. There is no chip behind it; test/fake-i2c-dev has one. It is told what to do by the environment:
 *
 *   STAND_IN_LOG=FILE        a line per call, in the form of the printf calls below
 *   STAND_IN_FUNCS=MASK      I2C_FUNCS
 *   STAND_IN_REPLIES=HEX     what one-byte reads return, in order and round again; longer reads count up from 0
 *   STAND_IN_FAIL=N:ERRNO    the Nth I2C_RDWR of the process (from 0) fails; N=* all
 *   STAND_IN_SHORT=N         the Nth I2C_RDWR says it did one message less than asked
 *   STAND_IN_DELAY_US=N      each I2C_RDWR takes that long
 *   STAND_IN_OPEN=ERRNO, STAND_IN_TIMEOUT=ERRNO   these calls fail
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/i2c-dev.h>
#include <linux/spi/spidev.h>
#include <stdint.h>
#include <linux/i2c.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FD = 4096, LINES = 4 };
enum { FREE, I2C, SPI, CHIP, GPIO };

static struct {
  int kind;
  int bus;             /* I2C */
  unsigned offset[64]; /* GPIO */
  unsigned count;
} files[MAX_FD];
static atomic_int transfers, replies;
static int line_values[LINES]; /* logical */
static int line_used[LINES];
static const char *line_names[LINES] = {"BOOT0", "NRST", "", "a-name-that-fills-all-32-bytes--"};

/* Read once: getenv would be most of the cost that the bench measures. */
static struct {
  const char *log, *replies, *fail;
  long funcs, brief, delay_us, open_errno, timeout_errno;
} set;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 0) : otherwise;
}

__attribute__((constructor)) static void read_settings(void) {
  set.log = getenv("STAND_IN_LOG");
  set.replies = getenv("STAND_IN_REPLIES");
  set.fail = getenv("STAND_IN_FAIL");
  set.funcs = number("STAND_IN_FUNCS", I2C_FUNC_I2C);
  set.brief = number("STAND_IN_SHORT", -1);
  set.delay_us = number("STAND_IN_DELAY_US", 0);
  set.open_errno = number("STAND_IN_OPEN", 0);
  set.timeout_errno = number("STAND_IN_TIMEOUT", 0);
}

static int log_fd = -2;
static void say(const char *format, ...) {
  char line[32768];
  va_list args;
  if (log_fd == -2) {
    log_fd = set.log ? (int)syscall(SYS_openat, AT_FDCWD, set.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
  }
  if (log_fd < 0) return;
  va_start(args, format);
  int length = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (length > (int)sizeof line - 1) length = sizeof line - 1;
  if (write(log_fd, line, (size_t)length) < 0) abort();
}

static int fail(int error) {
  errno = error;
  return -1;
}

static int take(int kind, int bus) {
  const char *file = getenv("STAND_IN_FILE"); /* a file of one's own where locks matter */
  int fd = (int)syscall(SYS_openat, AT_FDCWD, file ? file : "/dev/null", O_RDWR | O_CLOEXEC, 0);
  if (fd < 0 || fd >= MAX_FD) abort();
  files[fd].kind = kind;
  files[fd].bus = bus;
  return fd;
}

static int open_ours(const char *path) {
  int bus;
  if (sscanf(path, "/dev/i2c-%d", &bus) == 1) {
    say("open %d\n", bus);
    return set.open_errno ? fail((int)set.open_errno) : take(I2C, bus);
  }
  if (sscanf(path, "/dev/spidev%d.0", &bus) == 1) return take(SPI, bus);
  if (!strcmp(path, "/dev/gpiochip0")) return take(CHIP, 0);
  return -2;
}

#define OPEN(name)                                                       \
  int name(const char *path, int flags, ...) {                           \
    va_list args;                                                        \
    va_start(args, flags);                                               \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;    \
    va_end(args);                                                        \
    int fd = open_ours(path);                                            \
    return fd != -2 ? fd : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

/* Another preload library in front of this one opens what is not its own so. */
int openat64(int folder, const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;
  va_end(args);
  int fd = open_ours(path);
  return fd != -2 ? fd : (int)syscall(SYS_openat, folder, path, flags, mode);
}

int close(int fd) {
  if (fd >= 0 && fd < MAX_FD && files[fd].kind != FREE) {
    if (files[fd].kind == I2C) say("close %d\n", files[fd].bus);
    if (files[fd].kind == GPIO) {
      say("gpio release\n");
      for (unsigned i = 0; i < files[fd].count; ++i) line_used[files[fd].offset[i]] = 0;
    }
    files[fd].kind = FREE;
  }
  return (int)syscall(SYS_close, fd);
}

static unsigned char next_reply(void) {
  const char *hex = set.replies;
  unsigned value = 0x79;
  if (hex) {
    size_t count = strlen(hex) / 2;
    sscanf(hex + 2 * ((size_t)atomic_fetch_add(&replies, 1) % count), "%2x", &value);
  }
  return (unsigned char)value;
}

static void answer(struct i2c_msg *m) {
  if (!(m->flags & I2C_M_RD)) return;
  if (m->flags & I2C_M_RECV_LEN) { /* a block of 3 bytes; buf[0] came as the count of extra bytes */
    unsigned extra = m->buf[0];
    m->buf[0] = 3;
    for (unsigned i = 1; i < 3 + extra; ++i) m->buf[i] = (unsigned char)(0xA0 + i);
  } else if (m->len == 1) {
    m->buf[0] = next_reply();
  } else {
    for (unsigned i = 0; i < m->len; ++i) m->buf[i] = (unsigned char)i;
  }
}

static void log_message(const struct i2c_msg *m, char *text) {
  text += sprintf(text, " %02x/%04x/%u", m->addr, m->flags, m->len);
  if (m->flags & I2C_M_RD) return;
  *text++ = ':';
  for (unsigned i = 0; i < m->len && i < 16; ++i) text += sprintf(text, "%02x", m->buf[i]);
}

static int rdwr(int bus, struct i2c_rdwr_ioctl_data *data) {
  int n = atomic_fetch_add(&transfers, 1);
  const char *fault = set.fail;
  char text[42 * 64];
  text[0] = 0;
  if (set.log) {
    for (unsigned i = 0; i < data->nmsgs; ++i) log_message(&data->msgs[i], text + strlen(text));
    say("begin %d\nrdwr %d%s\n", bus, bus, text);
  }
  if (set.delay_us) usleep((useconds_t)set.delay_us);
  if (set.log) say("end %d\n", bus);
  if (fault && (fault[0] == '*' || atoi(fault) == n)) return fail(atoi(strchr(fault, ':') + 1));
  for (unsigned i = 0; i < data->nmsgs; ++i) answer(&data->msgs[i]);
  return (int)data->nmsgs - (set.brief == n);
}

static int i2c_call(int bus, unsigned long request, void *arg) {
  switch (request) {
    case I2C_FUNCS:
      *(unsigned long *)arg = (unsigned long)set.funcs;
      return 0;
    case I2C_RDWR: return rdwr(bus, arg);
    case I2C_TIMEOUT:
      say("timeout %d %lu\n", bus, (unsigned long)arg);
      return set.timeout_errno ? fail((int)set.timeout_errno) : 0;
    case I2C_RETRIES: say("retries %d %lu\n", bus, (unsigned long)arg); return 0;
    default: return fail(ENOTTY);
  }
}

/* Whatever is sent, 79 comes back. */
static int spi_call(unsigned long request, void *arg) {
  if (_IOC_TYPE(request) != SPI_IOC_MAGIC) return fail(ENOTTY);
  if (request == SPI_IOC_RD_MODE) *(unsigned char *)arg = 0;
  if (_IOC_NR(request) != 0) return 0;
  int length = 0;
  struct spi_ioc_transfer *transfers = arg;
  for (unsigned i = 0; i < _IOC_SIZE(request) / sizeof *transfers; ++i) {
    if (transfers[i].rx_buf) memset((void *)(uintptr_t)transfers[i].rx_buf, 0x79, transfers[i].len);
    length += (int)transfers[i].len;
  }
  return length;
}

static int chip_info(struct gpiochip_info *info) {
  *info = (struct gpiochip_info){.name = "gpiochip0", .label = "stand-in", .lines = LINES};
  return 0;
}

static int line_info(struct gpio_v2_line_info *info) {
  unsigned offset = info->offset;
  if (offset >= LINES) return fail(EINVAL);
  *info = (struct gpio_v2_line_info){.offset = offset, .flags = GPIO_V2_LINE_FLAG_INPUT};
  memcpy(info->name, line_names[offset], strnlen(line_names[offset], sizeof info->name));
  if (line_used[offset]) {
    info->flags = GPIO_V2_LINE_FLAG_USED | GPIO_V2_LINE_FLAG_OUTPUT;
    strcpy(info->consumer, "bootlace");
  }
  return 0;
}

static void set_values(int fd, unsigned long long mask, unsigned long long bits) {
  for (unsigned i = 0; i < files[fd].count; ++i) {
    if (mask >> i & 1) line_values[files[fd].offset[i]] = (int)(bits >> i & 1);
  }
}

static int request_lines(struct gpio_v2_line_request *r) {
  unsigned long long bits = r->config.num_attrs ? r->config.attrs[0].attr.values : 0;
  unsigned long long mask = r->config.num_attrs ? r->config.attrs[0].mask : 0;
  for (unsigned i = 0; i < r->num_lines; ++i) {
    if (r->offsets[i] >= LINES) return fail(EINVAL);
    if (line_used[r->offsets[i]]) return fail(EBUSY);
  }
  r->fd = take(GPIO, 0);
  files[r->fd].count = r->num_lines;
  say("gpio request %s flags %llx lines %u mask %llx bits %llx\n", r->consumer, (unsigned long long)r->config.flags,
      r->num_lines, mask, bits);
  for (unsigned i = 0; i < r->num_lines; ++i) {
    files[r->fd].offset[i] = r->offsets[i];
    line_used[r->offsets[i]] = 1;
  }
  set_values(r->fd, mask, bits);
  return 0;
}

static int gpio_call(int fd, unsigned long request, void *arg) {
  struct gpio_v2_line_values *values = arg;
  switch (request) {
    case GPIO_GET_CHIPINFO_IOCTL: return chip_info(arg);
    case GPIO_V2_GET_LINEINFO_IOCTL: return line_info(arg);
    case GPIO_V2_GET_LINE_IOCTL: return request_lines(arg);
    case GPIO_V2_LINE_SET_VALUES_IOCTL:
      say("gpio set mask %llx bits %llx\n", (unsigned long long)values->mask, (unsigned long long)values->bits);
      if (!values->mask) return fail(EINVAL);
      set_values(fd, values->mask, values->bits);
      return 0;
    case GPIO_V2_LINE_GET_VALUES_IOCTL:
      values->bits = 0;
      for (unsigned i = 0; i < files[fd].count; ++i) {
        if (line_values[files[fd].offset[i]]) values->bits |= 1ULL << i;
      }
      return 0;
    case GPIO_V2_LINE_SET_CONFIG_IOCTL:
      say("gpio configure flags %llx attrs %u\n", (unsigned long long)((struct gpio_v2_line_config *)arg)->flags,
          ((struct gpio_v2_line_config *)arg)->num_attrs);
      return 0;
    default: return fail(ENOTTY);
  }
}

int ioctl(int fd, unsigned long request, ...) {
  va_list args;
  va_start(args, request);
  void *arg = va_arg(args, void *);
  va_end(args);
  int kind = fd >= 0 && fd < MAX_FD ? files[fd].kind : FREE;
  if (kind == I2C) return i2c_call(files[fd].bus, request, arg);
  if (kind == SPI) return spi_call(request, arg);
  if (kind == CHIP || kind == GPIO) return gpio_call(fd, request, arg);
  return (int)syscall(SYS_ioctl, fd, request, arg);
}
