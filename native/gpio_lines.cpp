#include "gpio_lines.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace {

std::optional<SysError> Check(int result, const char* syscall) {
  if (result < 0) return SysError{errno, syscall};
  return std::nullopt;
}

gpio_v2_line_values Pack(const GpioValues& values) {
  gpio_v2_line_values packed{};
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == kKeepValue) continue;
    packed.mask |= uint64_t{1} << i;
    if (values[i] != 0) packed.bits |= uint64_t{1} << i;
  }
  return packed;
}

gpio_v2_line_config Config(uint64_t flags, const GpioValues& values) {
  gpio_v2_line_config config{};
  config.flags = flags;
  if (values.empty()) return config;
  const gpio_v2_line_values packed = Pack(values);
  config.num_attrs = 1;
  config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
  config.attrs[0].attr.values = packed.bits;
  config.attrs[0].mask = packed.mask;
  return config;
}

}  // namespace

std::optional<SysError> GpioChip::Open(const std::string& path) {
  fd.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  return Check(fd.get(), "open");
}

std::optional<SysError> GpioChip::Info(gpiochip_info& info) const {
  return Check(::ioctl(fd.get(), GPIO_GET_CHIPINFO_IOCTL, &info), "ioctl(GPIO_GET_CHIPINFO)");
}

std::optional<SysError> GpioChip::LineInfo(uint32_t offset, gpio_v2_line_info& info) const {
  info = {};
  info.offset = offset;
  return Check(::ioctl(fd.get(), GPIO_V2_GET_LINEINFO_IOCTL, &info), "ioctl(GPIO_V2_GET_LINEINFO)");
}

std::optional<SysError> GpioLines::Request(const GpioChip& chip, const std::vector<uint32_t>& offsets, uint64_t flags,
                                           const GpioValues& values) {
  gpio_v2_line_request request{};
  std::copy(offsets.begin(), offsets.end(), request.offsets);
  std::strcpy(request.consumer, "bootlace");
  request.config = Config(flags, values);
  request.num_lines = static_cast<uint32_t>(offsets.size());
  if (auto failed = Check(::ioctl(chip.fd.get(), GPIO_V2_GET_LINE_IOCTL, &request), "ioctl(GPIO_V2_GET_LINE)")) {
    return failed;
  }
  fd.reset(request.fd);
  count = offsets.size();
  return std::nullopt;
}

std::optional<SysError> GpioLines::Configure(uint64_t flags, const GpioValues& values) const {
  gpio_v2_line_config config = Config(flags, values);
  return Check(::ioctl(fd.get(), GPIO_V2_LINE_SET_CONFIG_IOCTL, &config), "ioctl(GPIO_V2_LINE_SET_CONFIG)");
}

std::optional<SysError> GpioLines::Set(const GpioValues& values) const {
  gpio_v2_line_values packed = Pack(values);
  if (packed.mask == 0) return std::nullopt;  // the kernel calls an empty mask EINVAL
  return Check(::ioctl(fd.get(), GPIO_V2_LINE_SET_VALUES_IOCTL, &packed), "ioctl(GPIO_V2_LINE_SET_VALUES)");
}

std::optional<SysError> GpioLines::Get(GpioValues& values) const {
  gpio_v2_line_values packed{};
  packed.mask = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  const auto failed = Check(::ioctl(fd.get(), GPIO_V2_LINE_GET_VALUES_IOCTL, &packed), "ioctl(GPIO_V2_LINE_GET_VALUES)");
  values.assign(count, 0);
  for (size_t i = 0; i < count; ++i) values[i] = (packed.bits >> i & 1) != 0 ? 1 : 0;
  return failed;
}
