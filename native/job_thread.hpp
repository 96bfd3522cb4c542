#pragma once
#include <napi.h>
#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

#include "promise_job.hpp"

class JobThread;

// What belongs to one Node environment (the main thread or one worker thread): the way back to its JS thread, and the
// threads to stop before it goes. Used on its JS thread only, but for Deliver().
class Environment {
 public:
  // Called once, when the addon is loaded into the environment. False: a JS exception is pending.
  static bool Create(Napi::Env env);
  static std::shared_ptr<Environment> Of(Napi::Env env);

  void Add(JobThread* thread) { threads_.insert(thread); }
  void Remove(JobThread* thread) { threads_.erase(thread); }
  // A pending job keeps the event loop alive.
  void JobPosted(Napi::Env env);
  // Any thread: hands a finished job to the JS thread, where it settles and dies.
  void Deliver(std::unique_ptr<PromiseJob> job);

 private:
  static void OnDelivered(napi_env raw, napi_value callback, void* context, void* data);
  static void OnCleanup(void* data);

  napi_threadsafe_function delivered_ = nullptr;
  size_t pending_ = 0;
  std::set<JobThread*> threads_;
};

// One thread that runs jobs in order. Not libuv's pool: that has four threads, and a list of steps may hold one for
// seconds; and the end of an environment waits for the pool, but may interrupt us.
class JobThread {
 public:
  explicit JobThread(std::shared_ptr<Environment> environment);
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;
  ~JobThread();

  // Starts the thread with the first job. A thread that cannot be started gives a SysError, and the job is dropped.
  std::optional<SysError> Post(Napi::Env env, std::unique_ptr<PromiseJob> job);
  // Interrupts the running job and all that wait.
  void Abort();
  // Interrupts, waits for the thread and drops what has not run. For the end of the environment.
  void Stop();

 private:
  static void* Main(void* self);
  void Loop();
  void LookForMore() const;
  std::optional<SysError> Start();

  std::shared_ptr<Environment> environment_;
  bool started_ = false;
  pthread_t thread_{};
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stop_ = false;
  std::atomic<bool> is_called_{false};  // there is a job or a stop: to be looked at without the lock
  std::deque<std::unique_ptr<PromiseJob>> waiting_;
  std::unique_ptr<PromiseJob> running_;
};
