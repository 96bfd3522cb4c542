// Terminals: what the serialport package lacks, and pseudo-terminals to serve a simulated chip on.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>

#include "arguments.hpp"
#include "exports.hpp"
#include "system_error.hpp"
#include "unique_fd.hpp"

namespace {

Napi::Value Fail(Napi::Env env, const char* syscall) {
  Throw(env, SysError{errno, syscall});
  return env.Undefined();
}

bool MakeRaw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) < 0) return false;
  ::cfmakeraw(&settings);
  ::cfsetspeed(&settings, B115200);
  return ::tcsetattr(fd, TCSANOW, &settings) == 0;
}

// -1 and a pending exception when the first argument is no descriptor.
int DescriptorOf(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto fd = static_cast<int>(arguments.Integer(0, INT_MAX));
  return arguments.ok() ? fd : -1;
}

int DataBits(tcflag_t flags) {
  switch (flags & CSIZE) {
    case CS5: return 5;
    case CS6: return 6;
    case CS7: return 7;
    default: return 8;
  }
}

}  // namespace

Napi::Value PtyOpen(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  // As posix_openpt() and ptsname() do it, but with O_CLOEXEC and without a static buffer.
  UniqueFd master(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!master) return Fail(env, "open(/dev/ptmx)");
  int locked = 0;
  if (::ioctl(master.get(), TIOCSPTLCK, &locked) < 0) return Fail(env, "ioctl(TIOCSPTLCK)");
  unsigned int number = 0;
  if (::ioctl(master.get(), TIOCGPTN, &number) < 0) return Fail(env, "ioctl(TIOCGPTN)");
  const std::string path = "/dev/pts/" + std::to_string(number);
  UniqueFd slave(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!slave) return Fail(env, "open(/dev/pts)");
  if (!MakeRaw(slave.get())) return Fail(env, "tcsetattr");

  Napi::Object result = Napi::Object::New(env);
  result.Set("master", Napi::Number::New(env, master.release()));  // the caller's from here on
  result.Set("slave", Napi::Number::New(env, slave.release()));
  result.Set("path", Napi::String::New(env, path));
  return result;
}

Napi::Value TtyExclusive(const Napi::CallbackInfo& info) {
  const int fd = DescriptorOf(info);
  if (fd < 0) return info.Env().Undefined();
  const bool on = info.Length() > 1 && info[1].ToBoolean();
  if (::ioctl(fd, on ? TIOCEXCL : TIOCNXCL) < 0) return Fail(info.Env(), on ? "ioctl(TIOCEXCL)" : "ioctl(TIOCNXCL)");
  return info.Env().Undefined();
}

Napi::Value TtyCheckParity(const Napi::CallbackInfo& info) {
  const int fd = DescriptorOf(info);
  if (fd < 0) return info.Env().Undefined();
  termios settings{};
  if (::tcgetattr(fd, &settings) < 0) return Fail(info.Env(), "tcgetattr");
  settings.c_iflag |= INPCK | IGNPAR;
  settings.c_iflag &= ~static_cast<tcflag_t>(PARMRK);
  if (::tcsetattr(fd, TCSANOW, &settings) < 0) return Fail(info.Env(), "tcsetattr");
  return info.Env().Undefined();
}

Napi::Value TtySettings(const Napi::CallbackInfo& info) {
  const int fd = DescriptorOf(info);
  if (fd < 0) return info.Env().Undefined();
  termios settings{};
  if (::tcgetattr(fd, &settings) < 0) return Fail(info.Env(), "tcgetattr");
  const tcflag_t flags = settings.c_cflag;
  const int parity = (flags & PARENB) == 0 ? 0 : (flags & PARODD) == 0 ? 1 : 2;
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("dataBits", Napi::Number::New(info.Env(), DataBits(flags)));
  result.Set("parity", Napi::Number::New(info.Env(), parity));
  result.Set("stopBits", Napi::Number::New(info.Env(), (flags & CSTOPB) == 0 ? 1 : 2));
  return result;
}
