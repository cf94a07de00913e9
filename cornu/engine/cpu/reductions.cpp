#include "cornu/engine/cpu/reductions.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <tuple>

#include "cornu/core/error.h"
#include "cornu/passes/replica_depth.h"

namespace cornu::cpu {
namespace {

// Small messages cost their latency, so several values share one; a large one begins late. A network moves this much in
// a millisecond, in which most layers compute.
constexpr std::size_t kBucketBytes = std::size_t{4} << 20;
constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct OneArguments {
  Communicator* communicator;
  int place;
  DType dtype;
  Slot from, to;
  std::size_t bytes;
};

void run_one(const StepCall& call) {
  const auto& a = *static_cast<const OneArguments*>(call.args);
  std::memcpy(call.slots[a.to], call.slots[a.from], a.bytes);
  a.communicator->start_sum(0, call.slots[a.to], a.bytes / size_of(a.dtype), a.dtype);
  a.communicator->finish(0);
}

struct Piece {
  Slot from, to;
  std::size_t bytes;
};

struct BucketArguments {
  Communicator* communicator;
  int bucket;
  DType dtype;
  Slot memory;
  std::size_t bytes;
  std::vector<Piece> copied;  // what could not be made where it is sent from
};

void run_start(const StepCall& call) {
  const auto& a = *static_cast<const BucketArguments*>(call.args);
  for (const Piece& p : a.copied) std::memcpy(call.slots[p.to], call.slots[p.from], p.bytes);
  a.communicator->start_sum(a.bucket, call.slots[a.memory], a.bytes / size_of(a.dtype), a.dtype);
}

void run_finish(const StepCall& call) {
  const auto& a = *static_cast<const BucketArguments*>(call.args);
  a.communicator->finish(a.bucket);
}

void run_progress(const StepCall& call) { static_cast<const BucketArguments*>(call.args)->communicator->progress(); }

// The all_reduce steps of a program, and what they mean for the others.
class Planner {
 public:
  Planner(Program& program, const Buckets& buckets)
      : program_(program),
        buckets_(buckets),
        steps_(program.steps.size()),
        before_(steps_),
        reduction_(steps_, nullptr),
        leads_(steps_, false),
        depth_(steps_, 0),
        needs_(steps_, -1) {
    find_order();
    find_depths();
  }

  void run() {
    token_ = program_.add_slot(kAlignment);
    for (int b = 0; b < buckets_.count(); ++b) place(b);
    for (const std::size_t i : compute_order()) {
      for (const int bucket : reads(i)) wait_for(bucket);
      out_.push_back(std::move(program_.steps[i]));
      done_.insert(i);
      while (next_ < buckets_.count() && ready(next_)) start(next_++);
      if (!under_way_.empty()) progress();
    }
    for (int b = 0; b < buckets_.count(); ++b) wait_for(b);
    program_.steps = std::move(out_);
  }

 private:
  void find_order() {
    std::vector<std::vector<std::size_t>> writers(program_.slots.size());
    for (std::size_t i = 0; i < steps_; ++i) {
      const Step& step = program_.steps[i];
      if (step.run == run_one) reduction_[i] = static_cast<const OneArguments*>(step.args.get());
      for (const auto* slots : {&step.reads, &step.writes})
        for (const Slot s : *slots)
          for (const std::size_t w : writers[static_cast<std::size_t>(program_.root(s))])
            if (w != i) before_[i].push_back(w);
      for (const Slot s : step.writes) writers[static_cast<std::size_t>(program_.root(s))].push_back(i);
    }
  }

