#include "cornu/distribution/mpi/mpi.h"

#define OMPI_SKIP_MPICXX 1  // the C interface alone
#include <mpi.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/engine/add_elements.h"

namespace cornu::distribution {
namespace {

// MPI's own errors end the job (MPI_ERRORS_ARE_FATAL, which is its default), so no call here is asked for one.
class Mpi final : public Communicator {
 public:
  Mpi() {
    // A communicator of our own: the user's program may talk over MPI as well.
    MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    MPI_Op_create(add_halves<DType::kFloat16>, 1, &add_float16_);
    MPI_Op_create(add_halves<DType::kBFloat16>, 1, &add_bfloat16_);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void start_sum(int flight, void* data, std::size_t count, DType dtype) override {
    if (static_cast<std::size_t>(flight) >= flights_.size())
      flights_.resize(static_cast<std::size_t>(flight) + 1, MPI_REQUEST_NULL);
    if (count > INT_MAX) {
      std::fprintf(stderr, "cornu: rank %d: a sum over %zu elements\n  expected: at most %d in one tensor\n", rank_,
                   count, INT_MAX);
      abort(1);
    }
    MPI_Iallreduce(MPI_IN_PLACE, data, static_cast<int>(count), type_of(dtype), operation_of(dtype), comm_,
                   &flights_[static_cast<std::size_t>(flight)]);
  }
  void progress() override {
    int done = 0;
    MPI_Testall(static_cast<int>(flights_.size()), flights_.data(), &done, MPI_STATUSES_IGNORE);
  }
  void finish(int flight) override { MPI_Wait(&flights_[static_cast<std::size_t>(flight)], MPI_STATUS_IGNORE); }
  void broadcast(void* data, std::size_t bytes) override {
    constexpr std::size_t kMost = std::size_t{1} << 30;
    for (std::size_t at = 0; at < bytes; at += kMost)
      MPI_Bcast(static_cast<char*>(data) + at, static_cast<int>(std::min(kMost, bytes - at)), MPI_BYTE, 0, comm_);
  }
  void barrier() override { MPI_Barrier(comm_); }
  void abort(int status) override {
    MPI_Abort(comm_, status);
    std::abort();  // MPI_Abort does not return
  }

 private:
  template <DType dtype>
  static void add_halves(void* in, void* inout, int* count, MPI_Datatype*) {
    add_elements(inout, in, static_cast<std::size_t>(*count), dtype);
  }
  static MPI_Datatype type_of(DType dtype) {
    switch (dtype) {
      case DType::kInt8: return MPI_INT8_T;
      case DType::kInt16: return MPI_INT16_T;
      case DType::kInt32: return MPI_INT32_T;
      case DType::kInt64: return MPI_INT64_T;
      case DType::kUInt8: return MPI_UINT8_T;
      case DType::kUInt16: return MPI_UINT16_T;
      case DType::kUInt32: return MPI_UINT32_T;
      case DType::kUInt64: return MPI_UINT64_T;
      case DType::kFloat16:
      case DType::kBFloat16: return MPI_UINT16_T;  // with an operation of our own
      case DType::kFloat32: return MPI_FLOAT;
      case DType::kFloat64: return MPI_DOUBLE;
      case DType::kBool: break;  // no number: the graph's rules let none in
    }
    throw InternalError("bools have no sum");
  }
  MPI_Op operation_of(DType dtype) const {
    if (dtype == DType::kFloat16) return add_float16_;
    if (dtype == DType::kBFloat16) return add_bfloat16_;
    return MPI_SUM;
  }

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
  MPI_Op add_float16_ = MPI_OP_NULL, add_bfloat16_ = MPI_OP_NULL;
  std::vector<MPI_Request> flights_;
};

// Says goodbye, so that the launcher does not take the end of the process for an accident.
void leave() {
  int left = 0;
  MPI_Finalized(&left);
  if (!left) MPI_Finalize();
}

}  // namespace

std::shared_ptr<Communicator> join_mpi() {
  int joined = 0, provided = 0;
  MPI_Initialized(&joined);
  if (joined) {
    MPI_Query_thread(&provided);  // the user's program has joined by itself, and leaves by itself
  } else {
    // Open MPI's own choice among its sums that do not block sends everything twice (two ranks) or around a ring (many
    // ranks): Rabenseifner's halving is 8 times as fast at 4 MiB, and its rounds grow with log N. A user's choice
    // stays.
    setenv("OMPI_MCA_coll_libnbc_iallreduce_algorithm", "3", 0);
    // Steps of a plan run on whichever thread is free, one at a time.
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
    std::atexit(leave);
  }
  if (provided < MPI_THREAD_SERIALIZED)
    throw EngineError(
        "[distribution] MPI was initialized for one thread alone\n  expected: MPI_THREAD_SERIALIZED or more\n  way "
        "out: "
        "MPI_Init_thread(..., MPI_THREAD_SERIALIZED, ...), or leave it to distribution::initialize()");
  return std::make_shared<Mpi>();
}

}  // namespace cornu::distribution
