#pragma once
#include <linux/gpio.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "system_error.hpp"
#include "unique_fd.hpp"

// The GPIO character device, uAPI v2 (Linux 5.10): include/uapi/linux/gpio.h.
struct GpioChip {
  UniqueFd fd;

  std::optional<SysError> Open(const std::string& path);
  std::optional<SysError> Info(gpiochip_info& info) const;
  std::optional<SysError> LineInfo(uint32_t offset, gpio_v2_line_info& info) const;
};

// A value for each line of a request, in its order: 0, 1 or kKeepValue.
using GpioValues = std::vector<uint8_t>;
constexpr uint8_t kKeepValue = 2;
constexpr size_t kMaxGpioLines = GPIO_V2_LINES_MAX;

// Requested lines. They go back to the kernel when the descriptor is closed, by us or by the end of the process; what the
// pin does then is up to the chip's driver.
struct GpioLines {
  UniqueFd fd;
  size_t count = 0;

  std::optional<SysError> Request(const GpioChip& chip, const std::vector<uint32_t>& offsets, uint64_t flags,
                                  const GpioValues& values);
  std::optional<SysError> Configure(uint64_t flags, const GpioValues& values) const;
  std::optional<SysError> Set(const GpioValues& values) const;
  std::optional<SysError> Get(GpioValues& values) const;
};
