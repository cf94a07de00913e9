// Communicator: how the replicas of a program add up what each of them holds. An engine that is given one makes its
// all_reduce ops with it. Implementations: cornu/distribution.
#pragma once

#include <cstddef>

#include "cornu/core/dtype.h"

namespace cornu {

// Every replica ("rank") makes the same calls in the same order. Calls come from one thread at a time, but not always
// from the same one. None of them throws or returns an error: a rank that cannot go on ends the whole job.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;  // from 0 to size() - 1
  virtual int size() const = 0;
  // Begins to add `count` elements over all ranks, in place, and returns before that is done; nobody touches the memory
  // until finish(). `flight` numbers what is under way, from 0 on; a number is free again after its finish(). Two ranks
  // never end with different bytes.
  virtual void start_sum(int flight, void* data, std::size_t count, DType dtype) = 0;
  // Lets what is under way move on, without waiting. Computing is nothing to a network that nobody serves.
  virtual void progress() = 0;
  // Waits until the sum is there.
  virtual void finish(int flight) = 0;
  // Everybody gets the bytes of rank 0.
  virtual void broadcast(void* data, std::size_t bytes) = 0;
  // Waits until every rank is here.
  virtual void barrier() = 0;
  // Ends the processes of all ranks: for a rank that cannot go on while others wait for it.
  [[noreturn]] virtual void abort(int status) = 0;
};

}  // namespace cornu
