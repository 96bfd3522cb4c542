/*
 * What drivers/i2c/i2c-dev.c of the kernel does with ioctl, read and write: its checks, its limits, its errno values.
 * Documentation/i2c/dev-interface.rst and include/uapi/linux/i2c-dev.h of Linux 6.1 are the reference. Not checked: that
 * pointers are readable (the kernel answers EFAULT, this one crashes like any C library would).
 */
#define _GNU_SOURCE
#include "fake.h"

#include <errno.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>

enum { LONGEST_MESSAGE = 8192, SMALLEST_TIMEOUT_MS = 10 };

static int fail(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

static int transfer(struct handle *h, struct message *list, unsigned count, uint32_t need) {
  pthread_mutex_lock(&h->lock);
  int error = link_transfer(h, list, count, need);
  pthread_mutex_unlock(&h->lock);
  return error;
}

static int set(struct handle *h, uint8_t what, uint32_t value) {
  pthread_mutex_lock(&h->lock);
  int error = link_set(h, what, value);
  pthread_mutex_unlock(&h->lock);
  return fail(error);
}

static int do_functions(struct handle *h, unsigned long *functions) {
  pthread_mutex_lock(&h->lock);
  int error = link_functions(h, functions);
  pthread_mutex_unlock(&h->lock);
  return fail(error);
}

static int do_rdwr(struct handle *h, const struct i2c_rdwr_ioctl_data *data) {
  if (data == NULL) return fail(EFAULT);
  if (data->msgs == NULL || data->nmsgs == 0) return fail(EINVAL);
  if (data->nmsgs > I2C_RDWR_IOCTL_MAX_MSGS) return fail(EINVAL);
  struct message list[I2C_RDWR_IOCTL_MAX_MSGS];
  for (unsigned i = 0; i < data->nmsgs; i++) {
    const struct i2c_msg *m = &data->msgs[i];
    if (m->len > LONGEST_MESSAGE) return fail(EINVAL);
    if (m->buf == NULL && m->len > 0) return fail(EFAULT);
    if (m->flags & (I2C_M_RECV_LEN | I2C_M_TEN | I2C_M_NOSTART)) return fail(EOPNOTSUPP);
    list[i] = (struct message){m->addr, m->flags, m->len, m->buf};
  }
  int error = transfer(h, list, data->nmsgs, I2C_FUNC_I2C);
  return error ? fail(error) : (int)data->nmsgs;
}

/* A byte or word register: written in one message, or pointed at and then read after a repeated START. */
static int smbus_register(struct handle *h, const struct i2c_smbus_ioctl_data *s, unsigned width) {
  uint8_t out[3] = {s->command};
  if (s->read_write == I2C_SMBUS_WRITE) {
    uint32_t need = width == 1 ? I2C_FUNC_SMBUS_WRITE_BYTE_DATA : I2C_FUNC_SMBUS_WRITE_WORD_DATA;
    out[1] = width == 1 ? s->data->byte : (uint8_t)s->data->word;
    out[2] = (uint8_t)(s->data->word >> 8);
    struct message one = {h->address, 0, (uint16_t)(1 + width), out};
    return fail(transfer(h, &one, 1, need));
  }
  uint32_t need = width == 1 ? I2C_FUNC_SMBUS_READ_BYTE_DATA : I2C_FUNC_SMBUS_READ_WORD_DATA;
  uint8_t in[2] = {0, 0};
  struct message two[2] = {{h->address, 0, 1, out}, {h->address, I2C_M_RD, (uint16_t)width, in}};
  int error = transfer(h, two, 2, need);
  if (error) return fail(error);
  if (width == 1) s->data->byte = in[0];
  else s->data->word = (uint16_t)(in[0] | in[1] << 8);
  return 0;
}

static int smbus_byte(struct handle *h, const struct i2c_smbus_ioctl_data *s) {
  uint8_t byte = s->command;
  int reads = s->read_write == I2C_SMBUS_READ;
  struct message one = {h->address, reads ? I2C_M_RD : 0, 1, &byte};
  int error = transfer(h, &one, 1, reads ? I2C_FUNC_SMBUS_READ_BYTE : I2C_FUNC_SMBUS_WRITE_BYTE);
  if (!error && reads) s->data->byte = byte;
  return fail(error);
}

/* i2cdetect needs "quick" and "byte"; i2cget and i2cset the registers. Blocks are left out. */
static int do_smbus(struct handle *h, const struct i2c_smbus_ioctl_data *s) {
  if (s == NULL) return fail(EFAULT);
  if (s->read_write != I2C_SMBUS_READ && s->read_write != I2C_SMBUS_WRITE) return fail(EINVAL);
  if (s->size > I2C_SMBUS_I2C_BLOCK_DATA) return fail(EINVAL);
  if (s->size == I2C_SMBUS_QUICK) {
    struct message one = {h->address, s->read_write == I2C_SMBUS_READ ? I2C_M_RD : 0, 0, NULL};
    return fail(transfer(h, &one, 1, I2C_FUNC_SMBUS_QUICK));
  }
  if (s->data == NULL && !(s->size == I2C_SMBUS_BYTE && s->read_write == I2C_SMBUS_WRITE)) return fail(EINVAL);
  if (s->size == I2C_SMBUS_BYTE) return smbus_byte(h, s);
  if (s->size == I2C_SMBUS_BYTE_DATA) return smbus_register(h, s, 1);
  if (s->size == I2C_SMBUS_WORD_DATA) return smbus_register(h, s, 2);
  return fail(EOPNOTSUPP);
}

static int do_address(struct handle *h, unsigned long request, unsigned long address) {
  if (address > 0x7f) return fail(EINVAL);
  if (request == I2C_SLAVE && set(h, SET_ADDRESS, (uint32_t)address) != 0) return -1;
  h->address = (uint16_t)address;
  return 0;
}

int device_ioctl(struct handle *h, unsigned long request, void *argument) {
  unsigned long value = (unsigned long)argument;
  switch (request) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
      return do_address(h, request, value);
    case I2C_TENBIT:
    case I2C_PEC:
      return value ? fail(EOPNOTSUPP) : 0;
    case I2C_FUNCS:
      return argument == NULL ? fail(EFAULT) : do_functions(h, argument);
    case I2C_RDWR:
      return do_rdwr(h, argument);
    case I2C_SMBUS:
      return do_smbus(h, argument);
    case I2C_RETRIES:
      return value > INT_MAX ? fail(EINVAL) : set(h, SET_RETRIES, (uint32_t)value);
    case I2C_TIMEOUT: /* in units of 10 ms */
      if (value > INT_MAX / SMALLEST_TIMEOUT_MS) return fail(EINVAL);
      return set(h, SET_TIMEOUT_MS, (uint32_t)value * SMALLEST_TIMEOUT_MS);
    default:
      return fail(ENOTTY);
  }
}

ssize_t device_read(struct handle *h, void *bytes, size_t count) {
  uint16_t length = count > LONGEST_MESSAGE ? LONGEST_MESSAGE : (uint16_t)count;
  struct message one = {h->address, I2C_M_RD, length, bytes};
  int error = transfer(h, &one, 1, I2C_FUNC_I2C);
  return error ? fail(error) : length;
}

ssize_t device_write(struct handle *h, const void *bytes, size_t count) {
  uint16_t length = count > LONGEST_MESSAGE ? LONGEST_MESSAGE : (uint16_t)count;
  struct message one = {h->address, 0, length, (uint8_t *)(uintptr_t)bytes};
  int error = transfer(h, &one, 1, I2C_FUNC_I2C);
  return error ? fail(error) : length;
}
