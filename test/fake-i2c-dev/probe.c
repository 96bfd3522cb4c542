/*
 * A client of /dev/i2c-N that does what its arguments say, one result a line: for tests of the device itself.
 *   probe DEVICE COMMAND...
 *     funcs   w:56:01FE   r:56:3   wr:56:01:3 (repeated START)   ws:56:01:3 (I2C_M_STOP between)   many:56:43   long:56:8193 (a read of that length)
 *     slave:56   force:56   write:01FE   read:3   timeout:100 (in 10 ms)   retries:3   lock   stat   dup   ioctl:1234
 *     fork   spawn:4:56:100 (four threads, each with its own descriptor, 100 reads)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int device;
static const char *path;

static void report(long result, const unsigned char *bytes, int count) {
  if (result < 0) {
    printf("%s\n", strerrorname_np(errno));
    return;
  }
  printf("%ld", result);
  for (int i = 0; i < count; i++) printf("%s%02X", i ? "" : " ", bytes[i]);
  printf("\n");
}

static int parse(const char *hex, unsigned char *bytes) {
  int n = 0;
  unsigned value;
  while (sscanf(hex + 2 * n, "%2x", &value) == 1) bytes[n++] = (unsigned char)value;
  return n;
}

static int transfer(struct i2c_msg *list, unsigned count) {
  struct i2c_rdwr_ioctl_data data = {list, count};
  return ioctl(device, I2C_RDWR, &data);
}

static void messages(unsigned address, unsigned count) {
  struct i2c_msg list[64];
  unsigned char byte = 0;
  for (unsigned i = 0; i < count; i++) list[i] = (struct i2c_msg){(unsigned short)address, I2C_M_RD, 1, &byte};
  report(transfer(list, count), NULL, 0);
}

static void *reader(void *argument) {
  const unsigned *p = argument;
  long failures = 0;
  int own = open(path, O_RDWR);
  for (unsigned i = 0; i < p[1]; i++) {
    unsigned char bytes[4];
    struct i2c_msg m = {(unsigned short)p[0], I2C_M_RD, 4, bytes};
    struct i2c_rdwr_ioctl_data data = {&m, 1};
    if (ioctl(own, I2C_RDWR, &data) != 1 || bytes[3] != 0x79) failures++;
  }
  close(own);
  return (void *)failures;
}

static void spawn(int threads, unsigned address, unsigned reads) {
  pthread_t list[16];
  unsigned p[2] = {address, reads};
  long failures = 0;
  for (int i = 0; i < threads; i++) pthread_create(&list[i], NULL, reader, p);
  for (int i = 0; i < threads; i++) {
    void *result;
    pthread_join(list[i], &result);
    failures += (long)result;
  }
  report(failures, NULL, 0);
}

/* A lock of another process on the same device must be seen. */
static void lock(void) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x56, .l_len = 1};
  report(fcntl(device, F_OFD_SETLK, &whole), NULL, 0);
  fflush(stdout);
  if (fork() == 0) {
    int other = open(path, O_RDWR);
    report(fcntl(other, F_OFD_SETLK, &whole), NULL, 0);
    whole.l_start = 0x57;
    report(fcntl(other, F_OFD_SETLK, &whole), NULL, 0);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
}

static void duplicate(void) {
  unsigned char byte = 0;
  int copy = dup(device);
  struct i2c_msg m = {0x56, I2C_M_RD, 1, &byte};
  struct i2c_rdwr_ioctl_data data = {&m, 1};
  close(device);
  device = copy;
  report(ioctl(copy, I2C_RDWR, &data), &byte, 1);
}

static void run(const char *command) {
  unsigned char out[8192], in[9000];
  char hex[8192] = "";
  unsigned address, length, more;
  unsigned long mask;
  struct stat s;
  if (strcmp(command, "funcs") == 0) {
    if (ioctl(device, I2C_FUNCS, &mask) < 0) report(-1, NULL, 0);
    else printf("%08lX\n", mask);
  } else if (sscanf(command, "wr:%x:%8191[^:]:%u", &address, hex, &length) == 3 ||
             sscanf(command, "ws:%x:%8191[^:]:%u", &address, hex, &length) == 3) {
    unsigned short flags = command[1] == 's' ? I2C_M_STOP : 0;
    struct i2c_msg m[2] = {{(unsigned short)address, flags, (unsigned short)parse(hex, out), out},
                           {(unsigned short)address, I2C_M_RD, (unsigned short)length, in}};
    report(transfer(m, 2), in, (int)length);
  } else if (sscanf(command, "w:%x:%8191s", &address, hex) >= 1) {
    struct i2c_msg m = {(unsigned short)address, 0, (unsigned short)parse(hex, out), out};
    report(transfer(&m, 1), NULL, 0);
  } else if (sscanf(command, "r:%x:%u", &address, &length) == 2 || sscanf(command, "long:%x:%u", &address, &length) == 2) {
    struct i2c_msg m = {(unsigned short)address, I2C_M_RD, (unsigned short)length, in};
    report(transfer(&m, 1), in, length > 64 ? 0 : (int)length);
  } else if (sscanf(command, "many:%x:%u", &address, &length) == 2) messages(address, length);
  else if (sscanf(command, "slave:%x", &address) == 1) report(ioctl(device, I2C_SLAVE, (long)address), NULL, 0);
  else if (sscanf(command, "force:%x", &address) == 1) report(ioctl(device, I2C_SLAVE_FORCE, (long)address), NULL, 0);
  else if (sscanf(command, "write:%8191s", hex) == 1) report(write(device, out, (size_t)parse(hex, out)), NULL, 0);
  else if (sscanf(command, "read:%u", &length) == 1) report(read(device, in, length), in, (int)length);
  else if (sscanf(command, "timeout:%lu", &mask) == 1) report(ioctl(device, I2C_TIMEOUT, mask), NULL, 0);
  else if (sscanf(command, "retries:%lu", &mask) == 1) report(ioctl(device, I2C_RETRIES, mask), NULL, 0);
  else if (sscanf(command, "ioctl:%x", &address) == 1) report(ioctl(device, address, 0), NULL, 0);
  else if (sscanf(command, "spawn:%u:%x:%u", &length, &address, &more) == 3) spawn((int)length, address, more);
  else if (strcmp(command, "lock") == 0) lock();
  else if (strcmp(command, "dup") == 0) duplicate();
  else if (strcmp(command, "stat") == 0) {
    printf("%d%d\n", stat(path, &s) == 0 && S_ISCHR(s.st_mode), fstat(device, &s) == 0 && S_ISCHR(s.st_mode));
  } else printf("unknown command\n");
}

int main(int argc, char **argv) {
  path = argv[1];
  device = open(path, O_RDWR | O_CLOEXEC);
  if (device < 0) {
    printf("open: %s\n", strerrorname_np(errno));
    return 1;
  }
  for (int i = 2; i < argc; i++) run(argv[i]);
  return close(device);
}
