// What the addon exports. On Linux the work is in *_exports.cpp; elsewhere every function says that it is Linux only.
#include <napi.h>

#include "exports.hpp"

#if defined(__linux__) && !defined(BOOTLACE_OTHER_SYSTEM)
#include "arguments.hpp"
#include "job_thread.hpp"

Napi::Value Close(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Handle* handle = arguments.AnyHandle(0);
  if (handle != nullptr) handle->target = std::monostate();
  return info.Env().Undefined();
}
#else
#include <cerrno>

#include "system_error.hpp"

#define BOOTLACE_REFUSE(js, cpp)                             \
  Napi::Value cpp(const Napi::CallbackInfo& info) {          \
    Throw(info.Env(), SysError{ENOSYS, js " (Linux only)"}); \
    return info.Env().Undefined();                           \
  }
BOOTLACE_EXPORTS(BOOTLACE_REFUSE)
#endif

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
#if defined(__linux__) && !defined(BOOTLACE_OTHER_SYSTEM)
  if (!Environment::Create(env)) return exports;
#endif
#define BOOTLACE_EXPORT(js, cpp) exports.Set(js, Napi::Function::New(env, cpp, js));
  BOOTLACE_EXPORTS(BOOTLACE_EXPORT)
  return exports;
}

NODE_API_MODULE(bootlace, Init)

}  // namespace
