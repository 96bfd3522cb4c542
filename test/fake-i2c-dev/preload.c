/*
 * Stands between a program and the C library: /dev/i2c-N goes to the server (or is answered inside), and what programs read
 * about adapters below /sys comes from the server's folder. Everything else passes through untouched. 64-bit glibc only.
 *
 * BOOTLACE_FAKE_I2C=FOLDER        where the server's socket, dev/i2c-N and sys/... are
 * BOOTLACE_FAKE_KERNEL=6.1.0      the kernel's release, as uname says it
 * BOOTLACE_FAKE_I2C_INSIDE=0x79   no server: every write is acknowledged, every byte read is this one
 *
 * The descriptor handed out is one of FOLDER/dev/i2c-N, a plain file, so that fcntl and flock locks between processes,
 * close-on-exec and dup work as they do on the device.
 */
#define _GNU_SOURCE
#include "fake.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 65536, I2C_MAJOR = 89 };

static struct handle *table[MOST_DESCRIPTORS];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

/* The function of that name further down the search order. */
#define NEXT(result, name, ...)                                                            \
  static result (*next)(__VA_ARGS__);                                                      \
  if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, name)

int real_close(int fd) {
  NEXT(int, "close", int);
  return next(fd);
}

static const char *root(void) { return getenv("BOOTLACE_FAKE_I2C"); }

/* N of "/dev/i2c-N", or -1. */
static int bus_of(const char *path) {
  static const char prefix[] = "/dev/i2c-";
  if (path == NULL || strncmp(path, prefix, sizeof prefix - 1) != 0) return -1;
  const char *digits = path + sizeof prefix - 1;
  char *end;
  long bus = strtol(digits, &end, 10);
  return end == digits || *end != '\0' || bus < 0 || bus > 0xfffff ? -1 : (int)bus;
}

