#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC

// A request to stop, seen by the working thread between steps and at once while it sleeps.
class Interrupt {
 public:
  void Raise() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      raised_ = true;
    }
    changed_.notify_all();
  }

  bool Raised() const { return raised_; }

  // Returns false when interrupted, before or while sleeping. On time: a sleeper wakes up 50 us late or more, which at a
  // wait for each block adds up, so the end of the sleep is spent looking at the clock.
  bool SleepUntil(Clock::time_point end) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (changed_.wait_until(lock, end - kWakeUp, [this] { return raised_.load(); })) return false;
    }
    while (Clock::now() < end) {
      if (raised_) return false;
    }
    return true;
  }

 private:
  static constexpr std::chrono::microseconds kWakeUp{80};

  std::atomic<bool> raised_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};
