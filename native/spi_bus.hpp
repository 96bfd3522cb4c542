#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "job_thread.hpp"
#include "system_error.hpp"
#include "unique_fd.hpp"

struct SpiSettings {
  uint32_t hz;
  uint16_t gap_us;   // between two bytes
  bool word_delay;   // the controller makes the gaps; else each byte is a transfer of its own with a delay behind it
};

// An open /dev/spidevB.C in mode 0 and the thread that talks to it. The calls below are for that thread.
class SpiBus {
 public:
  explicit SpiBus(std::shared_ptr<Environment> environment) : thread_(std::move(environment)) {}

  JobThread& thread() { return thread_; }
  const UniqueFd& fd() const { return fd_; }

  std::optional<SysError> Open(const std::string& path, const SpiSettings& settings);
  // Clocks `length` bytes out of `mosi` and into `miso`, in as many SPI_IOC_MESSAGE as spidev's buffer needs.
  std::optional<SysError> Exchange(const uint8_t* mosi, uint8_t* miso, size_t length);

  // Whether replies have a dummy byte in front: learned from such whose first byte is known. A byte that is lost once or twice
  // must not shift all that is read.
  bool has_dummy() const { return has_dummy_; }
  void ToldDummy(bool is_sent) {
    contrary_ = is_sent == has_dummy_ ? 0 : contrary_ + 1;
    if (contrary_ < kConvincing) return;
    has_dummy_ = is_sent;
    contrary_ = 0;
  }
  void ToldNothing() { contrary_ = 0; }

 private:
  std::optional<SysError> Message(const uint8_t* mosi, uint8_t* miso, size_t length) const;

  static constexpr int kConvincing = 3;  // CONVINCING of src/transport/spi/procedure.ts

  bool has_dummy_ = true;
  int contrary_ = 0;
  UniqueFd fd_;
  JobThread thread_;
  SpiSettings settings_{};
  size_t most_bytes_ = 0;  // of one SPI_IOC_MESSAGE
};
