// ProcessGroup: the processes that were started together with this one. For engines whose devices find each other over
// processes by themselves; the CPU engine needs none, it is given a Communicator. Implementation: distribution/mpi.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cornu {

class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  // Among those on the same machine.
  virtual int local_rank() const = 0;
  virtual int local_size() const = 0;
  // A store of small texts that all of them share. Any thread may call, but not while another one speaks with the other
  // processes (Communicator). put() does not wait. get() waits for a key that is not there yet, so long at most; none:
  // it never came.
  virtual void put(const std::string& key, const std::string& value) = 0;
  virtual std::optional<std::string> get(const std::string& key, std::chrono::milliseconds patience) = 0;
};

// Set once, before the first engine is used; null: this process is alone.
void set_process_group(std::shared_ptr<ProcessGroup> group);
const std::shared_ptr<ProcessGroup>& process_group();

}  // namespace cornu
