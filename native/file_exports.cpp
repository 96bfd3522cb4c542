// Files and locks: short calls, made on the JS thread.
#include <utility>

#include "arguments.hpp"
#include "exports.hpp"

namespace {

constexpr uint64_t kMaxOffset = 0x1F'FFFF'FFFF'FFFF;  // Number.MAX_SAFE_INTEGER

struct LockCall {
  std::shared_ptr<const UniqueFd> fd;
  LockRange range;
};

// Arguments 0 to 2. A length of 0 would mean "to the end of the file, wherever that will be".
LockCall UnpackLock(Arguments& arguments) {
  auto fd = arguments.Lockable(0);
  const auto offset = static_cast<off_t>(arguments.Integer(1, kMaxOffset));
  const auto length = static_cast<off_t>(arguments.Integer(2, 1 << 30, 1));
  return {std::move(fd), {offset, length}};
}

LockOwner UnpackOwner(Arguments& arguments) { return static_cast<LockOwner>(arguments.Integer(3, 1)); }

const char* NameOf(LockState state, const char* free) {
  switch (state) {
    case LockState::kFree: return free;
    case LockState::kHeld: return "held";
    case LockState::kUnsupported: return "unsupported";
  }
  return "unsupported";
}

Napi::Object ReportToJs(Napi::Env env, const LockReport& report, const char* free) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("state", NameOf(report.state, free));
  result.Set("errno", report.error);
  return result;
}

}  // namespace

Napi::Value FileOpen(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string path = arguments.Path(0);
  const auto flags = static_cast<unsigned>(arguments.Integer(1, kAllFileFlags));
  if (!arguments.ok()) return info.Env().Undefined();
  auto file = std::make_shared<LockFile>();
  if (auto failed = OpenLockFile(path, flags, *file)) {
    Throw(info.Env(), *failed);
    return info.Env().Undefined();
  }
  return Handle::ToJs(info.Env(), std::move(file));
}

Napi::Value LockTake(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const LockCall call = UnpackLock(arguments);
  const LockOwner owner = UnpackOwner(arguments);
  if (!arguments.ok()) return info.Env().Undefined();
  return ReportToJs(info.Env(), TakeLock(call.fd->get(), call.range, owner), "locked");
}

Napi::Value LockQuery(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const LockCall call = UnpackLock(arguments);
  if (!arguments.ok()) return info.Env().Undefined();
  const LockReport report = LockHolder(call.fd->get(), call.range);
  Napi::Object result = ReportToJs(info.Env(), report, "free");
  result.Set("pid", report.pid);
  return result;
}

Napi::Value LockRelease(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const LockCall call = UnpackLock(arguments);
  const LockOwner owner = UnpackOwner(arguments);
  if (!arguments.ok()) return info.Env().Undefined();
  if (auto failed = ReleaseLock(call.fd->get(), call.range, owner)) Throw(info.Env(), *failed);
  return info.Env().Undefined();
}
