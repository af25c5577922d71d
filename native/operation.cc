#include "operation.h"

#include <exception>

#include "system_error.h"

namespace lvs {

napi_value Operation::start(napi_env env, std::unique_ptr<Operation> operation,
                            std::initializer_list<napi_value> keep_alive) {
  const napi_value promise = operation->queue(env, keep_alive);
  if (promise != nullptr) {
    (void)operation.release();  // complete() has it now
  } else {
    operation->release(env);
  }
  return promise;
}

napi_value Operation::queue(napi_env env, std::initializer_list<napi_value> keep_alive) {
  kept_.reserve(keep_alive.size());
  for (const napi_value object : keep_alive) {
    napi_ref reference;
    if (!succeeded(env, napi_create_reference(env, object, 1, &reference))) return nullptr;
    kept_.push_back(reference);
  }
  napi_value name;
  napi_value promise;
  if (!succeeded(env, napi_create_string_utf8(env, "lvs_netlink", NAPI_AUTO_LENGTH, &name)) ||
      !succeeded(env, napi_create_async_work(env, nullptr, name, execute, complete, this, &work_)) ||
      !succeeded(env, napi_create_promise(env, &deferred_, &promise)) ||
      !succeeded(env, napi_queue_async_work(env, work_))) {
    return nullptr;
  }
  return promise;
}

void Operation::execute(napi_env, void* data) noexcept { static_cast<Operation*>(data)->run(); }

/**
 * Called on the environment's thread, in a handle scope, for each queued work without exception: an
 * environment that goes down waits for it first (Environment::CleanupHandles, src/env.cc), though by then no
 * JavaScript runs and calls that would need it fail. Work is never cancelled here, so the status tells
 * nothing.
 */
void Operation::complete(napi_env env, napi_status, void* data) noexcept {
  const std::unique_ptr<Operation> operation(static_cast<Operation*>(data));
  operation->settle(env);
  operation->release(env);
  discard_exception(env);
}

void Operation::settle(napi_env env) noexcept {
  napi_value value = nullptr;
  napi_value error = nullptr;
  try {
    value = result(env, &error);
  } catch (const std::exception& failure) {
    error = coded_error(env, "ERR_NATIVE", failure.what());
  }
  if (value != nullptr) {
    (void)succeeded(env, napi_resolve_deferred(env, deferred_, value));
    return;
  }
  if (error == nullptr && !succeeded(env, napi_get_and_clear_last_exception(env, &error))) return;
  (void)succeeded(env, napi_reject_deferred(env, deferred_, error));
}

void Operation::release(napi_env env) noexcept {
  for (const napi_ref reference : kept_) (void)succeeded(env, napi_delete_reference(env, reference));
  kept_.clear();
  if (work_ != nullptr) (void)succeeded(env, napi_delete_async_work(env, work_));
  work_ = nullptr;
}

napi_value rejected(napi_env env, napi_value error) noexcept {
  napi_deferred deferred;
  napi_value promise;
  if (error == nullptr || !succeeded(env, napi_create_promise(env, &deferred, &promise)) ||
      !succeeded(env, napi_reject_deferred(env, deferred, error))) {
    return nullptr;
  }
  return promise;
}

}  // namespace lvs
