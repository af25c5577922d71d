#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace lvs {

/** The arguments of a call from JavaScript. Each reader gives false with a TypeError or RangeError pending.
 */
class Arguments {
 public:
  static constexpr size_t kMaximum = 6;

  Arguments(napi_env env, napi_callback_info info) noexcept;

  /** False when the call itself could not be read; an exception is pending. */
  bool valid() const noexcept { return valid_; }
  napi_value self() const noexcept { return self_; }
  napi_value operator[](size_t index) const noexcept { return values_[index]; }
  bool given(size_t index) const noexcept;

 private:
  napi_env env_;
  bool valid_;
  napi_value self_ = nullptr;
  napi_value values_[kMaximum]{};
};

/** A typed array's elements. They stay where they are for as long as it lives. */
struct ArrayView {
  void* data = nullptr;
  /** In elements. */
  size_t length = 0;
};

bool check_object(napi_env env, napi_value value, const char* name) noexcept;
bool read_array(napi_env env, napi_value value, napi_typedarray_type type, const char* name,
                ArrayView* view) noexcept;
bool read_boolean(napi_env env, napi_value value, const char* name, bool* result) noexcept;
/** An integer from 0 to `maximum`. */
bool read_integer(napi_env env, napi_value value, const char* name, uint32_t maximum,
                  uint32_t* result) noexcept;
/** A string that can name a file: not empty and without a zero byte. */
bool read_path(napi_env env, napi_value value, const char* name, std::string* path);
bool read_property(napi_env env, napi_value object, const char* name, napi_value* value) noexcept;
bool is_undefined(napi_env env, napi_value value) noexcept;

/** Throws and gives false. */
bool type_error(napi_env env, const std::string& message) noexcept;
bool range_error(napi_env env, const std::string& message) noexcept;

}  // namespace lvs
