#include "spi_bus.hpp"

#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace {

// SPI_MSGSIZE of spidev.h: the size of an ioctl's argument has 14 bits, 32 bytes a transfer. Half of what they hold.
constexpr size_t kMostBytes = 256;

std::optional<SysError> Check(int result, const char* syscall) {
  if (result < 0) return SysError{errno, syscall};
  return std::nullopt;
}

}  // namespace

std::optional<SysError> SpiBus::Open(const std::string& path, const SpiSettings& settings) {
  settings_ = settings;
  most_bytes_ = kMostBytes;
  fd_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (auto failed = Check(fd_.get(), "open")) return failed;
  uint8_t mode = 0;  // spidev reads it back first: what is no SPI device says ENOTTY, and nothing of it was changed
  if (auto failed = Check(::ioctl(fd_.get(), SPI_IOC_RD_MODE, &mode), "ioctl(SPI_IOC_RD_MODE)")) return failed;
  // Polarity and phase are the protocol's; the chip select's level and the like are the board's.
  mode = static_cast<uint8_t>(mode & ~(SPI_CPOL | SPI_CPHA | SPI_LSB_FIRST));
  if (auto failed = Check(::ioctl(fd_.get(), SPI_IOC_WR_MODE, &mode), "ioctl(SPI_IOC_WR_MODE)")) return failed;
  const uint8_t bits = 8;
  return Check(::ioctl(fd_.get(), SPI_IOC_WR_BITS_PER_WORD, &bits), "ioctl(SPI_IOC_WR_BITS_PER_WORD)");
}

std::optional<SysError> SpiBus::Exchange(const uint8_t* mosi, uint8_t* miso, size_t length) {
  for (size_t done = 0; done < length;) {
    const size_t count = std::min(length - done, most_bytes_);
    const auto failed = Message(mosi + done, miso + done, count);
    if (failed && failed->number == EMSGSIZE && count > 1) {
      most_bytes_ = count / 2;  // nothing was sent: spidev's bufsiz is less
      continue;
    }
    if (failed) return failed;
    done += count;
  }
  return std::nullopt;
}

std::optional<SysError> SpiBus::Message(const uint8_t* mosi, uint8_t* miso, size_t length) const {
  std::vector<spi_ioc_transfer> transfers;
  const bool split = settings_.gap_us > 0 && !settings_.word_delay;
  const size_t step = split ? 1 : length;
  for (size_t at = 0; at < length; at += step) {
    spi_ioc_transfer transfer{};
    transfer.tx_buf = reinterpret_cast<uintptr_t>(mosi + at);
    transfer.rx_buf = reinterpret_cast<uintptr_t>(miso + at);
    transfer.len = static_cast<uint32_t>(step);
    transfer.speed_hz = settings_.hz;
    transfer.bits_per_word = 8;
    transfer.delay_usecs = settings_.gap_us;  // behind the last byte too: the next message may follow at once
    if (settings_.word_delay) transfer.word_delay_usecs = static_cast<uint8_t>(settings_.gap_us);
    transfers.push_back(transfer);
  }
  const unsigned long request = SPI_IOC_MESSAGE(0) | (transfers.size() * sizeof(spi_ioc_transfer)) << _IOC_SIZESHIFT;
  const int done = ::ioctl(fd_.get(), request, transfers.data());
  if (done < 0) return SysError{errno, "ioctl(SPI_IOC_MESSAGE)"};
  if (static_cast<size_t>(done) < length) return SysError{EIO, "ioctl(SPI_IOC_MESSAGE)"};
  return std::nullopt;
}
