#include "cornu/engine/cpu/schedule.h"

#include <algorithm>
#include <queue>

namespace cornu::cpu {

Schedule::Schedule(const Program& program)
    : after_(program.steps.size()), readers_(program.slots.size()), writers_(program.slots.size()) {
  const auto depend = [this](int before, int step) {
    if (before != step) after_[static_cast<std::size_t>(before)].push_back(step);
  };
  for (int i = 0; i < static_cast<int>(program.steps.size()); ++i) {
    const Step& step = program.steps[static_cast<std::size_t>(i)];
    for (const Slot slot : step.reads) {
      const auto root = static_cast<std::size_t>(program.root(slot));
      for (const int w : writers_[root]) depend(w, i);
      readers_[root].push_back(i);
    }
    for (const Slot slot : step.writes) {
      // A slot with several writers (a concatenation) is read by none before the last of them.
      const auto root = static_cast<std::size_t>(program.root(slot));
      for (const int w : writers_[root]) depend(w, i);
      writers_[root].push_back(i);
    }
  }
}

std::vector<bool> Schedule::reachable_from(int step) const {
  std::vector<bool> seen(after_.size(), false);
  std::vector<int> stack{step};
  while (!stack.empty()) {
    const auto i = static_cast<std::size_t>(stack.back());
    stack.pop_back();
    if (seen[i]) continue;
    seen[i] = true;
    stack.insert(stack.end(), after_[i].begin(), after_[i].end());
  }
  return seen;
}

bool Schedule::add(const std::vector<int>& before, int step) {
  const std::vector<bool> later = reachable_from(step);
  for (const int b : before)
    if (b != step && later[static_cast<std::size_t>(b)]) return false;
  for (const int b : before)
    if (b != step) after_[static_cast<std::size_t>(b)].push_back(step);
  return true;
}

std::vector<int> Schedule::order() const {
  std::vector<int> waits(after_.size(), 0);
  for (const auto& list : after_)
    for (const int s : list) ++waits[static_cast<std::size_t>(s)];
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (waits[i] == 0) ready.push(static_cast<int>(i));
  std::vector<int> out;
  while (!ready.empty()) {
    const int step = ready.top();
    ready.pop();
    out.push_back(step);
    for (const int s : after_[static_cast<std::size_t>(step)])
      if (--waits[static_cast<std::size_t>(s)] == 0) ready.push(s);
  }
  return out;
}

}  // namespace cornu::cpu
