// The store of a ProcessGroup over MPI. There is no server: who puts a text sends it to everybody, and everybody looks
// into his letterbox when he asks for a key. What XLA's devices tell each other is a few hundred bytes a process.
#define OMPI_SKIP_MPICXX 1  // the C interface alone
#include <mpi.h>

#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "cornu/distribution/mpi/mpi.h"

namespace cornu::distribution {
namespace {

class MpiGroup final : public ProcessGroup {
 public:
  MpiGroup() {
    MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    MPI_Comm here = MPI_COMM_NULL;
    MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &here);
    MPI_Comm_rank(here, &local_rank_);
    MPI_Comm_size(here, &local_size_);
    MPI_Comm_free(&here);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return local_rank_; }
  int local_size() const override { return local_size_; }

  void put(const std::string& key, const std::string& value) override {
    const std::lock_guard lock(mutex_);
    known_[key] = value;
    // The letter: the length of the key, then both. It lies here until everybody has taken it.
    const auto length = static_cast<std::uint32_t>(key.size());
    Sent& sent = sent_.emplace_back();
    sent.letter.assign(reinterpret_cast<const char*>(&length), sizeof length);
    sent.letter += key + value;
    for (int to = 0; to < size_; ++to)
      if (to != rank_)
        MPI_Isend(sent.letter.data(), static_cast<int>(sent.letter.size()), MPI_BYTE, to, kTag, comm_,
                  &sent.requests.emplace_back());
  }

  std::optional<std::string> get(const std::string& key, std::chrono::milliseconds patience) override {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        receive();
        if (const auto it = known_.find(key); it != known_.end()) return it->second;
      }
      if (std::chrono::steady_clock::now() >= end) return std::nullopt;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  static constexpr int kTag = 1;
  struct Sent {
    std::string letter;
    std::vector<MPI_Request> requests;
  };

  void receive() {
    for (;;) {
      int there = 0, bytes = 0;
      MPI_Message message = MPI_MESSAGE_NULL;
      MPI_Status status;
      MPI_Improbe(MPI_ANY_SOURCE, kTag, comm_, &there, &message, &status);
      if (!there) break;
      MPI_Get_count(&status, MPI_BYTE, &bytes);
      std::string letter(static_cast<std::size_t>(bytes), '\0');
      MPI_Mrecv(letter.data(), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
      std::uint32_t length = 0;
      letter.copy(reinterpret_cast<char*>(&length), sizeof length);
      known_[letter.substr(sizeof length, length)] = letter.substr(sizeof length + length);
    }
    while (!sent_.empty()) {
      int done = 0;
      MPI_Testall(static_cast<int>(sent_.front().requests.size()), sent_.front().requests.data(), &done,
                  MPI_STATUSES_IGNORE);
      if (!done) break;
      sent_.pop_front();
    }
  }

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1;
  std::mutex mutex_;
  std::map<std::string, std::string> known_;
  std::deque<Sent> sent_;  // a deque keeps letters where they are
};

}  // namespace

std::shared_ptr<ProcessGroup> mpi_group() { return std::make_shared<MpiGroup>(); }

}  // namespace cornu::distribution
