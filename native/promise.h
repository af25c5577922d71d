#pragma once

#include <napi.h>

#include <exception>

namespace lvs {

/**
 * Settles a promise with what `result` gives or throws, and takes an exception that is pending then: it has
 * no caller to go to, and Node would end the process for it. In plain calls, since hooks and handlers in
 * JavaScript may run below them, see check(). Nothing is checked: a promise that cannot be settled belongs to
 * an environment that goes down, and nobody waits for it. Napi::Promise::Deferred would throw, and there is
 * no caller to catch it.
 */
template <typename Result>
void settle(Napi::Env env, napi_deferred deferred, Result result) noexcept {
  const auto reject = [env, deferred](const Napi::Error& error) {
    (void)napi_reject_deferred(env, deferred, error.Value());
  };
  try {
    (void)napi_resolve_deferred(env, deferred, result());
  } catch (const Napi::Error& error) {
    reject(error);
  } catch (const std::exception& failure) {
    reject(Napi::Error::New(env, failure.what()));
  }
  napi_value exception;
  (void)napi_get_and_clear_last_exception(env, &exception);
}

}  // namespace lvs
