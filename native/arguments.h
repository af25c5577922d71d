#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

namespace lvs {

// Conversion of arguments from JavaScript. Each throws a TypeError or RangeError that starts with `name`.

Napi::Object read_object(const Napi::Value& value, const char* name);
Napi::Uint8Array read_uint8_array(const Napi::Value& value, const char* name);
Napi::Uint32Array read_uint32_array(const Napi::Value& value, const char* name);
bool read_boolean(const Napi::Value& value, const char* name);
/** Reads an integer from 0 to `maximum`. */
uint32_t read_integer(const Napi::Value& value, const char* name, uint32_t maximum);
/** Reads the path of a file: a string that is not empty and contains no zero byte. */
std::string read_path(const Napi::Value& value, const char* name);

Napi::Value read_property(const Napi::Object& object, const char* name);

}  // namespace lvs
