// GPIO lines: short calls, made on the JS thread, so that a pulse is as long as the caller meant it.
#include <algorithm>
#include <utility>

#include "arguments.hpp"
#include "exports.hpp"

namespace {

// The kernel's names fill their 32 bytes, and may leave no room for the NUL.
template <size_t Size>
Napi::Value NameToJs(Napi::Env env, const char (&name)[Size]) {
  return Napi::String::New(env, name, static_cast<size_t>(std::find(name, name + Size, '\0') - name));
}

// Undefined, with the failure thrown.
Napi::Value Thrown(Napi::Env env, const SysError& failed) {
  Throw(env, failed);
  return env.Undefined();
}

Napi::Value ThrowRange(Napi::Env env, const char* what) {
  Napi::RangeError::New(env, what).ThrowAsJavaScriptException();
  return env.Undefined();
}

// What the kernel would take wrongly or not at all; nullptr when the values fit.
const char* FaultOf(const GpioValues& values, size_t lines, bool may_keep) {
  if (values.size() != lines) return "one value is needed for each line";
  const uint8_t most = may_keep ? kKeepValue : 1;
  const bool known = std::all_of(values.begin(), values.end(), [most](uint8_t value) { return value <= most; });
  return known ? nullptr : "a value is none of those allowed";
}

size_t ValuesNeeded(uint64_t flags, size_t lines) { return (flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0 ? lines : 0; }

}  // namespace

Napi::Value GpioOpen(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string path = arguments.Path(0);
  if (!arguments.ok()) return info.Env().Undefined();
  auto chip = std::make_shared<GpioChip>();
  if (auto failed = chip->Open(path)) return Thrown(info.Env(), *failed);
  return Handle::ToJs(info.Env(), std::move(chip));
}

Napi::Value GpioGetChipInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto chip = arguments.Open<GpioChip>(0);
  if (!arguments.ok()) return env.Undefined();
  gpiochip_info found{};
  if (auto failed = chip->Info(found)) return Thrown(env, *failed);
  Napi::Object result = Napi::Object::New(env);
  result.Set("name", NameToJs(env, found.name));
  result.Set("label", NameToJs(env, found.label));
  result.Set("lines", found.lines);
  return result;
}

Napi::Value GpioGetLineInfo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto chip = arguments.Open<GpioChip>(0);
  const auto offset = static_cast<uint32_t>(arguments.Integer(1, UINT32_MAX));
  if (!arguments.ok()) return env.Undefined();
  gpio_v2_line_info found{};
  if (auto failed = chip->LineInfo(offset, found)) return Thrown(env, *failed);
  Napi::Object result = Napi::Object::New(env);
  result.Set("offset", found.offset);
  result.Set("name", NameToJs(env, found.name));
  result.Set("consumer", NameToJs(env, found.consumer));
  result.Set("flags", static_cast<uint32_t>(found.flags));
  return result;
}

Napi::Value GpioRequest(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto chip = arguments.Open<GpioChip>(0);
  const auto offsets = arguments.Words(1, kMaxGpioLines);
  const uint64_t flags = arguments.Integer(2, UINT32_MAX);
  const GpioValues values = arguments.Bytes(3, kMaxGpioLines);
  if (!arguments.ok()) return env.Undefined();
  if (offsets.empty()) return ThrowRange(env, "there is no line to request");
  if (const char* fault = FaultOf(values, ValuesNeeded(flags, offsets.size()), false)) return ThrowRange(env, fault);
  auto lines = std::make_shared<GpioLines>();
  if (auto failed = lines->Request(*chip, offsets, flags, values)) return Thrown(env, *failed);
  return Handle::ToJs(env, std::move(lines));
}

Napi::Value GpioConfigure(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto lines = arguments.Open<GpioLines>(0);
  const uint64_t flags = arguments.Integer(1, UINT32_MAX);
  const GpioValues values = arguments.Bytes(2, kMaxGpioLines);
  if (!arguments.ok()) return env.Undefined();
  if (const char* fault = FaultOf(values, ValuesNeeded(flags, lines->count), false)) return ThrowRange(env, fault);
  if (auto failed = lines->Configure(flags, values)) return Thrown(env, *failed);
  return env.Undefined();
}

Napi::Value GpioSet(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto lines = arguments.Open<GpioLines>(0);
  const GpioValues values = arguments.Bytes(1, kMaxGpioLines);
  if (!arguments.ok()) return env.Undefined();
  if (const char* fault = FaultOf(values, lines->count, true)) return ThrowRange(env, fault);
  if (auto failed = lines->Set(values)) return Thrown(env, *failed);
  return env.Undefined();
}

Napi::Value GpioGet(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto lines = arguments.Open<GpioLines>(0);
  if (!arguments.ok()) return env.Undefined();
  GpioValues values;
  if (auto failed = lines->Get(values)) return Thrown(env, *failed);
  Napi::Uint8Array result = Napi::Uint8Array::New(env, values.size());
  if (!env.IsExceptionPending()) std::copy(values.begin(), values.end(), result.Data());
  return result;
}
