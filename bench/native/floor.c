/*
 * The control: sends the frames of a script and waits as long as the script says, with nothing of a flasher around it.
 *   floor DEVICE ADDRESS SCRIPT
 * A line of the script: "w HEX" one write frame; "r LENGTH" one read frame; "p FIRST_US INTERVAL_US" one-byte reads, the first
 * after FIRST_US, until the byte is not 76 (busy); it must be 79. Prints the number of frames, of busy
 * bytes, and the milliseconds from the first frame to the last.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

static int device;
static unsigned short address;
static unsigned long frames, busy, line_number;

static void stop(const char *what) {
  fprintf(stderr, "floor: line %lu: %s: %s\n", line_number, what, strerror(errno));
  exit(1);
}

static void frame(unsigned short flags, unsigned char *bytes, unsigned short length) {
  struct i2c_msg message = {address, flags, length, bytes};
  struct i2c_rdwr_ioctl_data data = {&message, 1};
  frames++;
  if (ioctl(device, I2C_RDWR, &data) != 1) stop("I2C_RDWR");
}

static void wait_us(long us) {
  if (us <= 0) return;
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* The chip resets itself when nobody asks for longer: 500 ms on the least patient ones (AN2606). */
enum { LONGEST_SILENCE_US = 400000 };

static void poll_status(long first_us, long interval_us) {
  unsigned char status = 0x76;
  long wait = first_us;
  for (;;) {
    long now = wait > LONGEST_SILENCE_US ? LONGEST_SILENCE_US : wait;
    wait_us(now);
    frame(I2C_M_RD, &status, 1);
    if (status != 0x76) break;
    busy++;
    wait = wait > now ? wait - now : interval_us;
  }
  errno = EPROTO;
  if (status != 0x79) stop("status");
}

static unsigned short unhex(const char *hex, unsigned char *bytes) {
  static const char digits[] = "0123456789abcdef";
  unsigned short count = 0;
  const char *high, *low;
  while ((high = memchr(digits, hex[0], 16)) != NULL && (low = memchr(digits, hex[1], 16)) != NULL) {
    bytes[count++] = (unsigned char)((high - digits) << 4 | (low - digits));
    hex += 2;
  }
  return count;
}

struct step {
  char kind;
  unsigned short length;
  unsigned char *bytes;
  long first_us, interval_us;
};

static struct step parse(const char *line) {
  struct step step = {.kind = line[0]};
  if (line[0] == 'p' && sscanf(line, "p %ld %ld", &step.first_us, &step.interval_us) == 2) return step;
  if (line[0] != 'w' && line[0] != 'r') stop("unknown line");
  step.length = line[0] == 'r' ? (unsigned short)strtoul(line + 2, NULL, 10) : (unsigned short)(strlen(line) / 2);
  step.bytes = calloc(1, (size_t)step.length + 1);
  if (step.bytes == NULL) stop("memory");
  if (line[0] == 'w') step.length = unhex(line + 2, step.bytes);
  return step;
}

static size_t read_script(const char *path, struct step **steps) {
  static char line[20000];
  size_t count = 0, room = 0;
  FILE *script = fopen(path, "r");
  if (script == NULL) stop(path);
  while (fgets(line, sizeof line, script) != NULL) {
    line_number++;
    if (count == room) *steps = realloc(*steps, (room = room * 2 + 1024) * sizeof **steps);
    if (*steps == NULL) stop("memory");
    (*steps)[count++] = parse(line);
  }
  fclose(script);
  return count;
}

int main(int argc, char **argv) {
  struct step *steps = NULL;
  struct timespec start, end;
  if (argc != 4) return fprintf(stderr, "floor DEVICE ADDRESS SCRIPT\n"), 2;
  prctl(PR_SET_TIMERSLACK, 1UL); /* sleeps of a millisecond end up to 50 us late without it */
  device = open(argv[1], O_RDWR | O_CLOEXEC);
  if (device < 0) stop(argv[1]);
  address = (unsigned short)strtoul(argv[2], NULL, 0);
  size_t count = read_script(argv[3], &steps);
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (size_t i = 0; i < count; i++) {
    line_number = i + 1;
    if (steps[i].kind == 'w') frame(0, steps[i].bytes, steps[i].length);
    else if (steps[i].kind == 'r') frame(I2C_M_RD, steps[i].bytes, steps[i].length);
    else poll_status(steps[i].first_us, steps[i].interval_us);
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double ms = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
  printf("%lu %lu %.3f\n", frames, busy, ms);
  return 0;
}
