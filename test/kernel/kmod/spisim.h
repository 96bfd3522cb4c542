/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spisim: an SPI controller with one device (spidev, chip select 0) served by a user-space
 * program through /dev/spisim.  Plain read()/write() only, native byte order.
 *
 *   open  -> write(struct spisim_setup) -> controller and /dev/spidevN.0 appear
 *         -> read() returns exactly one event record per call
 *         -> write() takes exactly one struct spisim_cmd (+ data) per call
 *   close -> the controller goes away; a pending message ends with -ENODEV
 *
 * One event is one spi_message: one SPI_IOC_MESSAGE or read() or write() of spidev, during which
 * the chip select is held.
 */
#ifndef SPISIM_H
#define SPISIM_H
#include <linux/types.h>

struct spisim_setup {                   /* 16 bytes */
	__s32 bus_nr;                   /* wanted N of /dev/spidevN.0, -1: any */
	__u32 max_speed_hz;             /* of the device; 0: 10 MHz */
	__u32 timeout_ms;               /* a message that nobody answers: -ETIMEDOUT; 0: 5000 */
	__u32 pad;
};

enum { SPISIM_EV_READY, SPISIM_EV_MESSAGE, SPISIM_EV_END };

struct spisim_event {                   /* 32 bytes, then payload */
	__u32 type;
	__u32 len;                      /* bytes of payload that follow */
	__u64 ns;                       /* CLOCK_MONOTONIC */
	__u32 seq;                      /* MESSAGE */
	__u32 a;                        /* READY: bus number; MESSAGE: number of transfers */
	__u32 b;                        /* MESSAGE: spi_device->mode */
	__u32 c;                        /* MESSAGE: bits per word */
};
/* MESSAGE payload: for each transfer this header, then len bytes of MOSI */
struct spisim_transfer {                /* 16 bytes */
	__u32 len;
	__u32 speed_hz;
	__u16 delay_us;                 /* after the transfer */
	__u16 word_delay_us;            /* between its words */
	__u32 cs_change;
};

enum { SPISIM_CMD_REPLY, SPISIM_CMD_END };

struct spisim_cmd {                     /* 16 bytes, then data */
	__u32 type;
	__u32 seq;                      /* REPLY: from the event */
	__s32 result;                   /* REPLY: 0 or -errno */
	__u32 len;                      /* REPLY: MISO of all transfers, in order */
};
#endif
