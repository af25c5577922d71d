#include "errors.h"

#include <uv.h>

namespace lvs {
namespace {

/** Set() would run a setter that somebody gave Object.prototype. */
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
  // An Error that holds nothing: node-addon-api catches it on the way out and throws nothing in its place.
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
  // libuv's spelling, because that is what Node's own errors have; its codes are the negated numbers.
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
