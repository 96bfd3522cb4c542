#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

// A list of steps in one block of bytes. src/transport/i2c-program.ts makes it and describes the form; this is the only reader.
enum class StepKind : uint8_t { kWrite = 1, kRead = 2, kPoll = 3, kDelay = 4 };

struct ProgramStep {
  StepKind kind;
  uint8_t accept;          // poll
  int16_t busy;            // poll: -1 when the first byte decides
  uint16_t length;         // write, read
  uint32_t offset;         // write: into the program; read: into the reads
  uint32_t first_wait_us;  // poll; delay: the wait
  uint32_t interval_us;    // poll
  uint32_t timeout_us;     // poll
  int16_t begins;          // read on SPI: what the reply always begins with, -1 when that is not known
  bool continues;          // read on SPI: no dummy byte comes first
};

class StepProgram {
 public:
  // nullptr, or what is wrong with the bytes. Nothing of it is run then.
  const char* Parse(std::vector<uint8_t> bytes);

  const std::vector<ProgramStep>& steps() const { return steps_; }
  uint8_t* written(const ProgramStep& step) { return bytes_.data() + step.offset; }
  size_t read_bytes() const { return read_bytes_; }

 private:
  const char* ParseStep(size_t& at);

  std::vector<uint8_t> bytes_;
  std::vector<ProgramStep> steps_;
  size_t read_bytes_ = 0;
};

constexpr size_t kMaxProgramBytes = 4 << 20;
constexpr size_t kMaxReadBytes = 16 << 20;
