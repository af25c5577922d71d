#include "open_files.h"

#include <unistd.h>

#include <memory>

#include "system_error.h"

namespace lvs {
namespace {

/** Linux frees the number whatever close() answers, and to a file under /proc nothing is written late. */
void release(int descriptor) noexcept { (void)::close(descriptor); }

}  // namespace

OpenFiles::~OpenFiles() {
  for (const int descriptor : descriptors_) release(descriptor);
}

bool OpenFiles::install(napi_env env) {
  auto files = std::make_unique<OpenFiles>();
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<OpenFiles*>(data); };
  if (!succeeded(env, napi_set_instance_data(env, files.get(), finalize, nullptr))) return false;
  (void)files.release();  // the finalizer has it now
  return true;
}

OpenFiles* OpenFiles::of(napi_env env) noexcept {
  void* data = nullptr;
  if (!succeeded(env, napi_get_instance_data(env, &data))) return nullptr;
  return static_cast<OpenFiles*>(data);
}

bool OpenFiles::close(int descriptor) noexcept {
  if (descriptors_.erase(descriptor) == 0) return false;
  release(descriptor);
  return true;
}

}  // namespace lvs