  void find_depths() {
    members_.resize(static_cast<std::size_t>(buckets_.count()));
    for (std::size_t i = 0; i < steps_; ++i) {
      for (const std::size_t p : before_[i]) {
        depth_[i] = std::max(depth_[i], depth_[p] + (reduction_[p] ? 1 : 0));
        needs_[i] = std::max({needs_[i], needs_[p], reduction_[p] ? buckets_.of(reduction_[p]->place) : -1});
      }
      if (reduction_[i]) members_[static_cast<std::size_t>(buckets_.of(reduction_[i]->place))].push_back(i);
    }
    for (std::size_t i = steps_; i-- > 0;)
      for (const std::size_t p : before_[i]) leads_[p] = leads_[p] || leads_[i] || reduction_[i];
    for (int b = 0; b < buckets_.count(); ++b) {
      auto& list = members_[static_cast<std::size_t>(b)];
      // Replicas whose messages are not made alike would wait for each other for ever.
      if (static_cast<int>(list.size()) != buckets_.members(b))
        throw InternalError(
            cat("a pass left ", list.size(), " of the ", buckets_.members(b), " all_reduce ops of bucket ", b));
      std::sort(list.begin(), list.end(),
                [this](std::size_t x, std::size_t y) { return reduction_[x]->place < reduction_[y]->place; });
    }
  }

  // First what some sum waits for, by depth; then the rest, in the order in which its sums arrive.
  std::vector<std::size_t> compute_order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < steps_; ++i)
      if (!reduction_[i]) order.push_back(i);
    const auto key = [this](std::size_t i) {
      return leads_[i] ? std::tuple(0, depth_[i], i) : std::tuple(1, needs_[i], i);
    };
    std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return key(x) < key(y); });
    return order;
  }

  // The buckets whose sums the step reads.
  std::set<int> reads(std::size_t step) const {
    std::set<int> out;
    for (const std::size_t p : before_[step])
      if (reduction_[p]) out.insert(buckets_.of(reduction_[p]->place));
    return out;
  }

  void wait_for(int bucket) {
    // Sums of sums: no step between them makes the second one ready.
    while (next_ <= bucket) {
      while (!under_way_.empty()) finish(*under_way_.begin());
      if (!ready(next_)) throw InternalError(cat("bucket ", next_, " of all_reduce ops waits for its own sum"));
      start(next_++);
    }
    if (under_way_.contains(bucket)) finish(bucket);
  }

  bool ready(int bucket) const {
    const auto& list = members_[static_cast<std::size_t>(bucket)];
    return std::all_of(list.begin(), list.end(), [this](std::size_t m) {
      return std::all_of(before_[m].begin(), before_[m].end(), [this](std::size_t p) {
        if (!reduction_[p]) return done_.contains(p);
        const int b = buckets_.of(reduction_[p]->place);
        return b < next_ && !under_way_.contains(b);
      });
    });
  }

  // Whether nobody but this one step reads the slot, so that its maker can write where it is sent from.
  bool is_sent_only(std::size_t reduction) const {
    const Slot from = reduction_[reduction]->from, root = program_.root(from);
    const SlotInfo& info = program_[root];
    if (info.place != Place::kArena || info.rows_in >= 0 || info.bytes != program_[from].bytes) return false;
    for (const Slot o : program_.outputs)
      if (program_.root(o) == root) return false;
    bool made = false;
    for (std::size_t i = 0; i < steps_; ++i) {
      for (const Slot r : program_.steps[i].reads)
        if (program_.root(r) == root && i != reduction) return false;
      for (const Slot w : program_.steps[i].writes) made = made || program_.root(w) == root;
    }
    return made;
  }

  // Gives the bucket memory, and its members their places there.
  void place(int bucket) {
    auto a = std::make_shared<BucketArguments>();
    a->communicator = program_.communicator;
    a->bucket = bucket;
    for (const std::size_t m : members_[static_cast<std::size_t>(bucket)]) {
      a->dtype = reduction_[m]->dtype;
      a->bytes = aligned(a->bytes) + reduction_[m]->bytes;
    }
    a->memory = program_.add_slot(a->bytes);
    std::size_t at = 0;
    for (const std::size_t m : members_[static_cast<std::size_t>(bucket)]) {
      const OneArguments& one = *reduction_[m];
      at = aligned(at);
      const auto view = [&](Slot slot) {
        program_[slot].view_of = a->memory;
        program_[slot].offset = at;
      };
      if (is_sent_only(m))
        view(program_.root(one.from));
      else
        a->copied.push_back({one.from, one.to, one.bytes});
      view(program_.root(one.to));
      at += one.bytes;
    }
    arguments_.push_back(std::move(a));
  }

  Step step(StepFunction function, std::shared_ptr<const BucketArguments> a, std::string label) {
    Step out;
    out.run = function;
    out.writes = {token_};  // so they keep their order, and one thread at a time has the communicator
    if (function != run_progress) out.writes.push_back(a->memory);
    if (function == run_start)
      for (const Piece& p : a->copied) out.reads.push_back(p.from);
    out.args = std::move(a);
    out.label = std::move(label);
    return out;
  }

  void start(int bucket) {
    const auto& a = arguments_[static_cast<std::size_t>(bucket)];
    out_.push_back(step(run_start, a,
                        cat("all_reduce ", bucket, ": ", buckets_.members(bucket), " values, ", a->bytes, " bytes, ",
                            a->copied.size(), " copied")));
    under_way_.insert(bucket);
  }
  void finish(int bucket) {
    out_.push_back(step(run_finish, arguments_[static_cast<std::size_t>(bucket)], cat("wait for all_reduce ", bucket)));
    under_way_.erase(bucket);
  }
  void progress() {
    out_.push_back(step(run_progress, arguments_[static_cast<std::size_t>(*under_way_.begin())], "all_reduce goes on"));
  }

  Program& program_;
  const Buckets& buckets_;
  std::size_t steps_;
  std::vector<std::vector<std::size_t>> before_;  // of each step: the steps that it waits for
  std::vector<const OneArguments*> reduction_;    // of each step; null: it is none
  std::vector<bool> leads_;                       // a sum waits for the step
  std::vector<int> depth_;                        // the sums on the longest way to the step
  std::vector<int> needs_;                        // the last bucket that it waits for; -1: none
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::shared_ptr<const BucketArguments>> arguments_;
  std::vector<Step> out_;
  std::set<std::size_t> done_;
  std::set<int> under_way_;
  int next_ = 0;
  Slot token_ = -1;
};

}  // namespace

