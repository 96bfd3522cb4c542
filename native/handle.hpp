#pragma once
#include <napi.h>

#include <cerrno>
#include <memory>
#include <utility>
#include <variant>

#include "file_lock.hpp"
#include "gpio_lines.hpp"
#include "i2c_bus.hpp"
#include "spi_bus.hpp"
#include "system_error.hpp"

// What JS holds: an object without properties, tagged as ours, around one of these. Empty once closed.
struct Handle {
  using Target = std::variant<std::monostate, std::shared_ptr<I2cBus>, std::shared_ptr<SpiBus>, std::shared_ptr<LockFile>,
                              std::shared_ptr<GpioChip>, std::shared_ptr<GpioLines>>;
  Target target;

  // Undefined with a JS exception pending when the object cannot be made.
  static Napi::Value ToJs(Napi::Env env, Target target) {
    Napi::Object object = Napi::Object::New(env);
    auto handle = std::make_unique<Handle>(Handle{std::move(target)});
    if (napi_type_tag_object(env, object, &kTag) != napi_ok ||
        napi_wrap(env, object, handle.get(), Finalize, nullptr, nullptr) != napi_ok) {
      Napi::Error::New(env, "no handle").ThrowAsJavaScriptException();
      return env.Undefined();
    }
    static_cast<void>(handle.release());  // the object owns it now
    return object;
  }

  // nullptr when the value is not one of our handles. Never throws, whatever the value.
  static Handle* FromJs(Napi::Env env, Napi::Value value) {
    bool tagged = false;
    void* handle = nullptr;
    if (!value.IsObject()) return nullptr;
    if (napi_check_object_type_tag(env, value, &kTag, &tagged) != napi_ok || !tagged) return nullptr;
    if (napi_unwrap(env, value, &handle) != napi_ok) return nullptr;
    return static_cast<Handle*>(handle);
  }

 private:
  static constexpr napi_type_tag kTag = {0x6c1f'3f0e'5a1d'4b7b, 0x9d36'a2c8'7be2'0f41};

  static void Finalize(napi_env, void* data, void*) { delete static_cast<Handle*>(data); }
};
