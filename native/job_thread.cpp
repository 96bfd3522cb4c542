#include "job_thread.hpp"

#include <sched.h>

#include <csignal>
#include <utility>

#ifdef __linux__
#include <sys/prctl.h>
#endif

bool Environment::Create(Napi::Env env) {
  auto state = std::make_shared<Environment>();
  napi_value name = Napi::String::New(env, "bootlace");
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr, OnDelivered,
                                      &state->delivered_) != napi_ok ||
      napi_unref_threadsafe_function(env, state->delivered_) != napi_ok) {
    Napi::Error::New(env, "no thread-safe function").ThrowAsJavaScriptException();
    return false;
  }
  // Cleanup hooks run last to first: after the function's own, so that no thread is left to call it when it goes.
  napi_add_env_cleanup_hook(env, OnCleanup, state.get());
  env.SetInstanceData(new std::shared_ptr<Environment>(std::move(state)));
  return true;
}

std::shared_ptr<Environment> Environment::Of(Napi::Env env) {
  return *env.GetInstanceData<std::shared_ptr<Environment>>();
}

void Environment::JobPosted(Napi::Env env) {
  if (pending_++ == 0) napi_ref_threadsafe_function(env, delivered_);
}

void Environment::Deliver(std::unique_ptr<PromiseJob> job) {
  // Fails only while the environment goes. Then the job is left as it is: it may be destroyed on the JS thread only.
  napi_call_threadsafe_function(delivered_, job.release(), napi_tsfn_nonblocking);
}

void Environment::OnDelivered(napi_env raw, napi_value, void*, void* data) {
  std::unique_ptr<PromiseJob> job(static_cast<PromiseJob*>(data));
  if (raw == nullptr) return;  // the environment goes: no JS any more
  Napi::Env env(raw);
  std::shared_ptr<Environment> self = Of(env);
  if (--self->pending_ == 0) napi_unref_threadsafe_function(env, self->delivered_);
  job->Settle(env);
}

void Environment::OnCleanup(void* data) {
  auto* self = static_cast<Environment*>(data);
  for (JobThread* thread : std::exchange(self->threads_, {})) thread->Stop();
}

JobThread::JobThread(std::shared_ptr<Environment> environment) : environment_(std::move(environment)) {
  environment_->Add(this);
}

JobThread::~JobThread() {
  environment_->Remove(this);
  Stop();
}

std::optional<SysError> JobThread::Post(Napi::Env env, std::unique_ptr<PromiseJob> job) {
  if (!started_) {
    if (auto failed = Start()) return failed;
  }
  environment_->JobPosted(env);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(job));
    is_called_ = true;
  }
  changed_.notify_one();
  return std::nullopt;
}

std::optional<SysError> JobThread::Start() {
  // Signals stay with the main thread: one that lands here would end an ioctl with EINTR, in the middle of a frame.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failed = pthread_create(&thread_, nullptr, Main, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed != 0) return SysError{failed, "pthread_create"};
  started_ = true;
  return std::nullopt;
}

void JobThread::Abort() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (running_) running_->interrupt().Raise();
  for (const auto& job : waiting_) job->interrupt().Raise();
}

void JobThread::Stop() {
  if (!std::exchange(started_, false)) return;
  Abort();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    is_called_ = true;
  }
  changed_.notify_one();
  pthread_join(thread_, nullptr);
  // A waiting job may own the last reference to the owner of this object: it goes when nothing here is used any more.
  std::deque<std::unique_ptr<PromiseJob>> dropped = std::move(waiting_);
}

void* JobThread::Main(void* self) {
#ifdef __linux__
  prctl(PR_SET_NAME, "bootlace-bus");
  prctl(PR_SET_TIMERSLACK, 1UL);  // waits between tries of a poll are short; the default adds 50 us to each
#endif
  static_cast<JobThread*>(self)->Loop();
  return nullptr;
}

// The next list mostly comes within a millisecond, and who sleeps meanwhile wakes up late. Yields: the JS thread may need this core.
void JobThread::LookForMore() const {
  constexpr std::chrono::milliseconds kSoon{1};
  for (const auto end = Clock::now() + kSoon; !is_called_ && Clock::now() < end;) sched_yield();
}

void JobThread::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    running_ = std::move(waiting_.front());
    waiting_.pop_front();
    PromiseJob* job = running_.get();
    lock.unlock();
    job->Execute();
    lock.lock();
    std::unique_ptr<PromiseJob> finished = std::move(running_);
    is_called_ = !waiting_.empty() || stop_;
    lock.unlock();
    environment_->Deliver(std::move(finished));
    LookForMore();
    lock.lock();
  }
}