Buckets::Buckets(const ir::Graph& graph) {
  const std::vector<int> depth = passes::replica_depth(graph);
  const std::vector<bool> live = ir::live_nodes(graph);
  std::vector<bool> leads(graph.nodes().size(), false);
  struct One {
    int depth;
    bool is_last;  // no other sum waits for it
    int place;
    ir::Type type;
    auto key() const { return std::tuple(depth, is_last, place); }
  };
  std::vector<One> all;
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    const ir::Node& node = graph.nodes()[i];
    const bool sum = node.op == ir::Op::kAllReduce;
    if (!live[i]) continue;
    for (const ir::ValueId v : node.operands)
      if (sum || leads[i]) leads[static_cast<std::size_t>(graph.producer_index(v))] = true;
    if (sum) all.push_back({depth[i], !leads[i], node.as<ir::AllReduceAttributes>().place, graph.type(node.result())});
  }
  std::sort(all.begin(), all.end(), [](const One& a, const One& b) { return a.key() < b.key(); });
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const One& one = all[i];
    const auto place = static_cast<std::size_t>(one.place);
    if (place >= of_place_.size()) of_place_.resize(place + 1, -1);
    const bool joins = i > 0 && all[i - 1].depth == one.depth && all[i - 1].is_last == one.is_last &&
                       all[i - 1].type.dtype == one.type.dtype && bytes + one.type.bytes() <= kBucketBytes;
    if (!joins) {
      members_.push_back(0);
      bytes = 0;
    }
    bytes = aligned(bytes) + one.type.bytes();
    ++members_.back();
    of_place_[place] = static_cast<int>(members_.size()) - 1;
  }
  count_ = static_cast<int>(members_.size());
}

Step reduction_step(const Program& program, int place, DType dtype, Slot from, Slot to) {
  Step step;
  step.run = run_one;
  step.args =
      std::make_shared<OneArguments>(OneArguments{program.communicator, place, dtype, from, to, program[to].bytes});
  step.reads = {from};
  step.writes = {to};
  step.label = cat("all_reduce of ", program[to].bytes, " bytes");
  return step;
}

void start_reductions_early(Program& program, const Buckets& buckets) {
  if (buckets.count() > 0) Planner(program, buckets).run();
}

}  // namespace cornu::cpu
