/*
 * The control: sends the frames of a script and waits as long as the script says, with nothing of a flasher around it.
 *   floor DEVICE ADDRESS SCRIPT
 * A line of the script: "w HEX" one write frame; "r LENGTH" one read frame; "p FIRST_US INTERVAL_US" one-byte reads, the first
 * after FIRST_US, until the byte is not 76 (busy); it must be 79. Prints the number of frames and of busy bytes.
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
  unsigned short count = 0;
  unsigned value;
  for (; sscanf(hex, "%2x", &value) == 1; hex += 2) bytes[count++] = (unsigned char)value;
  return count;
}

int main(int argc, char **argv) {
  static char line[20000];
  static unsigned char bytes[8192];
  if (argc != 4) return fprintf(stderr, "floor DEVICE ADDRESS SCRIPT\n"), 2;
  prctl(PR_SET_TIMERSLACK, 1UL); /* sleeps of a millisecond end up to 50 us late without it */
  device = open(argv[1], O_RDWR | O_CLOEXEC);
  if (device < 0) stop(argv[1]);
  address = (unsigned short)strtoul(argv[2], NULL, 0);
  FILE *script = fopen(argv[3], "r");
  if (script == NULL) stop(argv[3]);
  while (fgets(line, sizeof line, script) != NULL) {
    long first, interval;
    line_number++;
    if (line[0] == 'w') frame(0, bytes, unhex(line + 2, bytes));
    else if (line[0] == 'r') frame(I2C_M_RD, bytes, (unsigned short)strtoul(line + 2, NULL, 10));
    else if (sscanf(line, "p %ld %ld", &first, &interval) == 2) poll_status(first, interval);
    else stop("unknown line");
  }
  printf("%lu %lu\n", frames, busy);
  return 0;
}
