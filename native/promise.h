#pragma once

#include <napi.h>

#include <exception>

#include "errors.h"

namespace lvs {

/**
 * A promise to be settled from C++. It uses plain Node-API calls, because hooks and handlers in JavaScript
 * may run below them (see check()).
 */
class Deferred {
 public:
  /** Creates the promise. */
  Napi::Value create(Napi::Env env) {
    napi_value promise;
    check(env, napi_create_promise(env, &deferred_, &promise));
    return {env, promise};
  }

  /**
   * Settles the promise with what `result` returns or throws, and clears any exception that is pending then:
   * no caller could catch it, and Node would end the process. Does nothing if no promise was created. Status
   * codes are ignored: a promise that cannot be settled belongs to an environment that is shutting down,
   * where nothing waits for it. (Napi::Promise::Deferred would throw, with no caller to catch it.)
   */
  template <typename Result>
  void settle(Napi::Env env, Result result) noexcept {
    if (deferred_ == nullptr) return;
    try {
      (void)napi_resolve_deferred(env, deferred_, result());
    } catch (const Napi::Error& error) {
      (void)napi_reject_deferred(env, deferred_, error.Value());
    } catch (const std::exception& error) {
      (void)napi_reject_deferred(env, deferred_, Napi::Error::New(env, error.what()).Value());
    }
    napi_value exception;
    (void)napi_get_and_clear_last_exception(env, &exception);
  }

 private:
  napi_deferred deferred_ = nullptr;
};

}  // namespace lvs
