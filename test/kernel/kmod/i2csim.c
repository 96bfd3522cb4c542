// SPDX-License-Identifier: GPL-2.0
/* See i2csim.h. Written for Linux 6.1. */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/gpio/driver.h>
#include <linux/i2c.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "i2csim.h"

static struct miscdevice misc;

struct rec {
	struct list_head list;
	struct i2csim_event ev;
	u8 data[];
};

struct sim {
	struct mutex setup_lock;
	struct i2csim_setup set;
	bool ready;

	spinlock_t lock;                /* everything below */
	bool dead;
	struct list_head events;
	wait_queue_head_t wq;
	u32 seq;                        /* of the pending transfer */
	bool pending;
	struct i2c_msg *msgs;
	int num, result;
	struct completion done;

	struct i2c_adapter adap;
	struct i2c_adapter_quirks quirks;
#ifdef CONFIG_GPIOLIB
	struct gpio_chip gc;
	const char *names[I2CSIM_LINES];
	u8 dir_out, out, in;            /* one bit per line */
#endif
};

static struct rec *new_rec(u32 type, size_t len, gfp_t gfp)
{
	struct rec *r = kzalloc(sizeof(*r) + len, gfp);

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

/* ---- I2C side ---- */

static int sim_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct sim *s = i2c_get_adapdata(adap);
	unsigned long tmo = s->set.fixed_timeout_ms ?
		msecs_to_jiffies(s->set.fixed_timeout_ms) : adap->timeout;
	size_t len = num * sizeof(struct i2csim_msg);
	struct rec *r;
	long left;
	u8 *p;
	int i, ret;

