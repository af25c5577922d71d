#pragma once

#include <napi.h>

#include <string>

#include "system_failure.h"

namespace lvs {

/**
 * Checks the status of a plain Node-API call. Those are used where node-addon-api has no wrapper, and
 * wherever JavaScript may run below the call, such as getters and promise hooks. When that JavaScript is
 * terminated, the wrappers' own check (Napi::Error::New) aborts the process, because the pending exception is
 * null and cannot be wrapped. This function leaves it pending and unwinds.
 */
void check(Napi::Env env, napi_status status);

Napi::Error type_error(Napi::Env env, const std::string& message);
Napi::Error range_error(Napi::Env env, const std::string& message);
Napi::Error coded_error(Napi::Env env, const char* code, const std::string& message);

/**
 * An Error like Node's own: "ENOENT: no such file or directory, open '/x'" with `errno` (negative), `code`,
 * `syscall` and, if a file is involved, `path`.
 */
Napi::Error system_error(Napi::Env env, const SystemFailure& failure);

/** Returns a rejected promise. */
Napi::Value rejected(const Napi::Error& error);

}  // namespace lvs
