#include "file_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace {

struct flock Range(short type, LockRange range) {
  struct flock lock {};  // l_pid has to be 0 for the F_OFD_ commands
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = range.offset;
  lock.l_len = range.length;
  return lock;
}

// A stand-in for a bus may hand out /dev/null: a lock on that would exclude every other user of /dev/null.
bool IsMemoryDevice(int fd) {
  constexpr unsigned kMemoryMajor = 1;
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && major(status.st_rdev) == kMemoryMajor;
}

int SetCommand(LockOwner owner) { return owner == LockOwner::kOpenFile ? F_OFD_SETLK : F_SETLK; }

}  // namespace

std::optional<SysError> OpenLockFile(const std::string& path, unsigned flags, LockFile& file) {
  // O_NONBLOCK and O_NOCTTY: opening a serial port must neither wait for its modem lines nor make it our terminal.
  int mode = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  mode |= (flags & kFileWrite) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & kFileCreate) != 0) mode |= O_CREAT;
  if ((flags & kFileExclusive) != 0) mode |= O_EXCL;
  if ((flags & kFileFollow) == 0) mode |= O_NOFOLLOW;
  file.fd.reset(::open(path.c_str(), mode, 0666));
  if (!file.fd) return SysError{errno, "open"};
  return std::nullopt;
}

LockReport TakeLock(int fd, LockRange range, LockOwner owner) {
  if (IsMemoryDevice(fd)) return {LockState::kUnsupported, ENOLCK};
  struct flock lock = Range(F_WRLCK, range);
  if (::fcntl(fd, SetCommand(owner), &lock) == 0) return {LockState::kFree};
  if (errno == EAGAIN || errno == EACCES) return {LockState::kHeld};
  return {LockState::kUnsupported, errno};
}

LockReport LockHolder(int fd, LockRange range) {
  struct flock lock = Range(F_WRLCK, range);
  if (::fcntl(fd, F_OFD_GETLK, &lock) != 0) return {LockState::kUnsupported, errno};
  if (lock.l_type == F_UNLCK) return {LockState::kFree};
  return {LockState::kHeld, 0, lock.l_pid};
}

std::optional<SysError> ReleaseLock(int fd, LockRange range, LockOwner owner) {
  struct flock lock = Range(F_UNLCK, range);
  if (::fcntl(fd, SetCommand(owner), &lock) != 0) return SysError{errno, "fcntl(unlock)"};
  return std::nullopt;
}
