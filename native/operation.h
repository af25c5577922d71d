#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <vector>

namespace lvs {

/** Work on the libuv pool together with the promise that it settles. */
class Operation {
 public:
  virtual ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /** Queues the work and keeps objects alive until it is done. Gives the promise. */
  static Napi::Value start(std::unique_ptr<Operation> operation,
                           std::initializer_list<Napi::Value> keep_alive = {});

  /** Does work that cannot wait, here and now. Gives a promise all the same. */
  static Napi::Value perform(Operation* operation);

 protected:
  explicit Operation(Napi::Env env) : env_(env) {}

  /** Runs on a pool thread: no JavaScript here. */
  virtual void run() noexcept = 0;
  /** The value to fulfil the promise with. Throws the Napi::Error to reject it with. */
  virtual Napi::Value result(Napi::Env env) = 0;

 private:
  static void execute(napi_env env, void* data) noexcept;
  static void complete(napi_env env, napi_status status, void* data) noexcept;

  const Napi::Env env_;
  napi_async_work work_ = nullptr;
  napi_deferred deferred_ = nullptr;
  std::vector<Napi::ObjectReference> kept_;
};

}  // namespace lvs
