#pragma once
#include <napi.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "run_outcome.hpp"

// What the functions that run programs share, whatever the bus.

inline Napi::Value BytesToJs(Napi::Env env, const std::vector<uint8_t>& bytes) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  if (!env.IsExceptionPending()) std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

inline Napi::Value OutcomeToJs(Napi::Env env, const RunOutcome& outcome) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("status", static_cast<int32_t>(outcome.status));
  result.Set("step", outcome.step);
  result.Set("reply", outcome.reply);
  result.Set("errno", outcome.error);
  result.Set("reads", BytesToJs(env, outcome.reads));
  result.Set("frames", outcome.frames);
  result.Set("bytes", outcome.bytes);
  result.Set("tries", outcome.tries);
  return result;
}

// Parses or throws a RangeError that says what is wrong.
template <class Packed>
std::unique_ptr<Packed> Parse(Napi::Env env, std::vector<uint8_t> bytes) {
  auto packed = std::make_unique<Packed>();
  if (const char* problem = packed->Parse(std::move(bytes))) {
    Napi::RangeError::New(env, problem).ThrowAsJavaScriptException();
    return nullptr;
  }
  return packed;
}