	for (i = 0; i < num; i++) {
		if (msgs[i].flags & I2C_M_RECV_LEN)
			return -EOPNOTSUPP;
		if (!(msgs[i].flags & I2C_M_RD))
			len += msgs[i].len;
	}
	r = new_rec(I2CSIM_EV_XFER, len, GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	for (p = r->data, i = 0; i < num; i++) {
		struct i2csim_msg m = { msgs[i].addr, msgs[i].flags, msgs[i].len };

		memcpy(p, &m, sizeof(m));
		p += sizeof(m);
		if (!(m.flags & I2C_M_RD)) {
			memcpy(p, msgs[i].buf, m.len);
			p += m.len;
		}
	}
	r->ev.a = num;
	r->ev.b = jiffies_to_msecs(tmo);
	r->ev.c = adap->retries;

	spin_lock_irq(&s->lock);
	if (s->dead) {
		spin_unlock_irq(&s->lock);
		kfree(r);
		return -ENODEV;
	}
	r->ev.seq = ++s->seq;
	s->msgs = msgs;
	s->num = num;
	s->pending = true;
	reinit_completion(&s->done);
	push(s, r);
	spin_unlock_irq(&s->lock);

	if (s->set.flags & I2CSIM_INTERRUPTIBLE)
		left = wait_for_completion_interruptible_timeout(&s->done, tmo);
	else
		left = wait_for_completion_killable_timeout(&s->done, tmo);

	r = new_rec(I2CSIM_EV_LOST, 0, GFP_KERNEL);
	spin_lock_irq(&s->lock);
	if (!s->pending) {
		ret = s->result ? s->result : num;
	} else {                        /* nobody answered in time */
		ret = left < 0 ? -EINTR : -ETIMEDOUT;
		s->pending = false;
		if (r && !s->dead) {
			r->ev.seq = s->seq;
			push(s, r);
			r = NULL;
		}
	}
	s->msgs = NULL;
	spin_unlock_irq(&s->lock);
	kfree(r);
	return ret;
}

static u32 sim_func(struct i2c_adapter *adap)
{
	struct sim *s = i2c_get_adapdata(adap);

	return s->set.functionality;
}

static const struct i2c_algorithm algo_i2c = { .master_xfer = sim_xfer, .functionality = sim_func };
static const struct i2c_algorithm algo_none = { .functionality = sim_func };

/* Fill the read messages from buf and wake the caller; s->lock held. */
static int reply(struct sim *s, const struct i2csim_cmd *c, const u8 *buf)
{
	size_t want = 0;
	int i;

	if (!s->pending || c->seq != s->seq)
		return -ESTALE;
	for (i = 0; i < s->num && !c->result; i++)
		if (s->msgs[i].flags & I2C_M_RD)
			want += s->msgs[i].len;
	if (c->result > 0 || c->len != want)
		return -EINVAL;
	for (i = 0; i < s->num && !c->result; i++)
		if (s->msgs[i].flags & I2C_M_RD) {
			memcpy(s->msgs[i].buf, buf, s->msgs[i].len);
			buf += s->msgs[i].len;
		}
	s->result = c->result;
	s->pending = false;
	complete(&s->done);
	return 0;
}

/* ---- GPIO side ---- */

#ifdef CONFIG_GPIOLIB
static void gpio_change(struct gpio_chip *gc, unsigned int line, int dir, int level)
{
	struct sim *s = gpiochip_get_data(gc);
	struct rec *r = new_rec(I2CSIM_EV_GPIO, 0, GFP_ATOMIC);
	unsigned long f;
	u8 od, oo;

	spin_lock_irqsave(&s->lock, f);
	od = s->dir_out;
	oo = s->out;
	if (dir >= 0)
		s->dir_out = (s->dir_out & ~BIT(line)) | (dir ? BIT(line) : 0);
	if (level >= 0)
		s->out = (s->out & ~BIT(line)) | (level ? BIT(line) : 0);
	if (r && !s->dead && (od != s->dir_out || oo != s->out)) {
		r->ev.a = line;
		r->ev.b = !!(s->dir_out & BIT(line));
		r->ev.c = !!(s->out & BIT(line));
		push(s, r);
		r = NULL;
	}
	spin_unlock_irqrestore(&s->lock, f);
	kfree(r);
}

static int g_get_dir(struct gpio_chip *gc, unsigned int line)
{
	struct sim *s = gpiochip_get_data(gc);

	return s->dir_out & BIT(line) ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int g_dir_in(struct gpio_chip *gc, unsigned int line)
{
	gpio_change(gc, line, 0, -1);
	return 0;
}

static int g_dir_out(struct gpio_chip *gc, unsigned int line, int v)
{
	gpio_change(gc, line, 1, !!v);
	return 0;
}

static int g_get(struct gpio_chip *gc, unsigned int line)
{
	struct sim *s = gpiochip_get_data(gc);

	return !!((s->dir_out & BIT(line) ? s->out : s->in) & BIT(line));
}

static void g_set(struct gpio_chip *gc, unsigned int line, int v)
{
	gpio_change(gc, line, -1, !!v);
}

static void g_free(struct gpio_chip *gc, unsigned int line)
{
	struct sim *s = gpiochip_get_data(gc);

	if (s->set.flags & I2CSIM_GPIO_REVERT)
		gpio_change(gc, line, 0, -1);
}

static int gpio_start(struct sim *s)
{
	int i;

	if (!s->set.gpio_lines)
		return 0;
	for (i = 0; i < s->set.gpio_lines; i++)
		if (s->set.line_name[i][0])
			s->names[i] = s->set.line_name[i];
	s->gc = (struct gpio_chip){
		.label = "i2csim", .owner = THIS_MODULE, .base = -1,
		.ngpio = s->set.gpio_lines, .names = s->names,
		.get_direction = g_get_dir, .direction_input = g_dir_in,
		.direction_output = g_dir_out, .get = g_get, .set = g_set, .free = g_free,
	};
	return gpiochip_add_data(&s->gc, s);
}

static void gpio_stop(struct sim *s)
{
	if (s->set.gpio_lines)
		gpiochip_remove(&s->gc);
}
#else
static int gpio_start(struct sim *s) { return s->set.gpio_lines ? -EOPNOTSUPP : 0; }
static void gpio_stop(struct sim *s) { }
#endif

/* ---- /dev/i2csim ---- */

static int setup(struct sim *s, const char __user *buf, size_t n)
{
	struct rec *r;
	int ret, i;

	if (n != sizeof(s->set))
		return -EINVAL;
	if (copy_from_user(&s->set, buf, n))
		return -EFAULT;
	if (s->set.gpio_lines > I2CSIM_LINES)
		return -EINVAL;
	for (i = 0; i < I2CSIM_LINES; i++)
		s->set.line_name[i][15] = 0;
	r = new_rec(I2CSIM_EV_READY, 0, GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	ret = gpio_start(s);
	if (ret) {
		kfree(r);
		return ret;
	}
	s->quirks.max_num_msgs = s->set.quirk_max_msgs;
	s->quirks.max_write_len = s->set.quirk_max_write;
	s->quirks.max_read_len = s->set.quirk_max_read;
	s->adap.owner = THIS_MODULE;
	s->adap.dev.parent = misc.this_device;  /* I2C_FUNC_SMBUS_HOST_NOTIFY needs one */
	s->adap.algo = s->set.functionality & I2C_FUNC_I2C ? &algo_i2c : &algo_none;
	s->adap.quirks = &s->quirks;
	s->set.adapter_name[sizeof(s->set.adapter_name) - 1] = 0;
	strscpy(s->adap.name, s->set.adapter_name[0] ? s->set.adapter_name : "i2csim",
		sizeof(s->adap.name));
	i2c_set_adapdata(&s->adap, s);
	s->adap.nr = s->set.bus_nr;
	ret = s->set.bus_nr < 0 ? i2c_add_adapter(&s->adap) : i2c_add_numbered_adapter(&s->adap);
	if (ret) {
		gpio_stop(s);
		kfree(r);
		return ret;
	}
	r->ev.a = s->adap.nr;
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
	if (s->ready) {
		i2c_del_adapter(&s->adap);      /* waits until /dev/i2c-N is closed by all */
		gpio_stop(s);
	}
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
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
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
	struct i2csim_cmd c;
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
	if (c.type == I2CSIM_CMD_END) {
		end = new_rec(I2CSIM_EV_END, 0, GFP_KERNEL);
		if (!end) {
			kfree(data);
			return -ENOMEM;
		}
	}
	spin_lock_irq(&s->lock);
	switch (c.type) {
	case I2CSIM_CMD_REPLY:
		ret = reply(s, &c, data);
		break;
#ifdef CONFIG_GPIOLIB
	case I2CSIM_CMD_LEVEL:
		ret = c.seq < s->set.gpio_lines ? 0 : -EINVAL;
		if (!ret)
			s->in = (s->in & ~BIT(c.seq)) | (c.result ? BIT(c.seq) : 0);
		break;
#endif
	case I2CSIM_CMD_END:
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

static __poll_t dev_poll(struct file *f, poll_table *pt)
{
	struct sim *s = f->private_data;
	__poll_t m = EPOLLOUT | EPOLLWRNORM;

	poll_wait(f, &s->wq, pt);
	spin_lock_irq(&s->lock);
	if (!list_empty(&s->events))
		m |= EPOLLIN | EPOLLRDNORM;
	spin_unlock_irq(&s->lock);
	return m;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE, .open = dev_open, .release = dev_release,
	.read = dev_read, .write = dev_write, .poll = dev_poll, .llseek = no_llseek,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR, .name = "i2csim", .fops = &fops,
};

module_misc_device(misc);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C adapter and GPIO chip served from user space");
