#pragma once
#include <sys/types.h>

#include <optional>
#include <string>

#include "system_error.hpp"
#include "unique_fd.hpp"

// A file that is open for the sake of its locks.
struct LockFile {
  UniqueFd fd;
};

// The numbers of FILE_FLAG in src/native/binding.ts.
enum FileFlag : unsigned { kFileWrite = 1, kFileCreate = 2, kFileExclusive = 4, kFileFollow = 8 };
constexpr unsigned kAllFileFlags = 15;

std::optional<SysError> OpenLockFile(const std::string& path, unsigned flags, LockFile& file);

// Byte-range locks. An open file's lock (F_OFD_SETLK) falls with the last copy of the descriptor, whoever else in the process
// opens and closes the same file; a process's (F_SETLK) falls with the first close of any descriptor of it, but tells its pid.
enum class LockOwner : unsigned { kOpenFile = 0, kProcess = 1 };
enum class LockState { kFree, kHeld, kUnsupported };

struct LockReport {
  LockState state;
  int error = 0;  // kUnsupported: why
  pid_t pid = 0;  // LockHolder, kHeld: -1 for an open file's lock
};

struct LockRange {
  off_t offset;
  off_t length;
};

// Never waits. kFree: it is ours now.
LockReport TakeLock(int fd, LockRange range, LockOwner owner);
LockReport LockHolder(int fd, LockRange range);
std::optional<SysError> ReleaseLock(int fd, LockRange range, LockOwner owner);