static int below(const char *path, const char *folder) {
  size_t n = strlen(folder);
  return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* The path in the server's folder, where this one belongs there; else the path itself. */
static const char *moved(const char *path, char buffer[PATH_MAX]) {
  const char *folder = root();
  if (folder == NULL || path == NULL) return path;
  int ours = bus_of(path) >= 0 || below(path, "/sys/class/i2c-dev") || below(path, "/sys/bus/i2c") ||
             below(path, "/sys/class/i2c-adapter");
  if (!ours || snprintf(buffer, PATH_MAX, "%s%s", folder, path) >= PATH_MAX) return path;
  return buffer;
}

/* Listings of /dev show the adapters of the server's folder and nothing else. */
static const char *moved_folder(const char *path, char buffer[PATH_MAX]) {
  if (root() == NULL || path == NULL || (strcmp(path, "/dev") != 0 && strcmp(path, "/dev/") != 0)) return moved(path, buffer);
  snprintf(buffer, PATH_MAX, "%s/dev", root());
  return buffer;
}

/* The handle with one reference more, or NULL for a descriptor that is not ours. */
static struct handle *take(int fd) {
  if (fd < 0 || fd >= MOST_DESCRIPTORS || __atomic_load_n(&table[fd], __ATOMIC_ACQUIRE) == NULL) return NULL;
  pthread_mutex_lock(&table_lock);
  struct handle *h = table[fd];
  if (h != NULL) h->references++;
  pthread_mutex_unlock(&table_lock);
  return h;
}

static void give_back(struct handle *h) {
  pthread_mutex_lock(&table_lock);
  int left = --h->references;
  pthread_mutex_unlock(&table_lock);
  if (left > 0) return;
  link_close(h);
  pthread_mutex_destroy(&h->lock);
  free(h);
}

/*
 * Takes over the caller's reference. A handle that was there before is let go. Descriptors that are not ours take no lock:
 * between fork and exec another thread's lock would never be released.
 */
static int enter(int fd, struct handle *h) {
  if (fd < 0 || fd >= MOST_DESCRIPTORS) return fd;
  if (h == NULL && __atomic_load_n(&table[fd], __ATOMIC_ACQUIRE) == NULL) return fd;
  pthread_mutex_lock(&table_lock);
  struct handle *old = table[fd];
  __atomic_store_n(&table[fd], h, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&table_lock);
  if (old != NULL) give_back(old);
  return fd;
}

static int real_open(const char *path, int flags, mode_t mode) {
  NEXT(int, "openat64", int, const char *, int, ...);
  return next(AT_FDCWD, path, flags, mode);
}

static int open_bus(unsigned bus, const char *path, int flags) {
  const char *inside = getenv("BOOTLACE_FAKE_I2C_INSIDE");
  struct handle *h = calloc(1, sizeof *h);
  if (h == NULL) return -1;
  pthread_mutex_init(&h->lock, NULL);
  h->references = 1;
  h->socket = -1;
  if (inside != NULL) h->inside = (uint8_t)strtoul(inside, NULL, 0);
  int fd = inside != NULL ? memfd_create("i2c", flags & O_CLOEXEC ? MFD_CLOEXEC : 0)
                          : real_open(path, flags & ~(O_CREAT | O_TRUNC | O_EXCL), 0);
  int error = fd < 0 ? errno : inside != NULL ? 0 : link_open(h, root(), bus);
  if (error == 0) return enter(fd, h);
  if (fd >= 0) real_close(fd);
  give_back(h);
  errno = error;
  return -1;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  int bus = bus_of(path);
  if (bus >= 0 && (root() != NULL || getenv("BOOTLACE_FAKE_I2C_INSIDE") != NULL)) {
    return open_bus((unsigned)bus, moved(path, buffer), flags);
  }
  NEXT(int, "openat64", int, const char *, int, ...);
  return next(folder, moved(path, buffer), flags, mode);
}

static mode_t mode_argument(int flags, va_list arguments) {
  return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name, extra_flags)                                                            \
  int name(const char *path, int flags, ...) {                                             \
    va_list arguments;                                                                     \
    va_start(arguments, flags);                                                            \
    mode_t mode = mode_argument(flags, arguments);                                         \
    va_end(arguments);                                                                     \
    return open_any(AT_FDCWD, path, flags | (extra_flags), mode);                          \
  }
OPEN(open, 0)
OPEN(open64, O_LARGEFILE)

#define OPENAT(name, extra_flags)                                                          \
  int name(int folder, const char *path, int flags, ...) {                                 \
    va_list arguments;                                                                     \
    va_start(arguments, flags);                                                            \
    mode_t mode = mode_argument(flags, arguments);                                         \
    va_end(arguments);                                                                     \
    return open_any(folder, path, flags | (extra_flags), mode);                            \
  }
OPENAT(openat, 0)
OPENAT(openat64, O_LARGEFILE)

/* What open() becomes in programs built with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char *path, int flags) { return open_any(folder, path, flags, 0); }
int __openat64_2(int folder, const char *path, int flags) { return open_any(folder, path, flags, 0); }

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  struct handle *h = take(fd);
  if (h == NULL) {
    NEXT(int, "ioctl", int, unsigned long, ...);
    return next(fd, request, argument);
  }
  int result = device_ioctl(h, request, argument);
  give_back(h);
  return result;
}

ssize_t read(int fd, void *bytes, size_t count) {
  struct handle *h = take(fd);
  if (h == NULL) {
    NEXT(ssize_t, "read", int, void *, size_t);
    return next(fd, bytes, count);
  }
  ssize_t result = device_read(h, bytes, count);
  give_back(h);
  return result;
}

ssize_t __read_chk(int fd, void *bytes, size_t count, size_t room);
ssize_t __read_chk(int fd, void *bytes, size_t count, size_t room) {
  if (count > room) abort();
  return read(fd, bytes, count);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  struct handle *h = take(fd);
  if (h == NULL) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    return next(fd, bytes, count);
  }
  ssize_t result = device_write(h, bytes, count);
  give_back(h);
  return result;
}

int close(int fd) {
  enter(fd, NULL);
  return real_close(fd);
}

/* `copy` is a second descriptor of the same open file. */
static int share(int fd, int copy) {
  if (copy >= 0 && copy != fd) enter(copy, take(fd));
  return copy;
}

int dup(int fd) {
  NEXT(int, "dup", int);
  return share(fd, next(fd));
}

int dup2(int fd, int copy) {
  NEXT(int, "dup2", int, int);
  return share(fd, next(fd, copy));
}

int dup3(int fd, int copy, int flags) {
  NEXT(int, "dup3", int, int, int);
  return share(fd, next(fd, copy, flags));
}

/* Locks pass through: they are locks of the plain file. */
#define FCNTL(name)                                                                        \
  int name(int fd, int command, ...) {                                                     \
    va_list arguments;                                                                     \
    va_start(arguments, command);                                                          \
    void *argument = va_arg(arguments, void *);                                            \
    va_end(arguments);                                                                     \
    NEXT(int, #name, int, int, ...);                                                       \
    int result = next(fd, command, argument);                                              \
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? share(fd, result) : result;  \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

static void as_device(struct stat *s) {
  s->st_mode = (s->st_mode & ~(mode_t)S_IFMT) | S_IFCHR;
  s->st_rdev = makedev(I2C_MAJOR, 0);
}

/* struct stat and struct stat64 are the same on 64-bit glibc; the __x forms are those of programs linked before 2.33. */
#define STAT(name, next_name)                                                              \
  int name(const char *path, struct stat *s) {                                             \
    char buffer[PATH_MAX];                                                                 \
    NEXT(int, next_name, const char *, struct stat *);                                     \
    int result = next(moved(path, buffer), s);                                             \
    if (result == 0 && bus_of(path) >= 0) as_device(s);                                    \
    return result;                                                                         \
  }
#define XSTAT(name, next_name)                                                             \
  int name(int version, const char *path, struct stat *s);                                 \
  int name(int version, const char *path, struct stat *s) {                                \
    (void)version;                                                                         \
    return next_name(path, s);                                                             \
  }
#undef stat64
#undef lstat64
#undef fstat64
STAT(stat, "stat")
STAT(lstat, "lstat")
XSTAT(__xstat, stat)
XSTAT(__xstat64, stat)
XSTAT(__lxstat, lstat)
XSTAT(__lxstat64, lstat)

int stat64(const char *path, struct stat64 *s) { return stat(path, (struct stat *)s); }
int lstat64(const char *path, struct stat64 *s) { return lstat(path, (struct stat *)s); }

int fstat(int fd, struct stat *s) {
  NEXT(int, "fstat", int, struct stat *);
  int result = next(fd, s);
  struct handle *h = take(fd);
  if (h == NULL) return result;
  if (result == 0) as_device(s);
  give_back(h);
  return result;
}
int fstat64(int fd, struct stat64 *s) { return fstat(fd, (struct stat *)s); }
int __fxstat(int version, int fd, struct stat *s);
int __fxstat(int version, int fd, struct stat *s) { return (void)version, fstat(fd, s); }
int __fxstat64(int version, int fd, struct stat *s);
int __fxstat64(int version, int fd, struct stat *s) { return (void)version, fstat(fd, s); }

int uname(struct utsname *names) {
  NEXT(int, "uname", struct utsname *);
  const char *release = getenv("BOOTLACE_FAKE_KERNEL");
  int result = next(names);
  if (result == 0 && release != NULL) snprintf(names->release, sizeof names->release, "%s", release);
  return result;
}

/* libuv asks for statx this way. */
long syscall(long number, ...) {
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(arguments, long);
  va_end(arguments);
  char buffer[PATH_MAX];
  NEXT(long, "syscall", long, ...);
  if (number != SYS_statx) return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  const char *path = (const char *)a[1];
  long result = next(number, a[0], moved(path, buffer), a[2], a[3], a[4], a[5]);
  struct statx *s = (struct statx *)a[4];
  if (result == 0 && bus_of(path) >= 0) s->stx_mode = (uint16_t)((s->stx_mode & ~S_IFMT) | S_IFCHR);
  return result;
}

int access(const char *path, int mode) {
  char buffer[PATH_MAX];
  NEXT(int, "access", const char *, int);
  return next(moved(path, buffer), mode);
}

ssize_t readlink(const char *path, char *target, size_t room) {
  char buffer[PATH_MAX];
  NEXT(ssize_t, "readlink", const char *, char *, size_t);
  return next(moved(path, buffer), target, room);
}

#define FOPEN(name)                                                                        \
  FILE *name(const char *path, const char *mode) {                                         \
    char buffer[PATH_MAX];                                                                 \
    NEXT(FILE *, #name, const char *, const char *);                                       \
    return next(moved(path, buffer), mode);                                                \
  }
FOPEN(fopen)
FOPEN(fopen64)

DIR *opendir(const char *path) {
  char buffer[PATH_MAX];
  NEXT(DIR *, "opendir", const char *);
  return next(moved_folder(path, buffer));
}

typedef int (*pick64)(const struct dirent64 *);
typedef int (*order64)(const struct dirent64 **, const struct dirent64 **);
int scandir64(const char *path, struct dirent64 ***list, pick64 pick, order64 order) {
  char buffer[PATH_MAX];
  NEXT(int, "scandir64", const char *, struct dirent64 ***, pick64, order64);
  return next(moved_folder(path, buffer), list, pick, order);
}

typedef int (*pick)(const struct dirent *);
typedef int (*order)(const struct dirent **, const struct dirent **);
int scandir(const char *path, struct dirent ***list, pick pick, order order) {
  char buffer[PATH_MAX];
  NEXT(int, "scandir", const char *, struct dirent ***, int (*)(const struct dirent *),
       int (*)(const struct dirent **, const struct dirent **));
  return next(moved_folder(path, buffer), list, pick, order);
}
