/* SPDX-License-Identifier: GPL-2.0 */
/*
 * i2csim: an I2C adapter (and optional GPIO chip, label "i2csim") served by a user-space
 * program through /dev/i2csim.  Plain read()/write() only, native byte order.
 *
 *   open  -> write(struct i2csim_setup) -> adapter and chip appear
 *         -> read() returns exactly one event record per call (poll() works)
 *         -> write() takes exactly one struct i2csim_cmd (+ data) per call
 *   close -> adapter and chip go away; a pending transfer ends with -ENODEV
 */
#ifndef I2CSIM_H
#define I2CSIM_H
#include <linux/types.h>

#define I2CSIM_LINES 8

enum {                                  /* setup.flags */
	I2CSIM_INTERRUPTIBLE = 1,       /* signals end a transfer (-EINTR), else only SIGKILL */
	I2CSIM_GPIO_REVERT = 2,         /* a released GPIO line becomes an input */
};

struct i2csim_setup {                   /* 208 bytes */
	__s32 bus_nr;                   /* wanted N of /dev/i2c-N, -1: any */
	__u32 functionality;            /* I2C_FUNC_*; without I2C_FUNC_I2C, I2C_RDWR fails */
	__u32 flags;
	__u32 fixed_timeout_ms;         /* 0: honour adapter->timeout (I2C_TIMEOUT) */
	__u32 quirk_max_msgs;           /* i2c_adapter_quirks, 0: no limit */
	__u32 quirk_max_write;
	__u32 quirk_max_read;
	__u32 gpio_lines;               /* 0: no GPIO chip */
	char  line_name[I2CSIM_LINES][16];
	char  adapter_name[48];         /* empty: "i2csim" */
};

enum { I2CSIM_EV_READY, I2CSIM_EV_XFER, I2CSIM_EV_GPIO, I2CSIM_EV_LOST, I2CSIM_EV_END };

struct i2csim_event {                   /* 40 bytes, then payload */
	__u32 type;
	__u32 len;                      /* bytes of payload that follow */
	__u64 ns;                       /* CLOCK_MONOTONIC */
	__u32 seq;                      /* XFER, LOST (timed out or interrupted) */
	__u32 a;                        /* READY: bus number; XFER: number of messages; GPIO: line */
	__u32 b;                        /* XFER: time-out in ms; GPIO: 1 = output */
	__u32 c;                        /* XFER: adapter->retries; GPIO: level driven */
	__u64 pad;
};
/* XFER payload: for each message this header, then len bytes if it is a write */
struct i2csim_msg {
	__u16 addr, flags, len, pad;
};

/* END: read() returns one EV_END, so that a program whose read() blocks can be told to close */
enum { I2CSIM_CMD_REPLY, I2CSIM_CMD_LEVEL, I2CSIM_CMD_END };

struct i2csim_cmd {                     /* 16 bytes, then data */
	__u32 type;
	__u32 seq;                      /* REPLY: from the event; LEVEL: line */
	__s32 result;                   /* REPLY: 0 or -errno; LEVEL: level seen when input */
	__u32 len;                      /* REPLY: all read data, in message order */
};
#endif
