#include "step_runner.hpp"

#include <algorithm>
#include <utility>

using std::chrono::microseconds;

RunOutcome StepRunner::Run() {
  outcome_.reads.resize(program_.read_bytes());
  const size_t count = program_.steps().size();
  for (size_t index = 0; index < count;) {
    if (interrupt_.Raised()) {
      Fail(index, RunStatus::kAborted);
      break;
    }
    if (!RunStep(index)) break;
  }
  return std::move(outcome_);
}

// Moves `index` past what was run.
bool StepRunner::RunStep(size_t& index) {
  const ProgramStep& step = program_.steps()[index];
  outcome_.reply = -1;  // what an earlier poll got says nothing about this step
  switch (step.kind) {
    case StepKind::kWrite: return RunWrite(index);
    case StepKind::kRead: return RunRead(index++);
    case StepKind::kPoll: return RunPoll(index++);
    case StepKind::kDelay: return Wait(index++, step.first_wait_us);
  }
  return false;  // StepProgram lets no other kind through
}

bool StepRunner::RunWrite(size_t& index) {
  const size_t first = index++;
  const ProgramStep& step = program_.steps()[first];
  if (!combine_ || !CanFollow(index)) {
    i2c_msg message = WriteMessage(step, 0);
    return Transfer(first, &message, 1);
  }
  const size_t second = index++;
  const ProgramStep& next = program_.steps()[second];
  const Clock::time_point start = Clock::now();
  i2c_msg messages[] = {WriteMessage(step, I2C_M_STOP), ReadMessage(next)};
  if (next.kind == StepKind::kPoll) ++outcome_.tries;
  if (!Transfer(first, messages, 2)) return false;
  return next.kind == StepKind::kRead || FinishPoll(second, start, reply_);
}

bool StepRunner::CanFollow(size_t index) const {
  if (index >= program_.steps().size()) return false;
  const ProgramStep& next = program_.steps()[index];
  return next.kind == StepKind::kRead || (next.kind == StepKind::kPoll && next.first_wait_us == 0);
}

bool StepRunner::RunRead(size_t index) {
  i2c_msg message = ReadMessage(program_.steps()[index]);
  return Transfer(index, &message, 1);
}

bool StepRunner::RunPoll(size_t index) {
  const ProgramStep& step = program_.steps()[index];
  if (step.first_wait_us > 0 && !Wait(index, step.first_wait_us)) return false;
  const Clock::time_point start = Clock::now();
  i2c_msg message = ReadMessage(step);
  ++outcome_.tries;
  return Transfer(index, &message, 1) && FinishPoll(index, start, reply_);
}

bool StepRunner::FinishPoll(size_t index, Clock::time_point start, uint8_t reply) {
  const ProgramStep& step = program_.steps()[index];
  const Clock::time_point deadline = start + microseconds(step.timeout_us);
  for (;;) {
    outcome_.reply = reply;
    if (reply == step.accept) return true;
    if (step.busy != reply) return Fail(index, RunStatus::kUnexpected);
    // The last try is at the deadline, not before it: a chip that is ready by then is never given up.
    const Clock::time_point now = Clock::now();
    if (now >= deadline) return Fail(index, RunStatus::kTimeout);
    if (!interrupt_.SleepUntil(std::min(now + microseconds(step.interval_us), deadline))) {
      return Fail(index, RunStatus::kAborted);
    }
    i2c_msg message = ReadMessage(step);
    ++outcome_.tries;
    if (!Transfer(index, &message, 1)) return false;
    reply = reply_;
  }
}

bool StepRunner::Wait(size_t index, uint32_t us) {
  return interrupt_.SleepUntil(Clock::now() + microseconds(us)) || Fail(index, RunStatus::kAborted);
}

i2c_msg StepRunner::WriteMessage(const ProgramStep& step, uint16_t flags) {
  return {address_, flags, step.length, program_.written(step)};
}

i2c_msg StepRunner::ReadMessage(const ProgramStep& step) {
  if (step.kind == StepKind::kPoll) return {address_, I2C_M_RD, 1, &reply_};
  return {address_, I2C_M_RD, step.length, outcome_.reads.data() + step.offset};
}

bool StepRunner::Transfer(size_t index, i2c_msg* messages, size_t count) {
  for (size_t i = 0; i < count; ++i) outcome_.bytes += messages[i].len;
  outcome_.frames += static_cast<uint32_t>(count);
  const auto failed = bus_.Transfer(messages, count);
  return !failed || Fail(index, RunStatus::kSystem, failed->number);
}

bool StepRunner::Fail(size_t index, RunStatus status, int error) {
  outcome_.status = status;
  outcome_.step = static_cast<int32_t>(index);
  outcome_.error = error;
  // Only what came counts: a failed read leaves no zeros that look like data.
  const auto& steps = program_.steps();
  size_t length = 0;
  for (size_t i = 0; i < index; ++i) length += steps[i].kind == StepKind::kRead ? steps[i].length : 0;
  outcome_.reads.resize(length);
  return false;
}
