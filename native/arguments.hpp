#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "handle.hpp"

// Unpacks the arguments of one call. The first bad one throws in JS and makes ok() false; what follows gives empty values,
// so a function asks for all its arguments and then for ok() once. No JS runs in between: nothing can change under it.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info), env_(info.Env()) {}

  bool ok() const { return ok_; }

  // An open handle of this kind. TypeError when it is another or none, EBADF when it is closed.
  template <class T>
  std::shared_ptr<T> Open(size_t index) {
    Handle* handle = AnyHandle(index);
    if (handle == nullptr) return nullptr;
    if (std::holds_alternative<std::monostate>(handle->target)) return Closed(), nullptr;
    auto* target = std::get_if<std::shared_ptr<T>>(&handle->target);
    if (target == nullptr) return TypeError(index, "a handle of another kind"), nullptr;
    return *target;
  }

  // The descriptor to lock, of a bus or a file. The pointer keeps it open.
  std::shared_ptr<const UniqueFd> Lockable(size_t index);
  Handle* AnyHandle(size_t index);
  std::string Path(size_t index);
  // A whole number from `least` to `most`.
  uint64_t Integer(size_t index, uint64_t most, uint64_t least = 0);
  // A copy of the bytes of a Uint8Array.
  std::vector<uint8_t> Bytes(size_t index, size_t most);
  std::vector<uint32_t> Words(size_t index, size_t most);

 private:
  template <class Element>
  std::vector<Element> Elements(size_t index, size_t most, napi_typedarray_type want, const char* problem);
  void TypeError(size_t index, const char* what);
  void RangeError(size_t index, const std::string& what);
  void Closed();

  const Napi::CallbackInfo& info_;
  Napi::Env env_;
  bool ok_ = true;
};
