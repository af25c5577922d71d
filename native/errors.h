#pragma once

#include <napi.h>

#include <string>

#include "system_failure.h"

namespace lvs {

/**
 * For plain Node-API calls: what node-addon-api has no wrapper for, and all below which JavaScript may run,
 * such as getters and hooks of promises. When that JavaScript is terminated, the wrappers' own check
 * (Napi::Error::New) aborts the process: the pending exception then is null, and wrapping it fails. This one
 * leaves it pending and unwinds.
 */
void check(Napi::Env env, napi_status status);

Napi::Error type_error(Napi::Env env, const std::string& message);
Napi::Error range_error(Napi::Env env, const std::string& message);
Napi::Error coded_error(Napi::Env env, const char* code, const std::string& message);

/**
 * An Error like Node's own: "ENOENT: no such file or directory, open '/x'" with `errno` (negative), `code`,
 * `syscall` and, where there is one, `path`.
 */
Napi::Error system_error(Napi::Env env, const SystemFailure& failure);

/** A promise that is rejected already. */
Napi::Value rejected(const Napi::Error& error);

}  // namespace lvs
