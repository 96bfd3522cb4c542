// SPDX-License-Identifier: GPL-2.0
/* See spisim.h. Written for Linux 6.1. */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "spisim.h"

static struct miscdevice misc;

struct rec {
	struct list_head list;
	struct spisim_event ev;
	u8 data[];
};

struct sim {
	struct mutex setup_lock;
	struct spisim_setup set;
	bool ready;

	spinlock_t lock;                /* everything below */
	bool dead;
	struct list_head events;
	wait_queue_head_t wq;
	u32 seq;                        /* of the pending message */
	bool pending;
	struct spi_message *msg;
	int result;
	struct completion done;

	struct spi_controller *ctlr;
};

static struct rec *new_rec(u32 type, size_t len)
{
	struct rec *r = kzalloc(sizeof(*r) + len, GFP_KERNEL);

	if (r) {
		r->ev.type = type;
		r->ev.len = len;
		r->ev.ns = ktime_get_ns();
	}
	return r;
}

static void push(struct sim *s, struct rec *r)          /* s->lock held */
{
	list_add_tail(&r->list, &s->events);
	wake_up_interruptible(&s->wq);
}

/* ---- SPI side ---- */

static u16 in_us(const struct spi_delay *d)
{
	return d->unit == SPI_DELAY_UNIT_NSECS ? DIV_ROUND_UP(d->value, 1000) : d->value;
}

static struct rec *record_of(struct spi_message *m)
{
	struct spi_transfer *t;
	size_t len = 0;
	struct rec *r;
	u32 count = 0;
	u8 *p;

	list_for_each_entry(t, &m->transfers, transfer_list) {
		len += sizeof(struct spisim_transfer) + t->len;
		count++;
	}
	r = new_rec(SPISIM_EV_MESSAGE, len);
	if (!r)
		return NULL;
	p = r->data;
	list_for_each_entry(t, &m->transfers, transfer_list) {
		struct spisim_transfer h = {
			.len = t->len, .speed_hz = t->speed_hz, .delay_us = in_us(&t->delay),
			.word_delay_us = in_us(&t->word_delay), .cs_change = t->cs_change,
		};

		memcpy(p, &h, sizeof(h));
		p += sizeof(h);
		if (t->tx_buf)
			memcpy(p, t->tx_buf, t->len);
		p += t->len;
	}
	r->ev.a = count;
	r->ev.b = m->spi->mode;
	r->ev.c = m->spi->bits_per_word;
	return r;
}

static int sim_message(struct spi_controller *ctlr, struct spi_message *m)
{
	struct sim *s = *(struct sim **)spi_controller_get_devdata(ctlr);
	struct spi_transfer *t;
	struct rec *r = record_of(m);

	m->status = -ENOMEM;
	if (!r)
		goto out;
	spin_lock_irq(&s->lock);
	if (s->dead) {
		spin_unlock_irq(&s->lock);
		kfree(r);
		m->status = -ENODEV;
		goto out;
	}
	r->ev.seq = ++s->seq;
	s->msg = m;
	s->pending = true;
	reinit_completion(&s->done);
	push(s, r);
	spin_unlock_irq(&s->lock);

	wait_for_completion_timeout(&s->done, msecs_to_jiffies(s->set.timeout_ms ? s->set.timeout_ms : 5000));

	spin_lock_irq(&s->lock);
	m->status = s->pending ? -ETIMEDOUT : s->result;
	s->pending = false;
	s->msg = NULL;
	spin_unlock_irq(&s->lock);
	if (!m->status)
		list_for_each_entry(t, &m->transfers, transfer_list)
			m->actual_length += t->len;
out:
	spi_finalize_current_message(ctlr);
	return 0;
}

/* Fill MISO from buf and wake the caller; s->lock held. */
static int reply(struct sim *s, const struct spisim_cmd *c, const u8 *buf)
{
	struct spi_transfer *t;
	size_t want = 0;

	if (!s->pending || c->seq != s->seq)
		return -ESTALE;
	if (!c->result)
		list_for_each_entry(t, &s->msg->transfers, transfer_list)
			want += t->len;
	if (c->result > 0 || c->len != want)
		return -EINVAL;
	if (!c->result)
		list_for_each_entry(t, &s->msg->transfers, transfer_list) {
			if (t->rx_buf)
				memcpy(t->rx_buf, buf, t->len);
			buf += t->len;
		}
	s->result = c->result;
	s->pending = false;
	complete(&s->done);
	return 0;
}

/* ---- /dev/spisim ---- */

