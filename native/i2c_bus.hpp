#pragma once
#include <linux/i2c.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "job_thread.hpp"
#include "system_error.hpp"
#include "unique_fd.hpp"

// The limits of i2c-dev: drivers/i2c/i2c-dev.c, i2cdev_ioctl() and i2cdev_ioctl_rdwr().
constexpr size_t kMaxMessages = 42;       // I2C_RDWR_IOCTL_MAX_MSGS
constexpr size_t kMaxMessageBytes = 8192;

// An open /dev/i2c-N and the thread that talks to it. The calls below are for that thread.
class I2cBus {
 public:
  explicit I2cBus(std::shared_ptr<Environment> environment) : thread_(std::move(environment)) {}

  JobThread& thread() { return thread_; }
  const UniqueFd& fd() const { return fd_; }

  std::optional<SysError> Open(const std::string& path);
  std::optional<SysError> Functionality(uint32_t& mask) const;
  // In units of 10 ms.
  std::optional<SysError> SetTimeout(unsigned long tens_of_ms) const;
  std::optional<SysError> SetRetries(unsigned long retries) const;
  // One I2C_RDWR. Fewer messages done than asked for is EIO: success is never assumed.
  std::optional<SysError> Transfer(i2c_msg* messages, size_t count) const;

 private:
  UniqueFd fd_;
  JobThread thread_;
};

// Messages of one I2C_RDWR, unpacked from the form that src/transport/i2c-messages.ts describes.
class MessageList {
 public:
  // nullptr, or what is wrong with the bytes.
  const char* Parse(std::vector<uint8_t> packed);

  std::vector<i2c_msg>& messages() { return messages_; }
  // The buffers of the read messages, one after the other.
  const std::vector<uint8_t>& reads() const { return reads_; }

 private:
  std::vector<uint8_t> packed_;  // the write messages point into it
  std::vector<uint8_t> reads_;   // the read messages point into it
  std::vector<i2c_msg> messages_;
};
