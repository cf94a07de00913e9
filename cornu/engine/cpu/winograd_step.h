// A convolution with a 3x3 window that moves by one, by Winograd's way: see kernels/winograd.h.
#pragma once

#include "cornu/engine/cpu/dot_step.h"

namespace cornu::cpu {

// Whether it is that convolution, with what is fused to it, and so many tiles that the transforms of the kernel pay.
bool suits_winograd(const Lowering& lowering, const Patches& patches, std::int64_t filters, Slot kernel,
                    const DotEpilogue& epilogue);
// `kernel`: (9, channels, filters), contiguous.
void emit_winograd(Lowering& lowering, const Patches& patches, std::int64_t filters, Slot image, Slot kernel,
                   const DotEpilogue& epilogue, Slot out);

}  // namespace cornu::cpu
