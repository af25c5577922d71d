#include "arguments.h"

#include <cmath>

#include "system_error.h"

namespace lvs {

Arguments::Arguments(napi_env env, napi_callback_info info) noexcept : env_(env) {
  size_t count = kMaximum;
  valid_ = succeeded(env, napi_get_cb_info(env, info, &count, values_, &self_, nullptr));
}

bool Arguments::given(size_t index) const noexcept { return !is_undefined(env_, values_[index]); }

bool is_undefined(napi_env env, napi_value value) noexcept {
  napi_valuetype type = napi_undefined;
  return !succeeded(env, napi_typeof(env, value, &type)) || type == napi_undefined;
}

bool type_error(napi_env env, const std::string& message) noexcept {
  (void)succeeded(env, napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message.c_str()));
  return false;
}

bool range_error(napi_env env, const std::string& message) noexcept {
  (void)succeeded(env, napi_throw_range_error(env, "ERR_OUT_OF_RANGE", message.c_str()));
  return false;
}

bool check_object(napi_env env, napi_value value, const char* name) noexcept {
  napi_valuetype type = napi_undefined;
  if (!succeeded(env, napi_typeof(env, value, &type))) return false;
  return type == napi_object || type_error(env, std::string(name) + " must be an object");
}

bool read_array(napi_env env, napi_value value, napi_typedarray_type type, const char* name,
                ArrayView* view) noexcept {
  bool is_array = false;
  if (!succeeded(env, napi_is_typedarray(env, value, &is_array))) return false;
  napi_typedarray_type actual = napi_float64_array;
  if (is_array && !succeeded(env, napi_get_typedarray_info(env, value, &actual, &view->length, &view->data,
                                                           nullptr, nullptr))) {
    return false;
  }
  if (is_array && actual == type) return true;
  const char* wanted = type == napi_uint8_array ? "a Uint8Array" : "a Uint32Array";
  return type_error(env, std::string(name) + " must be " + wanted);
}

bool read_boolean(napi_env env, napi_value value, const char* name, bool* result) noexcept {
  const napi_status status = napi_get_value_bool(env, value, result);
  if (status == napi_boolean_expected) return type_error(env, std::string(name) + " must be a boolean");
  return succeeded(env, status);
}

bool read_integer(napi_env env, napi_value value, const char* name, uint32_t maximum,
                  uint32_t* result) noexcept {
  double number = 0;
  const napi_status status = napi_get_value_double(env, value, &number);
  if (status == napi_number_expected) return type_error(env, std::string(name) + " must be a number");
  if (!succeeded(env, status)) return false;
  if (!(number >= 0 && number <= maximum) || number != std::floor(number)) {
    return range_error(env, std::string(name) + " must be an integer from 0 to " + std::to_string(maximum));
  }
  *result = static_cast<uint32_t>(number);
  return true;
}

bool read_path(napi_env env, napi_value value, const char* name, std::string* path) {
  size_t length = 0;
  const napi_status status = napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  if (status == napi_string_expected) return type_error(env, std::string(name) + " must be a string");
  if (!succeeded(env, status)) return false;
  path->resize(length);
  // Node-API writes a terminator behind the text, where std::string keeps its own.
  if (!succeeded(env, napi_get_value_string_utf8(env, value, path->data(), length + 1, &length)))
    return false;
  if (!path->empty() && path->find('\0') == std::string::npos) return true;
  return range_error(env, std::string(name) + " must be a path: not empty and without a zero byte");
}

bool read_property(napi_env env, napi_value object, const char* name, napi_value* value) noexcept {
  return succeeded(env, napi_get_named_property(env, object, name, value));
}

}  // namespace lvs
