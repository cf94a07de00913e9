#include "cornu/engine/cpu/prologue.h"

#include <algorithm>

namespace cornu::cpu {
namespace {

constexpr std::size_t kAlignment = 64;

class Splitter {
 public:
  explicit Splitter(Program& program)
      : program_(program), early_(program.steps.size(), true), fixed_(program.slots.size()) {}

  void run() {
    if (!program_.has_fixed) return;
    // A step is out when something that it reads is, or when it shares a result with one that is out; then all that
    // reads its result is.
    while (remove_one_round()) {
    }
    move_steps();
    place_results();
  }

 private:
  std::size_t root(Slot slot) const { return static_cast<std::size_t>(program_.root(slot)); }

  void find_fixed() {
    for (std::size_t s = 0; s < program_.slots.size(); ++s)
      fixed_[s] = program_.slots[s].place == Place::kConstant ||
                  (program_.slots[s].place == Place::kParameter && program_.slots[s].fixed);
    std::vector<bool> written(program_.slots.size(), false);
    for (std::size_t i = 0; i < early_.size(); ++i)
      for (const Slot w : program_.steps[i].writes) {
        fixed_[root(w)] = early_[i] && (fixed_[root(w)] || !written[root(w)]);
        written[root(w)] = true;
      }
    // Outputs are the caller's memory, new in each run.
    for (const Slot o : program_.outputs)
      if (written[root(o)]) fixed_[root(o)] = false;
  }

  bool remove_one_round() {
    find_fixed();
    bool changed = false;
    for (std::size_t i = 0; i < early_.size(); ++i) {
      if (!early_[i]) continue;
      const Step& step = program_.steps[i];
      const auto is_fixed = [this](Slot s) { return fixed_[root(s)]; };
      early_[i] = std::all_of(step.reads.begin(), step.reads.end(), is_fixed) &&
                  std::all_of(step.writes.begin(), step.writes.end(), is_fixed);
      changed = changed || !early_[i];
    }
    return changed;
  }

  void move_steps() {
    std::vector<Step> late;
    for (std::size_t i = 0; i < early_.size(); ++i)
      (early_[i] ? program_.prologue : late).push_back(std::move(program_.steps[i]));
    program_.steps = std::move(late);
  }

  void place_results() {
    std::vector<bool> wanted(program_.slots.size(), false), made(program_.slots.size(), false);
    for (const Step& step : program_.steps)
      for (const Slot r : step.reads) wanted[root(r)] = true;
    for (const Step& step : program_.prologue)
      for (const Slot w : step.writes) made[root(w)] = true;
    std::size_t at = 0;
    for (const bool prepared : {true, false}) {
      for (std::size_t s = 0; s < made.size(); ++s) {
        if (!made[s] || wanted[s] != prepared) continue;
        program_.slots[s].place = Place::kPrepared;
        program_.slots[s].offset = at;
        at += (program_.slots[s].bytes + kAlignment - 1) / kAlignment * kAlignment;
      }
      (prepared ? program_.prepared_bytes : program_.preparing_bytes) = at;
    }
    program_.preparing_bytes -= program_.prepared_bytes;
  }

  Program& program_;
  std::vector<bool> early_;  // by step
  std::vector<bool> fixed_;  // by root slot
};

}  // namespace

void split_prologue(Program& program) { Splitter(program).run(); }

}  // namespace cornu::cpu
