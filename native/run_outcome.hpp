#pragma once
#include <cstdint>
#include <vector>

#include "interrupt.hpp"

enum class RunStatus : int32_t { kDone = 0, kSystem = 1, kUnexpected = 2, kTimeout = 3, kAborted = 4 };

struct RunOutcome {
  RunStatus status = RunStatus::kDone;
  int32_t step = -1;   // that failed, or before which the run was aborted
  int32_t reply = -1;  // last byte of a poll
  int32_t error = 0;   // errno
  uint32_t frames = 0;
  uint32_t bytes = 0;
  uint32_t tries = 0;
  std::vector<uint8_t> reads;
};
