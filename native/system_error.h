#pragma once

#include <node_api.h>

#include "system_failure.h"

namespace lvs {

/**
 * Whether a Node-API call succeeded. When it did not, a JavaScript exception is pending afterwards, unless
 * the environment is going down: then any call may fail and nothing can be thrown.
 */
bool succeeded(napi_env env, napi_status status) noexcept;

/** Drops a pending exception that has no caller to go to. */
void discard_exception(napi_env env) noexcept;

/** An Error with a `code`. Null with an exception pending when even that fails. */
napi_value coded_error(napi_env env, const char* code, const char* message) noexcept;

/**
 * An Error like Node's own: "ENOENT: no such file or directory, open '/x'" with `errno` (negative), `code`,
 * `syscall` and, where there is one, `path`. Null with an exception pending when even that fails.
 */
napi_value system_error(napi_env env, const SystemFailure& failure);

}  // namespace lvs