static int setup(struct sim *s, const char __user *buf, size_t n)
{
	struct spi_board_info chip = { .modalias = "dh2228fv", .mode = SPI_MODE_0 };
	struct rec *r;
	int ret;

	if (n != sizeof(s->set))
		return -EINVAL;
	if (copy_from_user(&s->set, buf, n))
		return -EFAULT;
	r = new_rec(SPISIM_EV_READY, 0);
	if (!r)
		return -ENOMEM;
	s->ctlr = spi_alloc_master(misc.this_device, sizeof(s));
	if (!s->ctlr) {
		kfree(r);
		return -ENOMEM;
	}
	*(struct sim **)spi_controller_get_devdata(s->ctlr) = s;
	s->ctlr->bus_num = s->set.bus_nr;
	s->ctlr->num_chipselect = 1;
	s->ctlr->mode_bits = SPI_CPOL | SPI_CPHA | SPI_CS_HIGH | SPI_LSB_FIRST;
	s->ctlr->transfer_one_message = sim_message;
	ret = spi_register_controller(s->ctlr);
	if (ret) {
		spi_controller_put(s->ctlr);
		kfree(r);
		return ret;
	}
	chip.max_speed_hz = s->set.max_speed_hz ? s->set.max_speed_hz : 10000000;
	if (!spi_new_device(s->ctlr, &chip)) {
		spi_unregister_controller(s->ctlr);
		kfree(r);
		return -ENODEV;
	}
	r->ev.a = s->ctlr->bus_num;
	spin_lock_irq(&s->lock);
	push(s, r);
	spin_unlock_irq(&s->lock);
	s->ready = true;
	return 0;
}

static int dev_open(struct inode *ino, struct file *f)
{
	struct sim *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->setup_lock);
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->events);
	init_waitqueue_head(&s->wq);
	init_completion(&s->done);
	f->private_data = s;
	return stream_open(ino, f);
}

static int dev_release(struct inode *ino, struct file *f)
{
	struct sim *s = f->private_data;
	struct rec *r, *t;

	spin_lock_irq(&s->lock);
	s->dead = true;
	if (s->pending) {
		s->result = -ENODEV;
		s->pending = false;
		complete(&s->done);
	}
	spin_unlock_irq(&s->lock);
	if (s->ready)
		spi_unregister_controller(s->ctlr);
	list_for_each_entry_safe(r, t, &s->events, list)
		kfree(r);
	kfree(s);
	return 0;
}

static ssize_t dev_read(struct file *f, char __user *buf, size_t n, loff_t *off)
{
	struct sim *s = f->private_data;
	struct rec *r;
	size_t len;

	spin_lock_irq(&s->lock);
	while (list_empty(&s->events)) {
		int ret;

		spin_unlock_irq(&s->lock);
		ret = wait_event_interruptible(s->wq, !list_empty(&s->events));
		if (ret)
			return ret;
		spin_lock_irq(&s->lock);
	}
	r = list_first_entry(&s->events, struct rec, list);
	len = sizeof(r->ev) + r->ev.len;
	if (n < len) {
		spin_unlock_irq(&s->lock);
		return -EMSGSIZE;
	}
	list_del(&r->list);
	spin_unlock_irq(&s->lock);
	if (copy_to_user(buf, &r->ev, sizeof(r->ev)) ||
	    copy_to_user(buf + sizeof(r->ev), r->data, r->ev.len))
		len = -EFAULT;
	kfree(r);
	return len;
}

static ssize_t dev_write(struct file *f, const char __user *buf, size_t n, loff_t *off)
{
	struct sim *s = f->private_data;
	struct spisim_cmd c;
	struct rec *end = NULL;
	u8 *data;
	int ret;

	mutex_lock(&s->setup_lock);
	if (!s->ready) {
		ret = setup(s, buf, n);
		mutex_unlock(&s->setup_lock);
		return ret ? ret : n;
	}
	mutex_unlock(&s->setup_lock);

	if (n < sizeof(c) || copy_from_user(&c, buf, sizeof(c)))
		return -EFAULT;
	if (c.len != n - sizeof(c) || c.len > 1 << 20)
		return -EINVAL;
	data = memdup_user(buf + sizeof(c), c.len);
	if (IS_ERR(data))
		return PTR_ERR(data);
	if (c.type == SPISIM_CMD_END) {
		end = new_rec(SPISIM_EV_END, 0);
		if (!end) {
			kfree(data);
			return -ENOMEM;
		}
	}
	spin_lock_irq(&s->lock);
	switch (c.type) {
	case SPISIM_CMD_REPLY:
		ret = reply(s, &c, data);
		break;
	case SPISIM_CMD_END:
		push(s, end);
		ret = 0;
		break;
	default:
		ret = -EINVAL;
	}
	spin_unlock_irq(&s->lock);
	kfree(data);
	return ret ? ret : n;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE, .open = dev_open, .release = dev_release,
	.read = dev_read, .write = dev_write, .llseek = no_llseek,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR, .name = "spisim", .fops = &fops,
};

module_misc_device(misc);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("SPI controller served from user space");
