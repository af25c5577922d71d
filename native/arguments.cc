#include "arguments.h"

#include <cmath>

#include "errors.h"

namespace lvs {
namespace {

Napi::Error wrong_type(const Napi::Value& value, const char* name, const char* expected) {
  return type_error(value.Env(), std::string(name) + " must be " + expected);
}

Napi::Error out_of_range(const Napi::Value& value, const char* name, const std::string& expected) {
  return range_error(value.Env(), std::string(name) + " must be " + expected);
}

template <typename Array>
Array read_array(const Napi::Value& value, napi_typedarray_type type, const char* name,
                 const char* expected) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == type) return value.As<Array>();
  throw wrong_type(value, name, expected);
}

}  // namespace

Napi::Object read_object(const Napi::Value& value, const char* name) {
  if (value.Type() == napi_object) return value.As<Napi::Object>();
  throw wrong_type(value, name, "an object");
}

Napi::Uint8Array read_uint8_array(const Napi::Value& value, const char* name) {
  return read_array<Napi::Uint8Array>(value, napi_uint8_array, name, "a Uint8Array");
}

Napi::Uint32Array read_uint32_array(const Napi::Value& value, const char* name) {
  return read_array<Napi::Uint32Array>(value, napi_uint32_array, name, "a Uint32Array");
}

bool read_boolean(const Napi::Value& value, const char* name) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>();
  throw wrong_type(value, name, "a boolean");
}

uint32_t read_integer(const Napi::Value& value, const char* name, uint32_t maximum) {
  if (!value.IsNumber()) throw wrong_type(value, name, "a number");
  const double number = value.As<Napi::Number>();
  if (number >= 0 && number <= maximum && number == std::floor(number)) return static_cast<uint32_t>(number);
  throw out_of_range(value, name, "an integer from 0 to " + std::to_string(maximum));
}

std::string read_path(const Napi::Value& value, const char* name) {
  if (!value.IsString()) throw wrong_type(value, name, "a string");
  std::string path = value.As<Napi::String>();
  if (!path.empty() && path.find('\0') == std::string::npos) return path;
  throw out_of_range(value, name, "a non-empty path without a zero byte");
}

Napi::Value read_property(const Napi::Object& object, const char* name) {
  const Napi::Env env = object.Env();
  napi_value value;
  check(env, napi_get_named_property(env, object, name, &value));
  return {env, value};
}

}  // namespace lvs
