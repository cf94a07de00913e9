#include "cornu/distribution/in_process.h"

#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "cornu/core/error.h"
#include "cornu/engine/add_elements.h"

namespace cornu::distribution {
namespace {

// Where the ranks meet. Every call of every rank has a number; the calls of one number belong together, and the last
// rank that arrives does the work for all.
class Meeting {
 public:
  explicit Meeting(int size) : size_(size) {}
  int size() const { return size_; }

  // Leaves `data` at meeting `number` and goes on.
  template <class Work>
  void arrive(long number, int rank, void* data, const Work& work) {
    const std::lock_guard lock(mutex_);
    std::vector<void*>& all = open_.try_emplace(number, static_cast<std::size_t>(size_), nullptr).first->second;
    all[static_cast<std::size_t>(rank)] = data;
    if (++arrived_[number] < size_) return;
    work(all);
    open_.erase(number);
    arrived_.erase(number);
    ++finished_;
    done_.notify_all();
  }
  // Meetings end in the order of their numbers, since every rank comes to them in this order.
  void wait(long number) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return finished_ > number; });
  }

 private:
  const int size_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::map<long, std::vector<void*>> open_;
  std::map<long, int> arrived_;
  long finished_ = 0;
};

class InProcess final : public Communicator {
 public:
  InProcess(std::shared_ptr<Meeting> meeting, int rank) : meeting_(std::move(meeting)), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return meeting_->size(); }
  void start_sum(int flight, void* data, std::size_t count, DType dtype) override {
    flights_[flight] = next_;
    arrive(data, [=](const std::vector<void*>& all) {
      for (std::size_t r = 1; r < all.size(); ++r) add_elements(all[0], all[r], count, dtype);
      copy_to_all(all, count * size_of(dtype));
    });
  }
  void progress() override {}
  void finish(int flight) override { meeting_->wait(flights_.at(flight)); }
  void broadcast(void* data, std::size_t bytes) override {
    const long number = next_;
    arrive(data, [=](const std::vector<void*>& all) { copy_to_all(all, bytes); });
    meeting_->wait(number);
  }
  void barrier() override { broadcast(nullptr, 0); }
  void abort(int status) override { std::exit(status); }

 private:
  template <class Work>
  void arrive(void* data, const Work& work) {
    meeting_->arrive(next_++, rank_, data, work);
  }
  static void copy_to_all(const std::vector<void*>& all, std::size_t bytes) {
    for (std::size_t r = 1; bytes > 0 && r < all.size(); ++r) std::memcpy(all[r], all[0], bytes);
  }

  std::shared_ptr<Meeting> meeting_;
  const int rank_;
  long next_ = 0;  // the number of this rank's next meeting
  std::map<int, long> flights_;
};

}  // namespace

std::vector<std::shared_ptr<Communicator>> in_process(int size) {
  if (size < 1) throw ValueError(cat("[in_process] received: ", size, " ranks\n  expected: at least 1"));
  const auto meeting = std::make_shared<Meeting>(size);
  std::vector<std::shared_ptr<Communicator>> out;
  for (int rank = 0; rank < size; ++rank) out.push_back(std::make_shared<InProcess>(meeting, rank));
  return out;
}

}  // namespace cornu::distribution
