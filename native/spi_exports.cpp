// The SPI functions: each unpacks its arguments and posts one job to the bus's thread.
#include <memory>
#include <utility>

#include "arguments.hpp"
#include "exports.hpp"
#include "run_to_js.hpp"
#include "spi_runner.hpp"

namespace {

// A job on a bus, which stays open until the job is gone.
class SpiJob : public PromiseJob {
 public:
  SpiJob(Napi::Env env, std::shared_ptr<SpiBus> bus) : PromiseJob(env), bus_(std::move(bus)) {}

  static Napi::Value Post(Napi::Env env, std::unique_ptr<SpiJob> job) {
    Napi::Promise promise = job->Promise();
    const std::shared_ptr<SpiBus> bus = job->bus_;
    if (auto failed = bus->thread().Post(env, std::move(job))) {
      Throw(env, *failed);
      return env.Undefined();
    }
    return promise;
  }

 protected:
  const std::shared_ptr<SpiBus>& bus() const { return bus_; }

 private:
  std::shared_ptr<SpiBus> bus_;
};

class OpenJob final : public SpiJob {
 public:
  OpenJob(Napi::Env env, std::string path, SpiSettings settings)
      : SpiJob(env, std::make_shared<SpiBus>(Environment::Of(env))), path_(std::move(path)), settings_(settings) {}

 private:
  std::optional<SysError> Run() override { return bus()->Open(path_, settings_); }
  Napi::Value Result(Napi::Env env) override { return Handle::ToJs(env, bus()); }

  std::string path_;
  SpiSettings settings_;
};

class RunJob final : public SpiJob {
 public:
  RunJob(Napi::Env env, std::shared_ptr<SpiBus> bus, std::unique_ptr<StepProgram> program, SpiRunner::Bytes bytes)
      : SpiJob(env, std::move(bus)), program_(std::move(program)), bytes_(bytes) {}

 private:
  std::optional<SysError> Run() override {
    outcome_ = SpiRunner(*bus(), bytes_, *program_, interrupt()).Run();
    return std::nullopt;
  }
  Napi::Value Result(Napi::Env env) override { return OutcomeToJs(env, outcome_); }

  std::unique_ptr<StepProgram> program_;
  SpiRunner::Bytes bytes_;
  RunOutcome outcome_;
};

constexpr uint64_t kMostHz = 0xFFFF'FFFF;
constexpr uint64_t kMostGapUs = 255;  // what word_delay_usecs holds

}  // namespace

Napi::Value SpiOpen(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  std::string path = arguments.Path(0);
  const auto hz = static_cast<uint32_t>(arguments.Integer(1, kMostHz, 1));
  const auto gap_us = static_cast<uint16_t>(arguments.Integer(2, kMostGapUs));
  const bool word_delay = arguments.Integer(3, 1) != 0;
  if (!arguments.ok()) return info.Env().Undefined();
  const SpiSettings settings{hz, gap_us, word_delay};
  return SpiJob::Post(info.Env(), std::make_unique<OpenJob>(info.Env(), std::move(path), settings));
}

Napi::Value SpiRun(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<SpiBus>(0);
  auto bytes = arguments.Bytes(1, kMaxProgramBytes);
  const std::vector<uint8_t> procedure = arguments.Bytes(2, 4);
  if (!arguments.ok()) return info.Env().Undefined();
  if (procedure.size() != 4) {
    Napi::RangeError::New(info.Env(), "the procedure has four bytes").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  auto program = Parse<StepProgram>(info.Env(), std::move(bytes));
  if (!program) return info.Env().Undefined();
  const SpiRunner::Bytes spoken{procedure[0], procedure[1], procedure[2], procedure[3]};
  return SpiJob::Post(info.Env(), std::make_unique<RunJob>(info.Env(), std::move(bus), std::move(program), spoken));
}

Napi::Value SpiAbort(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto bus = arguments.Open<SpiBus>(0);
  if (bus) bus->thread().Abort();
  return info.Env().Undefined();
}
