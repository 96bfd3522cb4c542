#include "arguments.hpp"

#include <cmath>
#include <climits>

Handle* Arguments::AnyHandle(size_t index) {
  if (!ok_) return nullptr;
  Handle* handle = Handle::FromJs(env_, info_[index]);
  if (handle == nullptr) TypeError(index, "not a handle of the addon");
  return handle;
}

std::shared_ptr<const UniqueFd> Arguments::Lockable(size_t index) {
  Handle* handle = AnyHandle(index);
  if (handle == nullptr) return nullptr;
  if (auto* bus = std::get_if<std::shared_ptr<I2cBus>>(&handle->target)) return {*bus, &(*bus)->fd()};
  if (auto* file = std::get_if<std::shared_ptr<LockFile>>(&handle->target)) return {*file, &(*file)->fd};
  if (std::holds_alternative<std::monostate>(handle->target)) return Closed(), nullptr;
  return TypeError(index, "a handle of another kind"), nullptr;
}

std::string Arguments::Path(size_t index) {
  if (!ok_) return {};
  Napi::Value value = info_[index];
  if (!value.IsString()) return TypeError(index, "not a string"), std::string();
  size_t length = 0;
  // The length first: nobody shall make us copy half a gigabyte to learn that it is no path.
  if (napi_get_value_string_utf8(env_, value, nullptr, 0, &length) != napi_ok || length == 0 || length >= PATH_MAX) {
    return RangeError(index, "a path has 1 to " + std::to_string(PATH_MAX - 1) + " bytes"), std::string();
  }
  std::string path = value.As<Napi::String>().Utf8Value();
  if (path.find('\0') != std::string::npos) return RangeError(index, "a path has no NUL byte"), std::string();
  return path;
}

uint64_t Arguments::Integer(size_t index, uint64_t most, uint64_t least) {
  if (!ok_) return 0;
  Napi::Value value = info_[index];
  if (!value.IsNumber()) return TypeError(index, "not a number"), 0;
  const double number = value.As<Napi::Number>().DoubleValue();
  // Written so that NaN fails it.
  const bool fits = number >= static_cast<double>(least) && number <= static_cast<double>(most);
  if (!fits || number != std::floor(number)) {
    return RangeError(index, "not a whole number from " + std::to_string(least) + " to " + std::to_string(most)), 0;
  }
  return static_cast<uint64_t>(number);
}

std::vector<uint8_t> Arguments::Bytes(size_t index, size_t most) {
  return Elements<uint8_t>(index, most, napi_uint8_array, "not a Uint8Array");
}

std::vector<uint32_t> Arguments::Words(size_t index, size_t most) {
  return Elements<uint32_t>(index, most, napi_uint32_array, "not a Uint32Array");
}

template <class Element>
std::vector<Element> Arguments::Elements(size_t index, size_t most, napi_typedarray_type want, const char* problem) {
  if (!ok_) return {};
  Napi::Value value = info_[index];
  napi_typedarray_type type{};
  size_t length = 0;
  void* data = nullptr;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(env_, value, &type, &length, &data, nullptr, nullptr) != napi_ok || type != want) {
    return TypeError(index, problem), std::vector<Element>();
  }
  if (length > most) return RangeError(index, "longer than " + std::to_string(most)), std::vector<Element>();
  if (length == 0 || data == nullptr) return {};  // a detached buffer is an empty one
  const auto* first = static_cast<const Element*>(data);
  return {first, first + length};
}

void Arguments::TypeError(size_t index, const char* what) {
  ok_ = false;
  Napi::TypeError::New(env_, "argument " + std::to_string(index + 1) + ": " + what).ThrowAsJavaScriptException();
}

void Arguments::RangeError(size_t index, const std::string& what) {
  ok_ = false;
  Napi::RangeError::New(env_, "argument " + std::to_string(index + 1) + ": " + what).ThrowAsJavaScriptException();
}

void Arguments::Closed() {
  ok_ = false;
  Throw(env_, SysError{EBADF, "handle"});
}
