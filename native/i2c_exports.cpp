// The i2c functions: each unpacks its arguments and posts one job to the bus's thread.
#include <memory>
#include <utility>

#include "arguments.hpp"
#include "exports.hpp"
#include "run_to_js.hpp"
#include "step_runner.hpp"

namespace {

// A job on a bus, which stays open until the job is gone.
class BusJob : public PromiseJob {
 public:
  BusJob(Napi::Env env, std::shared_ptr<I2cBus> bus) : PromiseJob(env), bus_(std::move(bus)) {}

  static Napi::Value Post(Napi::Env env, std::unique_ptr<BusJob> job) {
    JobThread& thread = job->bus_->thread();
    Napi::Promise promise = job->Promise();
    const std::shared_ptr<I2cBus> bus = job->bus_;
    if (auto failed = thread.Post(env, std::move(job))) {
      Throw(env, *failed);
      return env.Undefined();
    }
    return promise;
  }

 protected:
  Napi::Value Result(Napi::Env env) override { return env.Undefined(); }
  const std::shared_ptr<I2cBus>& bus() const { return bus_; }

 private:
  std::shared_ptr<I2cBus> bus_;
};

class OpenJob final : public BusJob {
 public:
  OpenJob(Napi::Env env, std::string path)
      : BusJob(env, std::make_shared<I2cBus>(Environment::Of(env))), path_(std::move(path)) {}

 private:
  std::optional<SysError> Run() override { return bus()->Open(path_); }
  Napi::Value Result(Napi::Env env) override { return Handle::ToJs(env, bus()); }

  std::string path_;
};

class FunctionalityJob final : public BusJob {
 public:
  using BusJob::BusJob;

 private:
  std::optional<SysError> Run() override { return bus()->Functionality(mask_); }
  Napi::Value Result(Napi::Env env) override { return Napi::Number::New(env, mask_); }

  uint32_t mask_ = 0;
};

class SettingJob final : public BusJob {
 public:
  using Setter = std::optional<SysError> (I2cBus::*)(unsigned long) const;
  SettingJob(Napi::Env env, std::shared_ptr<I2cBus> bus, Setter setter, unsigned long value)
      : BusJob(env, std::move(bus)), setter_(setter), value_(value) {}

 private:
  std::optional<SysError> Run() override { return ((*bus()).*setter_)(value_); }

  Setter setter_;
  unsigned long value_;
};

class TransferJob final : public BusJob {
 public:
  TransferJob(Napi::Env env, std::shared_ptr<I2cBus> bus, std::unique_ptr<MessageList> list)
      : BusJob(env, std::move(bus)), list_(std::move(list)) {}

 private:
  std::optional<SysError> Run() override {
    if (interrupt().Raised()) return SysError{ECANCELED, "ioctl(I2C_RDWR)"};
    return bus()->Transfer(list_->messages().data(), list_->messages().size());
  }
  Napi::Value Result(Napi::Env env) override { return BytesToJs(env, list_->reads()); }

  std::unique_ptr<MessageList> list_;
};

class RunJob final : public BusJob {
 public:
  RunJob(Napi::Env env, std::shared_ptr<I2cBus> bus, std::unique_ptr<StepProgram> program, uint16_t address, bool combine)
      : BusJob(env, std::move(bus)), program_(std::move(program)), address_(address), combine_(combine) {}

 private:
  std::optional<SysError> Run() override {
    outcome_ = StepRunner(*bus(), address_, combine_, *program_, interrupt()).Run();
    return std::nullopt;
  }
  Napi::Value Result(Napi::Env env) override {
    return OutcomeToJs(env, outcome_);
  }

  std::unique_ptr<StepProgram> program_;
  uint16_t address_;
  bool combine_;
  RunOutcome outcome_;
};

// Everything that I2C_TIMEOUT and I2C_RETRIES take: the kernel answers EINVAL above INT_MAX.
constexpr uint64_t kMaxSetting = 0xFFFF'FFFF;

Napi::Value PostSetting(const Napi::CallbackInfo& info, SettingJob::Setter setter) {
  Arguments arguments(info);
  auto bus = arguments.Open<I2cBus>(0);
  const auto value = static_cast<unsigned long>(arguments.Integer(1, kMaxSetting));
  if (!arguments.ok()) return info.Env().Undefined();
  return BusJob::Post(info.Env(), std::make_unique<SettingJob>(info.Env(), std::move(bus), setter, value));
}

}  // namespace

Napi::Value I2cOpen(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  std::string path = arguments.Path(0);
  if (!arguments.ok()) return info.Env().Undefined();
  return BusJob::Post(info.Env(), std::make_unique<OpenJob>(info.Env(), std::move(path)));
}

Napi::Value I2cFunctionality(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<I2cBus>(0);
  if (!arguments.ok()) return info.Env().Undefined();
  return BusJob::Post(info.Env(), std::make_unique<FunctionalityJob>(info.Env(), std::move(bus)));
}

Napi::Value I2cSetTimeout(const Napi::CallbackInfo& info) { return PostSetting(info, &I2cBus::SetTimeout); }

Napi::Value I2cSetRetries(const Napi::CallbackInfo& info) { return PostSetting(info, &I2cBus::SetRetries); }

Napi::Value I2cTransfer(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<I2cBus>(0);
  auto bytes = arguments.Bytes(1, kMaxMessages * (kMaxMessageBytes + 8));
  if (!arguments.ok()) return info.Env().Undefined();
  auto list = Parse<MessageList>(info.Env(), std::move(bytes));
  if (!list) return info.Env().Undefined();
  return BusJob::Post(info.Env(), std::make_unique<TransferJob>(info.Env(), std::move(bus), std::move(list)));
}

Napi::Value I2cRun(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<I2cBus>(0);
  const auto address = static_cast<uint16_t>(arguments.Integer(1, 0x7F));
  auto bytes = arguments.Bytes(2, kMaxProgramBytes);
  const bool combine = arguments.Integer(3, 1) != 0;
  if (!arguments.ok()) return info.Env().Undefined();
  auto program = Parse<StepProgram>(info.Env(), std::move(bytes));
  if (!program) return info.Env().Undefined();
  return BusJob::Post(info.Env(), std::make_unique<RunJob>(info.Env(), std::move(bus), std::move(program), address, combine));
}

Napi::Value I2cAbort(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<I2cBus>(0);
  if (bus) bus->thread().Abort();
  return info.Env().Undefined();
}
