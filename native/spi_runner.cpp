#include "spi_runner.hpp"

#include <algorithm>
#include <utility>

using std::chrono::microseconds;

namespace {

// Between the first tries of a poll; then twice as long each time, up to the step's own.
constexpr microseconds kFirstInterval{20};

}  // namespace

RunOutcome SpiRunner::Run() {
  outcome_.reads.resize(program_.read_bytes());
  const size_t count = program_.steps().size();
  for (size_t index = 0; index < count;) {
    if (interrupt_.Raised()) {
      if (Flush(index)) Fail(index, RunStatus::kAborted);
      return std::move(outcome_);
    }
    if (!RunStep(index)) return std::move(outcome_);
  }
  Flush(count == 0 ? 0 : count - 1);
  return std::move(outcome_);
}

bool SpiRunner::RunStep(size_t& index) {
  const ProgramStep& step = program_.steps()[index];
  outcome_.reply = -1;  // what an earlier poll got says nothing about this step
  switch (step.kind) {
    case StepKind::kWrite: return RunWrite(index);
    case StepKind::kRead: return RunRead(index++);
    case StepKind::kPoll: return RunPoll(index++);
    case StepKind::kDelay: return Flush(index) && Wait(index++, Clock::now() + microseconds(step.first_wait_us));
  }
  return false;  // StepProgram lets no other kind through
}

// With the first two bytes of the poll behind it, where nothing is to be waited for: one message instead of two.
bool SpiRunner::RunWrite(size_t& index) {
  const size_t at = index++;
  const ProgramStep& step = program_.steps()[at];
  const bool polls = PollFollows(index);
  const Clock::time_point start = Clock::now();
  std::vector<uint8_t> bytes(program_.written(step), program_.written(step) + step.length);
  if (polls) bytes.insert(bytes.end(), 2, bytes_.poll_filler);
  std::vector<uint8_t> came(bytes.size());
  if (!Exchange(at, bytes.data(), came.data(), bytes.size())) return false;
  if (!polls) return true;
  outcome_.tries += 2;
  return FinishPoll(index++, start, came.data() + step.length);
}

bool SpiRunner::PollFollows(size_t index) const {
  const auto& steps = program_.steps();
  return index < steps.size() && steps[index].kind == StepKind::kPoll && steps[index].first_wait_us == 0;
}

bool SpiRunner::RunRead(size_t index) {
  const ProgramStep& step = program_.steps()[index];
  uint8_t* into = outcome_.reads.data() + step.offset;
  if (step.begins >= 0) return Learn(index, into);
  const size_t dummies = bus_.has_dummy() && !step.continues ? 1 : 0;
  std::vector<uint8_t> came(dummies + step.length);
  if (!Fill(index, bytes_.filler, came.data(), came.size())) return false;
  std::copy(came.begin() + static_cast<std::ptrdiff_t>(dummies), came.end(), into);
  return true;
}

// One more byte is clocked only where the first was not the known one: with it the status behind the reply would be lost.
bool SpiRunner::Learn(size_t index, uint8_t* into) {
  const ProgramStep& step = program_.steps()[index];
  if (!Fill(index, bytes_.filler, into, step.length)) return false;
  if (step.length < 2) return true;
  if (into[0] == step.begins) {
    bus_.ToldDummy(false);
    return true;
  }
  uint8_t last = 0;
  if (!Fill(index, bytes_.filler, &last, 1)) return false;
  if (into[1] == step.begins) bus_.ToldDummy(true);
  else bus_.ToldNothing();
  std::rotate(into, into + 1, into + step.length);
  into[step.length - 1] = last;
  return true;
}

bool SpiRunner::RunPoll(size_t index) {
  const ProgramStep& step = program_.steps()[index];
  if (step.first_wait_us > 0 &&
      !(Flush(index) && Wait(index, Clock::now() + microseconds(step.first_wait_us)))) {
    return false;
  }
  const Clock::time_point start = Clock::now();
  uint8_t two[2] = {0, 0};
  outcome_.tries += 2;
  return Fill(index, bytes_.poll_filler, two, 2) && FinishPoll(index, start, two);
}

bool SpiRunner::FinishPoll(size_t index, Clock::time_point start, const uint8_t* two) {
  const ProgramStep& step = program_.steps()[index];
  const Clock::time_point deadline = start + microseconds(step.timeout_us);
  microseconds pause = kFirstInterval;
  // The first byte is a dummy, but where a quick chip refuses.
  uint8_t byte = two[0] == bytes_.refusal ? two[0] : two[1];
  for (bool is_late = false; byte != bytes_.refusal && byte != step.accept;) {
    outcome_.reply = byte;
    if (is_late) return Fail(index, RunStatus::kTimeout);
    is_late = Clock::now() >= deadline;  // looked at before the try: a chip that is ready by then is never given up
    if (!is_late && !Wait(index, std::min(Clock::now() + pause, deadline))) return false;
    pause = std::min(pause * 2, std::max(kFirstInterval, microseconds(step.interval_us)));
    if (!Fill(index, bytes_.poll_filler, &byte, 1)) return false;
    ++outcome_.tries;
  }
  outcome_.reply = byte;
  owes_acknowledge_ = true;
  if (byte == step.accept) return true;
  return Flush(index) && Fail(index, RunStatus::kUnexpected);
}

bool SpiRunner::Wait(size_t index, Clock::time_point end) {
  return interrupt_.SleepUntil(end) || Fail(index, RunStatus::kAborted);
}

bool SpiRunner::Flush(size_t index) { return !owes_acknowledge_ || Exchange(index, nullptr, nullptr, 0); }

bool SpiRunner::Fill(size_t index, uint8_t filler, uint8_t* miso, size_t length) {
  const std::vector<uint8_t> fillers(length, filler);
  return Exchange(index, fillers.data(), miso, length);
}

bool SpiRunner::Exchange(size_t index, const uint8_t* mosi, uint8_t* miso, size_t length) {
  mosi_.clear();
  if (owes_acknowledge_) mosi_.push_back(bytes_.acknowledge);
  const auto own = static_cast<std::ptrdiff_t>(mosi_.size());
  if (length > 0) mosi_.insert(mosi_.end(), mosi, mosi + length);
  miso_.resize(mosi_.size());
  owes_acknowledge_ = false;
  outcome_.bytes += static_cast<uint32_t>(mosi_.size());
  ++outcome_.frames;
  const auto failed = bus_.Exchange(mosi_.data(), miso_.data(), mosi_.size());
  if (failed) return Fail(index, RunStatus::kSystem, failed->number);
  if (length > 0) std::copy(miso_.begin() + own, miso_.end(), miso);
  return true;
}

bool SpiRunner::Fail(size_t index, RunStatus status, int error) {
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
