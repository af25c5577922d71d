#pragma once

#include <node_api.h>

#include <exception>

#include "system_error.h"

namespace lvs {

/** Makes a callback of `body`: a C++ exception must not unwind into Node, which is built without them. */
template <napi_value (*body)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) noexcept {
  try {
    return body(env, info);
  } catch (const std::exception& failure) {
    (void)succeeded(env, napi_throw_error(env, "ERR_NATIVE", failure.what()));
    return nullptr;
  }
}

}  // namespace lvs
