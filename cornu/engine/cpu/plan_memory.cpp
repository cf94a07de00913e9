#include "cornu/engine/cpu/plan_memory.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "cornu/engine/cpu/schedule.h"

namespace cornu::cpu {
namespace {

constexpr std::size_t kAlignment = 64;
// Between buffers that several threads use: a core fetches lines ahead of what it reads, and would take those of the
// next buffer away from the core that works on them.
constexpr std::size_t kGap = 512, kGapFrom = 1024;

class Outputs {
 public:
  explicit Outputs(Program& program)
      : program_(program), schedule_(program), parameter_of_(program.outputs.size(), -1) {
    for (const auto& [output, parameter] : program.aliases) parameter_of_[static_cast<std::size_t>(output)] = parameter;
  }

  // Gives each output its slot, or notes a copy; then orders the steps and appends the copies.
  void place() {
    for (std::size_t o = 0; o < program_.outputs.size(); ++o)
      if (!place_directly(static_cast<int>(o))) copies_.push_back(static_cast<int>(o));
    add_copies();
    std::vector<Step> sorted;
    for (const int i : schedule_.order()) sorted.push_back(std::move(program_.steps[static_cast<std::size_t>(i)]));
    program_.steps = std::move(sorted);
    add_final_copies();
  }

 private:
  Slot parameter_slot(int parameter) const {
    for (std::size_t s = 0; s < program_.slots.size(); ++s)
      if (program_.slots[s].place == Place::kParameter && program_.slots[s].view_of < 0 &&
          program_.slots[s].index == parameter)
        return static_cast<Slot>(s);
    return -1;
  }
  bool is_whole(Slot slot) const { return program_[slot].bytes == program_[program_.root(slot)].bytes; }
  // Whether the step leaves the old value of the parameter alone until it has read what it needs.
  bool safe_in_place(const Step& step, Slot old_root, Slot now_root) const {
    for (const Slot r : step.reads) {
      if (program_.root(r) != old_root) continue;
      const bool allowed = std::any_of(step.in_place.begin(), step.in_place.end(), [&](const auto& pair) {
        return pair.first == r && program_.root(pair.second) == now_root;
      });
      if (!allowed || program_[r].offset != 0) return false;
    }
    return true;
  }

  bool place_directly(int output) {
    const Slot slot = program_.outputs[static_cast<std::size_t>(output)];
    const Slot root = program_.root(slot);
    SlotInfo& info = program_[root];
    const int parameter = parameter_of_[static_cast<std::size_t>(output)];
    if (info.place == Place::kParameter && info.index == parameter && is_whole(slot)) return true;  // unchanged
    if (info.place != Place::kArena || !is_whole(slot) || schedule_.writers(root).empty()) return false;
    if (parameter >= 0) {
      const Slot old = parameter_slot(parameter);
      const std::vector<int>& writers = schedule_.writers(root);
      // With several writers, none may read the old value: the first would have destroyed it for the second.
      for (const int w : writers) {
        const Step& step = program_.steps[static_cast<std::size_t>(w)];
        if (!safe_in_place(step, old, root)) return false;
        const auto& readers = schedule_.readers(old);
        if (writers.size() > 1 && std::find(readers.begin(), readers.end(), w) != readers.end()) return false;
      }
      for (const int w : writers)
        if (!schedule_.add(schedule_.readers(old), w)) return false;
    }
    info.place = Place::kOutput;
    info.index = output;
    return true;
  }

  Slot add_output_slot(int output) {
    const Slot to = program_.add_slot(program_[program_.outputs[static_cast<std::size_t>(output)]].bytes);
    program_[to].place = Place::kOutput;
    program_[to].index = output;
    return to;
  }

  bool is_overwritten(Slot slot) const {
    const SlotInfo& root = program_[program_.root(slot)];
    return root.place == Place::kParameter &&
           std::find(parameter_of_.begin(), parameter_of_.end(), root.index) != parameter_of_.end();
  }

  // What is read from memory that another output overwrites is kept in the arena first.
  void add_copies() {
    for (const int output : copies_) {
      const Slot from = program_.outputs[static_cast<std::size_t>(output)];
      if (!is_overwritten(from)) {
        final_.emplace_back(from, output);
        continue;
      }
      const Slot kept = program_.add_slot(program_[from].bytes);
      program_.steps.push_back(copy_step(program_, from, kept));
      early_.push_back(static_cast<int>(program_.steps.size()) - 1);
      final_.emplace_back(kept, output);
    }
    if (early_.empty()) return;
    // Those copies depend on what makes their source, and go ahead of what overwrites it. A fresh schedule sees them;
    // updates in place keep their order since they wait for every reader of the parameter, the copies among them.
    Schedule fresh(program_);
    for (std::size_t s = 0; s < program_.slots.size(); ++s) {
      const SlotInfo& info = program_.slots[s];
      if (info.place != Place::kOutput || info.view_of >= 0) continue;
      const int parameter = parameter_of_[static_cast<std::size_t>(info.index)];
      if (parameter < 0) continue;
      const Slot old = parameter_slot(parameter);
      for (const int w : fresh.writers(static_cast<Slot>(s))) fresh.add(fresh.readers(old), w);
    }
    schedule_ = std::move(fresh);
  }

  // Nothing reads parameters any more: the rest goes to its place.
  void add_final_copies() {
    for (const auto& [from, output] : final_)
      program_.steps.push_back(copy_step(program_, from, add_output_slot(output)));
  }

