#include "errors.h"

#include <uv.h>

namespace lvs {
namespace {

/** Unlike Set(), does not call a setter defined on Object.prototype. */
template <typename T>
void define(const Napi::Error& error, const char* name, const T& value) {
  error.Value().DefineProperty(
      Napi::PropertyDescriptor::Value(name, Napi::Value::From(error.Env(), value), napi_default_jsproperty));
}

Napi::Error with_code(Napi::Error error, const char* code) {
  define(error, "code", code);
  return error;
}

}  // namespace

void check(Napi::Env env, napi_status status) {
  if (status == napi_ok) return;
  // An empty Error: node-addon-api catches it at the boundary and throws nothing in its place.
  if (env.IsExceptionPending()) throw Napi::Error(env, nullptr);
  throw Napi::Error::New(env, "Node-API call failed");
}

Napi::Error type_error(Napi::Env env, const std::string& message) {
  return with_code(Napi::TypeError::New(env, message), "ERR_INVALID_ARG_TYPE");
}

Napi::Error range_error(Napi::Env env, const std::string& message) {
  return with_code(Napi::RangeError::New(env, message), "ERR_OUT_OF_RANGE");
}

Napi::Error coded_error(Napi::Env env, const char* code, const std::string& message) {
  return with_code(Napi::Error::New(env, message), code);
}

Napi::Error system_error(Napi::Env env, const SystemFailure& failure) {
  // As in Node's own errors: libuv's names and texts; its codes are the negated error numbers.
  char code[64];
  char description[128];
  const int number = -failure.error;
  uv_err_name_r(number, code, sizeof code);
  uv_strerror_r(number, description, sizeof description);
  std::string message = std::string(code) + ": " + description + ", " + failure.syscall;
  if (!failure.path.empty()) message += " '" + failure.path + "'";

  Napi::Error error = Napi::Error::New(env, message);
  define(error, "errno", number);
  define(error, "code", std::string(code));
  define(error, "syscall", failure.syscall);
  if (!failure.path.empty()) define(error, "path", failure.path);
  return error;
}

Napi::Value rejected(const Napi::Error& error) {
  const Napi::Env env = error.Env();
  napi_deferred deferred;
  napi_value promise;
  check(env, napi_create_promise(env, &deferred, &promise));
  check(env, napi_reject_deferred(env, deferred, error.Value()));
  return {env, promise};
}

}  // namespace lvs
