/* What the three parts of the preload library share. See README.md for the whole picture. */
#ifndef BOOTLACE_FAKE_I2C_H
#define BOOTLACE_FAKE_I2C_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One open file description of /dev/i2c-N; several descriptors share it after dup(). */
struct handle {
  pthread_mutex_t lock;    /* the adapter lock: one transfer at a time per open file */
  int references;          /* guarded by the table's lock in preload.c */
  int socket;              /* -1: answers inside */
  unsigned bus;            /* N of /dev/i2c-N */
  double debt_ms;          /* real time minus bus time at the last return: see link.c */
  uint16_t address;        /* set by I2C_SLAVE */
  uint8_t inside;          /* the byte that every read gets when there is no server */
  uint8_t *buffer;         /* request and reply */
  size_t buffer_bytes;
};

/* One message of a transfer, as struct i2c_msg. */
struct message {
  uint16_t address;
  uint16_t flags;
  uint16_t length;
  uint8_t *bytes;
};

/* link.c: all return 0 or an errno. */
int link_open(struct handle *h, const char *root, unsigned bus);
void link_close(struct handle *h);
int link_functions(struct handle *h, unsigned long *functions);
int link_set(struct handle *h, uint8_t what, uint32_t value);
/* `need` is the functionality bit that the adapter must have, else EOPNOTSUPP. */
int link_transfer(struct handle *h, struct message *list, unsigned count, uint32_t need);

enum { SET_TIMEOUT_MS = 4, SET_RETRIES = 5, SET_ADDRESS = 6 };

/* i2c-dev.c: as the system calls, errno set. */
int device_ioctl(struct handle *h, unsigned long request, void *argument);
ssize_t device_read(struct handle *h, void *bytes, size_t count);
ssize_t device_write(struct handle *h, const void *bytes, size_t count);

/* preload.c: the real close(), for descriptors that are not ours. */
int real_close(int fd);

#endif
