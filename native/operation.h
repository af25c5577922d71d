#pragma once

#include <node_api.h>

#include <initializer_list>
#include <memory>
#include <vector>

namespace lvs {

/** Work on the libuv pool together with the promise that it settles. */
class Operation {
 public:
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /**
   * Queues the work and keeps objects alive until it is done. Gives the promise, or null with an exception
   * pending and the operation gone.
   */
  static napi_value start(napi_env env, std::unique_ptr<Operation> operation,
                          std::initializer_list<napi_value> keep_alive = {});

 protected:
  Operation() = default;

  /** Runs on a pool thread: no JavaScript here. */
  virtual void run() noexcept = 0;
  /** The value to fulfil the promise with; null when `error` was set to the reason, or an exception is
   * pending. */
  virtual napi_value result(napi_env env, napi_value* error) = 0;

 private:
  napi_value queue(napi_env env, std::initializer_list<napi_value> keep_alive);
  static void execute(napi_env env, void* data) noexcept;
  static void complete(napi_env env, napi_status status, void* data) noexcept;
  void settle(napi_env env) noexcept;
  void release(napi_env env) noexcept;

  napi_async_work work_ = nullptr;
  napi_deferred deferred_ = nullptr;
  std::vector<napi_ref> kept_;
};

/** A promise that is rejected already. */
napi_value rejected(napi_env env, napi_value error) noexcept;

}  // namespace lvs