  Program& program_;
  Schedule schedule_;
  std::vector<int> parameter_of_;  // by output; -1: none
  std::vector<int> copies_;        // outputs that no step writes directly
  std::vector<int> early_;         // steps that keep an old value
  std::vector<std::pair<Slot, int>> final_;
};

struct Range {
  Slot root = -1;
  std::size_t bytes = 0;
  int first = std::numeric_limits<int>::max(), last = -1;
  std::size_t offset = 0;
};

class Arena {
 public:
  explicit Arena(Program& program) : program_(program), range_of_(program.slots.size(), -1) {}

  std::size_t place() {
    find_ranges();
    share();
    std::vector<int> order(ranges_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) { return at(a).bytes > at(b).bytes; });
    std::size_t size = 0;
    std::vector<int> placed;
    for (const int r : order) {
      if (at(r).root < 0) continue;
      put(r, placed);
      placed.push_back(r);
      size = std::max(size, at(r).offset + at(r).bytes);
    }
    for (std::size_t s = 0; s < program_.slots.size(); ++s)
      if (range_of_[s] >= 0) program_.slots[s].offset = at(range_of_[s]).offset;
    return size;
  }

 private:
  Range& at(int r) { return ranges_[static_cast<std::size_t>(r)]; }

  void touch(Slot slot, int step) {
    const Slot root = program_.root(slot);
    if (program_[root].place != Place::kArena) return;
    int& r = range_of_[static_cast<std::size_t>(root)];
    if (r < 0) {
      r = static_cast<int>(ranges_.size());
      const std::size_t gap = program_.threads > 1 && program_[root].bytes >= kGapFrom ? kGap : 0;
      ranges_.push_back({root, (program_[root].bytes + kAlignment - 1) / kAlignment * kAlignment + gap});
    }
    at(r).first = std::min(at(r).first, step);
    at(r).last = std::max(at(r).last, step);
  }
  void find_ranges() {
    for (std::size_t i = 0; i < program_.steps.size(); ++i) {
      for (const Slot s : program_.steps[i].reads) touch(s, static_cast<int>(i));
      for (const Slot s : program_.steps[i].writes) touch(s, static_cast<int>(i));
    }
  }

  // A result takes the memory of an operand that dies in the step that makes it, where the step allows that.
  void share() {
    for (std::size_t i = 0; i < program_.steps.size(); ++i) {
      const int step = static_cast<int>(i);
      for (const auto& [read, written] : program_.steps[i].in_place) {
        const int from = range_of_[static_cast<std::size_t>(program_.root(read))];
        const int to = range_of_[static_cast<std::size_t>(program_.root(written))];
        if (from < 0 || to < 0 || from == to || at(from).bytes != at(to).bytes) continue;
        if (at(from).last != step || at(to).first != step || at(to).last == step ||
            !only_reader(program_.steps[i], read, written))
          continue;
        for (int& r : range_of_)
          if (r == to) r = from;
        at(from).last = at(to).last;
        at(to).root = -1;
      }
    }
  }
  // Everything that the step reads of this memory may be overwritten by this result.
  bool only_reader(const Step& step, Slot read, Slot written) {
    const int range = range_of_[static_cast<std::size_t>(program_.root(read))];
    for (const Slot r : step.reads) {
      if (range_of_[static_cast<std::size_t>(program_.root(r))] != range) continue;
      if (program_[r].offset != 0 && program_[r].view_of >= 0) return false;
      if (std::find(step.in_place.begin(), step.in_place.end(), std::pair(r, written)) == step.in_place.end())
        return false;
    }
    return true;
  }

  // The lowest gap among what is alive at the same time.
  void put(int r, const std::vector<int>& placed) {
    std::vector<std::pair<std::size_t, std::size_t>> taken;
    for (const int p : placed)
      if (at(p).first <= at(r).last && at(r).first <= at(p).last)
        taken.emplace_back(at(p).offset, at(p).offset + at(p).bytes);
    std::sort(taken.begin(), taken.end());
    std::size_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= offset + at(r).bytes) break;
      offset = std::max(offset, end);
    }
    at(r).offset = offset;
  }

  Program& program_;
  std::vector<Range> ranges_;
  std::vector<int> range_of_;  // of root slots
};

}  // namespace

std::vector<Extent> extents(const Program& program) {
  // Memory 0 is the arena; then parameters, outputs, and alone each constant and what was prepared.
  const int outputs = 1 + program.parameters, constants = outputs + static_cast<int>(program.outputs.size());
  std::vector<int> memory_of_output(program.outputs.size());
  std::iota(memory_of_output.begin(), memory_of_output.end(), outputs);
  for (const auto& [output, parameter] : program.aliases)
    memory_of_output[static_cast<std::size_t>(output)] = 1 + parameter;
  std::vector<Extent> out;
  for (std::size_t i = 0; i < program.slots.size(); ++i) {
    const Slot root = program.root(static_cast<Slot>(i));
    const SlotInfo& info = program[root];
    Extent e{0, info.place == Place::kArena ? info.offset : 0, 0};
    for (Slot s = static_cast<Slot>(i); s != root; s = program[s].view_of) e.begin += program[s].offset;
    e.end = e.begin + program.slots[i].bytes;
    switch (info.place) {
      case Place::kArena: break;
      case Place::kParameter: e.memory = 1 + info.index; break;
      case Place::kOutput: e.memory = memory_of_output[static_cast<std::size_t>(info.index)]; break;
      case Place::kConstant:
      case Place::kPrepared: e.memory = constants + root; break;
    }
    out.push_back(e);
  }
  return out;
}

std::size_t plan_memory(Program& program) {
  Outputs(program).place();
  return Arena(program).place();
}

}  // namespace cornu::cpu
