#include "cornu/engine/pjrt/api.h"

#include "cornu/core/error.h"

namespace cornu::pjrt {

void Api::await(PJRT_Event* event, const char* what) const {
  if (event == nullptr) return;
  CORNU_PJRT_ARGS(PJRT_Event_Await, args);
  args.event = event;
  PJRT_Error* const error = api_->PJRT_Event_Await(&args);
  CORNU_PJRT_ARGS(PJRT_Event_Destroy, destroy_args);
  destroy_args.event = event;
  release(&PJRT_Api::PJRT_Event_Destroy, destroy_args);
  if (error != nullptr) raise(error, what);
}

void Api::require(std::ptrdiff_t offset, const char* what) const {
  if (static_cast<std::size_t>(offset) + sizeof(void*) <= api_->struct_size) return;
  throw EngineError(cat("[pjrt] cannot ", what, "\n  received: a plug-in of PJRT ",
                        api_->pjrt_api_version.major_version, ".", api_->pjrt_api_version.minor_version,
                        ", which has no function for it\n  expected: PJRT ", PJRT_API_MAJOR, ".", PJRT_API_MINOR,
                        " or newer: install a newer plug-in"));
}

void Api::raise(PJRT_Error* error, const char* what) const {
  CORNU_PJRT_ARGS(PJRT_Error_Message, message);
  message.error = error;
  api_->PJRT_Error_Message(&message);
  const std::string text(message.message, message.message_size);
  destroy(error);
  throw EngineError(cat("[pjrt] cannot ", what, "\n  the plug-in says: ", text));
}

void Api::destroy(PJRT_Error* error) const noexcept {
  CORNU_PJRT_ARGS(PJRT_Error_Destroy, args);
  args.error = error;
  api_->PJRT_Error_Destroy(&args);
}

}  // namespace cornu::pjrt
