#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <vector>

#include "promise.h"

namespace lvs {

/** Work on the libuv pool, and the promise that it settles. */
class Operation {
 public:
  virtual ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /** Queues the work, and keeps objects alive until it is done. Returns the promise. */
  static Napi::Value start(std::unique_ptr<Operation> operation,
                           std::initializer_list<Napi::Value> keep_alive = {});

  /** Runs work that does not block in the calling thread. Returns a promise as well. */
  static Napi::Value run_inline(Operation* operation);

 protected:
  explicit Operation(Napi::Env env) : env_(env) {}

  /** Called on a pool thread; must not touch JavaScript. */
  virtual void run() noexcept = 0;
  /** Returns the value that fulfils the promise, or throws the Napi::Error that rejects it. */
  virtual Napi::Value result(Napi::Env env) = 0;

 private:
  static void execute(napi_env env, void* data) noexcept;
  static void complete(napi_env env, napi_status status, void* data) noexcept;
  void settle() noexcept;

  const Napi::Env env_;
  napi_async_work work_ = nullptr;
  Deferred deferred_;
  std::vector<Napi::ObjectReference> kept_;
};

}  // namespace lvs
