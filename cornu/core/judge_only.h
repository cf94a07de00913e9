// Whether this is the build of the library that only judges (the option CORNU_JUDGE_ONLY): what nobody reaches from a
// Judge is then left out where the linker cannot see it, behind a virtual function or a table. Nothing is written there
// (no configuration), nothing is trained (no regularizer, no constraint), and no weight is drawn (no initializer).
#pragma once

namespace cornu {

#ifdef CORNU_JUDGE_ONLY
inline constexpr bool kJudgeOnly = true;
#else
inline constexpr bool kJudgeOnly = false;
#endif

}  // namespace cornu
