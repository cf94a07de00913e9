// What the fuzzers call with bytes that nobody chose, and what the ordinary tests call with the committed corpus. Each
// reads the bytes in every way that Cornu would; success and a named error are the only ends that are allowed.
#pragma once

#include <string_view>

namespace cornu::fuzz {

void read_h5(std::string_view bytes);
void read_keras(std::string_view bytes);
// The first byte chooses the generation of Keras that the configuration is said to be from.
void read_json(std::string_view bytes);
void read_idx(std::string_view bytes);
void read_npy(std::string_view bytes);
void read_csv(std::string_view bytes);

struct Target {
  const char* name;  // of the folder of its corpus
  void (*run)(std::string_view bytes);
};
inline constexpr Target kTargets[] = {{"h5", read_h5},   {"keras", read_keras}, {"json", read_json},
                                      {"idx", read_idx}, {"npy", read_npy},     {"csv", read_csv}};

}  // namespace cornu::fuzz
