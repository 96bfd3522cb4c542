#include "i2c_bus.hpp"

#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

namespace {

constexpr size_t kHeaderBytes = 8;

uint16_t Word(const uint8_t* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }

std::optional<SysError> Check(int result, const char* syscall) {
  if (result < 0) return SysError{errno, syscall};
  return std::nullopt;
}

}  // namespace

std::optional<SysError> I2cBus::Open(const std::string& path) {
  fd_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  return Check(fd_.get(), "open");
}

std::optional<SysError> I2cBus::Functionality(uint32_t& mask) const {
  unsigned long wide = 0;  // the kernel writes an unsigned long, 4 bytes on armhf and 8 on arm64
  const auto failed = Check(::ioctl(fd_.get(), I2C_FUNCS, &wide), "ioctl(I2C_FUNCS)");
  mask = static_cast<uint32_t>(wide);
  return failed;
}

std::optional<SysError> I2cBus::SetTimeout(unsigned long tens_of_ms) const {
  return Check(::ioctl(fd_.get(), I2C_TIMEOUT, tens_of_ms), "ioctl(I2C_TIMEOUT)");
}

std::optional<SysError> I2cBus::SetRetries(unsigned long retries) const {
  return Check(::ioctl(fd_.get(), I2C_RETRIES, retries), "ioctl(I2C_RETRIES)");
}

std::optional<SysError> I2cBus::Transfer(i2c_msg* messages, size_t count) const {
  i2c_rdwr_ioctl_data request{messages, static_cast<uint32_t>(count)};
  const int done = ::ioctl(fd_.get(), I2C_RDWR, &request);
  if (done < 0) return SysError{errno, "ioctl(I2C_RDWR)"};
  if (static_cast<size_t>(done) < count) return SysError{EIO, "ioctl(I2C_RDWR)"};
  return std::nullopt;
}

const char* MessageList::Parse(std::vector<uint8_t> packed) {
  packed_ = std::move(packed);
  size_t read_bytes = 0;
  for (size_t at = 0; at < packed_.size();) {
    if (packed_.size() - at < kHeaderBytes) return "a message is cut off";
    const uint8_t* header = packed_.data() + at;
    const i2c_msg message{Word(header), Word(header + 2), Word(header + 4), packed_.data() + at + kHeaderBytes};
    const bool is_read = (message.flags & I2C_M_RD) != 0;
    const size_t carried = is_read ? 0 : message.len;
    if (message.len > kMaxMessageBytes) return "a message is longer than 8192 bytes";
    if (packed_.size() - at - kHeaderBytes < carried) return "a message is cut off";
    if (is_read) read_bytes += message.len;
    messages_.push_back(message);
    at += kHeaderBytes + carried;
  }
  if (messages_.empty()) return "there is no message";
  if (messages_.size() > kMaxMessages) return "there are more than 42 messages";
  reads_.resize(read_bytes);
  uint8_t* next = reads_.data();
  for (i2c_msg& message : messages_) {
    if ((message.flags & I2C_M_RD) == 0) continue;
    const uint8_t first = message.buf[-2];  // header byte 6: what I2C_M_RECV_LEN wants in the buffer beforehand
    message.buf = std::exchange(next, next + message.len);
    if (message.len > 0) message.buf[0] = first;
  }
  return nullptr;
}
