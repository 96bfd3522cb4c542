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

  // Returns false when interrupted, before or while sleeping.
  bool SleepUntil(Clock::time_point end) {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_until(lock, end, [this] { return raised_.load(); });
  }

 private:
  std::atomic<bool> raised_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};
