#pragma once
#include <napi.h>

#include <optional>

#include "interrupt.hpp"
#include "system_error.hpp"

// Work for a JobThread that settles a promise. Three rules:
//  - Run() is on the job thread: no Napi types, no JS. Everything else, destruction too, is on the JS thread;
//  - a failure is a SysError; nothing throws;
//  - the promise settles on every path, unless the environment is torn down first.
class PromiseJob {
 public:
  explicit PromiseJob(Napi::Env env) : deferred_(env) {}
  PromiseJob(const PromiseJob&) = delete;
  PromiseJob& operator=(const PromiseJob&) = delete;
  virtual ~PromiseJob() = default;

  Napi::Promise Promise() const { return deferred_.Promise(); }
  Interrupt& interrupt() { return interrupt_; }

  void Execute() { error_ = Run(); }

  void Settle(Napi::Env env) {
    Napi::HandleScope scope(env);
    if (error_) return deferred_.Reject(ToJsError(env, *error_).Value());
    Napi::Value result = Result(env);
    if (env.IsExceptionPending()) return deferred_.Reject(env.GetAndClearPendingException().Value());
    deferred_.Resolve(result);
  }

 protected:
  virtual std::optional<SysError> Run() = 0;
  virtual Napi::Value Result(Napi::Env env) = 0;

 private:
  Napi::Promise::Deferred deferred_;
  std::optional<SysError> error_;
  Interrupt interrupt_;
};
