#pragma once
#include <napi.h>

#include <string>

// A failed system call, taken on the thread that made it, right after the call.
struct SysError {
  int number;           // errno
  const char* syscall;  // static string: "ioctl(I2C_RDWR)"
};

// A JS Error with errno and syscall. src/native/system-error.ts words it: strerror() is not for several threads.
inline Napi::Error ToJsError(Napi::Env env, const SysError& failed) {
  Napi::Error error = Napi::Error::New(env, std::string(failed.syscall) + ": errno " + std::to_string(failed.number));
  error.Set("errno", Napi::Number::New(env, failed.number));
  error.Set("syscall", Napi::String::New(env, failed.syscall));
  return error;
}

inline void Throw(Napi::Env env, const SysError& failed) {
  ToJsError(env, failed).ThrowAsJavaScriptException();
}
