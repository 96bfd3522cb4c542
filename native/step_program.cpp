#include "step_program.hpp"

#include <utility>

#include "i2c_bus.hpp"

namespace {

uint16_t Word(const uint8_t* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }
uint32_t Long(const uint8_t* at) { return Word(at) | static_cast<uint32_t>(Word(at + 2)) << 16; }

// Bytes before the data of a write; all bytes of the others.
size_t HeadBytes(StepKind kind) {
  switch (kind) {
    case StepKind::kWrite: return 3;
    case StepKind::kRead: return 6;
    case StepKind::kPoll: return 16;
    case StepKind::kDelay: return 5;
  }
  return 0;
}

}  // namespace

const char* StepProgram::Parse(std::vector<uint8_t> bytes) {
  bytes_ = std::move(bytes);
  for (size_t at = 0; at < bytes_.size();) {
    if (const char* problem = ParseStep(at)) return problem;
  }
  return nullptr;
}

const char* StepProgram::ParseStep(size_t& at) {
  const uint8_t* head = bytes_.data() + at;
  const size_t left = bytes_.size() - at;
  ProgramStep step{};
  step.kind = static_cast<StepKind>(head[0]);
  size_t used = HeadBytes(step.kind);
  if (used == 0) return "a step of an unknown kind";
  if (left < used) return "a step is cut off";
  switch (step.kind) {
    case StepKind::kWrite:
      step.length = Word(head + 1);
      step.offset = static_cast<uint32_t>(at + used);
      used += step.length;
      break;
    case StepKind::kRead:
      step.length = Word(head + 1);
      step.offset = static_cast<uint32_t>(read_bytes_);
      step.begins = static_cast<int16_t>(Word(head + 3) > 0xFF ? -1 : Word(head + 3));
      step.continues = head[5] != 0;
      read_bytes_ += step.length;
      break;
    case StepKind::kPoll:
      step.accept = head[1];
      step.busy = static_cast<int16_t>(Word(head + 2) > 0xFF ? -1 : Word(head + 2));
      step.timeout_us = Long(head + 4);
      step.first_wait_us = Long(head + 8);
      step.interval_us = Long(head + 12);
      break;
    case StepKind::kDelay: step.first_wait_us = Long(head + 1); break;
  }
  if (left < used) return "a step is cut off";
  if (step.length > kMaxMessageBytes) return "a step is longer than 8192 bytes";
  if (read_bytes_ > kMaxReadBytes) return "the reads are longer than 16 MiB";
  steps_.push_back(step);
  at += used;
  return nullptr;
}
