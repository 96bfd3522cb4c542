#pragma once
#include "i2c_bus.hpp"
#include "run_outcome.hpp"
#include "step_program.hpp"

// Runs the steps of a program in order on a bus and stops at the first failure. Each write, read and try of a poll is an
// I2C_RDWR of its own with one message: START to STOP. With `combine` a write and the read or try right after it are one
// I2C_RDWR of two messages with I2C_M_STOP between; when that fails, the write is named as the step that failed.
class StepRunner {
 public:
  StepRunner(const I2cBus& bus, uint16_t address, bool combine, StepProgram& program, Interrupt& interrupt)
      : bus_(bus), address_(address), combine_(combine), program_(program), interrupt_(interrupt) {}

  RunOutcome Run();

 private:
  bool RunStep(size_t& index);
  bool RunWrite(size_t& index);
  bool RunRead(size_t index);
  bool RunPoll(size_t index);
  // Goes on from the first byte of a poll, that came since `start`.
  bool FinishPoll(size_t index, Clock::time_point start, uint8_t reply);
  bool Wait(size_t index, uint32_t us);
  bool CanFollow(size_t index) const;

  i2c_msg WriteMessage(const ProgramStep& step, uint16_t flags);
  i2c_msg ReadMessage(const ProgramStep& step);
  bool Transfer(size_t index, i2c_msg* messages, size_t count);
  bool Fail(size_t index, RunStatus status, int error = 0);

  const I2cBus& bus_;
  const uint16_t address_;
  const bool combine_;
  StepProgram& program_;
  Interrupt& interrupt_;
  uint8_t reply_ = 0;
  RunOutcome outcome_;
};
