#pragma once
#include "run_outcome.hpp"
#include "spi_bus.hpp"
#include "step_program.hpp"

// Runs the steps of a program in order on SPI and stops at the first failure. A write is clocked out; a read clocks fillers,
// one more where the chip puts a dummy byte in front; a poll is AN4286's procedure: fillers until a status comes, then the
// host's own acknowledgement of it. src/transport/spi/procedure.ts has the bytes.
class SpiRunner {
 public:
  struct Bytes {
    uint8_t filler, poll_filler, acknowledge, refusal;
  };

  SpiRunner(SpiBus& bus, Bytes bytes, StepProgram& program, Interrupt& interrupt)
      : bus_(bus), bytes_(bytes), program_(program), interrupt_(interrupt) {}

  RunOutcome Run();

 private:
  // Moves `index` past what was run.
  bool RunStep(size_t& index);
  bool RunWrite(size_t& index);
  bool RunRead(size_t index);
  bool Learn(size_t index, uint8_t* into);
  bool RunPoll(size_t index);
  // Goes on from the first two bytes of a poll.
  bool FinishPoll(size_t index, Clock::time_point start, const uint8_t* two);
  bool PollFollows(size_t index) const;
  bool Wait(size_t index, Clock::time_point end);
  // The acknowledgement of a status goes out in front of what comes next, in one message with it; alone before a wait and at the end.
  bool Flush(size_t index);
  bool Fill(size_t index, uint8_t filler, uint8_t* miso, size_t length);
  bool Exchange(size_t index, const uint8_t* mosi, uint8_t* miso, size_t length);
  bool Fail(size_t index, RunStatus status, int error = 0);

  SpiBus& bus_;
  const Bytes bytes_;
  StepProgram& program_;
  Interrupt& interrupt_;
  bool owes_acknowledge_ = false;
  std::vector<uint8_t> mosi_;
  std::vector<uint8_t> miso_;
  RunOutcome outcome_;
};
