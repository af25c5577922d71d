#include "system_error.h"

#include <uv.h>

#include <string>

namespace lvs {
namespace {

bool make_string(napi_env env, const std::string& text, napi_value* value) noexcept {
  return succeeded(env, napi_create_string_utf8(env, text.data(), text.size(), value));
}

bool set_string(napi_env env, napi_value object, const char* name, const std::string& text) noexcept {
  napi_value value;
  return make_string(env, text, &value) && succeeded(env, napi_set_named_property(env, object, name, value));
}

}  // namespace

bool succeeded(napi_env env, napi_status status) noexcept {
  if (status == napi_ok) return true;
  const napi_extended_error_info* info = nullptr;
  const char* message = "Node-API call failed";
  if (napi_get_last_error_info(env, &info) == napi_ok && info->error_message != nullptr) {
    message = info->error_message;
  }
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return false;
  // A failure to throw leaves nothing else to try; the caller returns empty-handed all the same.
  (void)napi_throw_error(env, "ERR_NAPI", message);
  return false;
}

void discard_exception(napi_env env) noexcept {
  bool pending = false;
  napi_value exception;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  // Fails only when there is none.
  (void)napi_get_and_clear_last_exception(env, &exception);
}

napi_value coded_error(napi_env env, const char* code, const char* message) noexcept {
  napi_value code_value;
  napi_value message_value;
  napi_value error;
  if (!succeeded(env, napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &code_value)) ||
      !succeeded(env, napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &message_value)) ||
      !succeeded(env, napi_create_error(env, code_value, message_value, &error))) {
    return nullptr;
  }
  return error;
}

napi_value system_error(napi_env env, const SystemFailure& failure) {
  // libuv's spelling, because that is what Node's own errors have; its codes are the negated numbers.
  char code[64];
  char description[128];
  const int number = -failure.error;
  uv_err_name_r(number, code, sizeof code);
  uv_strerror_r(number, description, sizeof description);
  std::string text = std::string(code) + ": " + description + ", " + failure.syscall;
  if (!failure.path.empty()) text += " '" + failure.path + "'";

  napi_value message;
  napi_value error;
  napi_value number_value;
  if (!make_string(env, text, &message) ||
      !succeeded(env, napi_create_error(env, nullptr, message, &error)) ||
      !succeeded(env, napi_create_int32(env, number, &number_value)) ||
      !succeeded(env, napi_set_named_property(env, error, "errno", number_value)) ||
      !set_string(env, error, "code", code) || !set_string(env, error, "syscall", failure.syscall)) {
    return nullptr;
  }
  if (!failure.path.empty() && !set_string(env, error, "path", failure.path)) return nullptr;
  return error;
}

}  // namespace lvs
