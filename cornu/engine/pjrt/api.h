// Private to the engine: calls of the PJRT C API. Every struct starts as zeros with its size, every error becomes an
// EngineError, and a function that an older plug-in lacks is never called.
#pragma once

#include <pjrt_c_api.h>

#include <string>

namespace cornu::pjrt {

// CORNU_PJRT_ARGS(PJRT_Client_Compile, args): the zeroed arguments of that call.
#define CORNU_PJRT_ARGS(call, name) \
  call##_Args name = {};            \
  name.struct_size = call##_Args_STRUCT_SIZE

class Api {
 public:
  explicit Api(const PJRT_Api* api) : api_(api) {}

  // api.call(&PJRT_Api::PJRT_Client_Compile, args, "compile a program"): throws EngineError with the plug-in's words.
  template <class Args>
  void call(PJRT_Error* (*PJRT_Api::*function)(Args*), Args& args, const char* what) const {
    require(reinterpret_cast<const char*>(&(api_->*function)) - reinterpret_cast<const char*>(api_), what);
    if (PJRT_Error* error = (api_->*function)(&args)) raise(error, what);
  }
  // For destructors: what fails is forgotten.
  template <class Args>
  void release(PJRT_Error* (*PJRT_Api::*function)(Args*), Args& args) const noexcept {
    if (PJRT_Error* error = (api_->*function)(&args)) destroy(error);
  }
  // Waits for it, then destroys it; null is nothing to wait for.
  void await(PJRT_Event* event, const char* what) const;

  const PJRT_Api* get() const { return api_; }

 private:
  void require(std::ptrdiff_t offset, const char* what) const;
  [[noreturn]] void raise(PJRT_Error* error, const char* what) const;
  void destroy(PJRT_Error* error) const noexcept;

  const PJRT_Api* api_;
};

}  // namespace cornu::pjrt
