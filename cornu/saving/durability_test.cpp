// Everything that can fail, failing in turn: whatever happens, the file that was there stays whole, the error has a
// name, nothing lies around and nothing leaks.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "cornu/saving/atomic_file.h"
#include "cornu/saving/fault_hooks.h"
#include "cornu/saving/test_files.h"
#include "cornu/saving/verify.h"
#include "cornu/saving/weights_file.h"

namespace cornu::saving {
namespace {

using faults::Call;

ModelFile small() { return read_model_file(generation("keras-3.15.1-mlp_sgd/model.keras")); }

class EveryCall : public testing::TestWithParam<std::tuple<Call, int>> {};

TEST_P(EveryCall, LeavesTheOldFile) {
  const auto [call, error] = GetParam();
  const TemporaryFolder folder;
  const ModelFile file = small();
  for (const char* name : {"m.h5", "m.keras", "m.weights.h5"}) {
    const std::string path = folder / name;
    const auto save = [&] {
      ends_with(path, ".weights.h5") ? write_weights_file(file, path) : write_model_file(file, path);
    };
    write_bytes(path, "the old file");
    int failures = 0;
    for (long n = 0; n < 100; ++n) {
      faults::arm(call, n, error);
      std::string message;
      try {
        save();
      } catch (const FileError& failure) {
        message = failure.what();
      }
      if (!faults::disarm()) break;  // there is no such call any more
      // The flush and the opening of the folder come when the new file is in place, and O_TMPFILE may be missing.
      if (message.empty()) continue;
      ++failures;
      EXPECT_EQ(read_bytes(path), "the old file") << name << " " << n;
      EXPECT_NE(message.find(path), std::string::npos) << message;
      EXPECT_NE(message.find("way out"), std::string::npos) << message;
      EXPECT_NE(message.find(std::strerror(error)), std::string::npos) << message;
      for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
      write_bytes(path, "the old file");
    }
    if (call == Call::kLink && failures == 0) GTEST_SKIP() << "this file system has no nameless temporaries";
    EXPECT_GT(failures, 0) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, EveryCall,
                         testing::Values(std::tuple(Call::kWrite, ENOSPC), std::tuple(Call::kWrite, EIO),
                                         std::tuple(Call::kFsync, EIO), std::tuple(Call::kRename, EIO),
                                         std::tuple(Call::kLink, ENOSPC), std::tuple(Call::kClose, EIO)));

TEST(Durability, ATemporaryThatCannotBeCreated) {
  const TemporaryFolder folder;
  write_bytes(folder / "a", "old");
  // The nameless temporary is refused, as on a file system that has none: there is another way.
  faults::arm(Call::kOpen, 0, EOPNOTSUPP);
  write_file_atomically(folder / "a", {"new"});
  EXPECT_TRUE(faults::disarm());
  EXPECT_EQ(read_bytes(folder / "a"), "new");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Durability, ShortAndInterruptedWrites) {
  const TemporaryFolder folder;
  const ModelFile file = small();
  faults::make_writes_short(true);
  write_model_file(file, folder / "short.h5");
  faults::make_writes_short(false);
  write_model_file(file, folder / "long.h5");
  EXPECT_TRUE(read_bytes(folder / "short.h5") == read_bytes(folder / "long.h5"));
}

enum Ending : int { kAnswer = 10, kNamed, kUnnamed, kLeak, kFewLeft, kTerminated };

// What becomes of `step` when its allocation number `n` fails; for a process of its own.
template <class Step>
Ending ending_of(const Step& step, long n) {
  const long before = faults::live_allocations();
  bool named = false;
  faults::arm(Call::kAllocation, n, ENOMEM);
  try {
    step();
    named = true;  // it could do without: std::stable_sort, say
  } catch (const FileError& failure) {
    faults::disarm();
    named = std::string(failure.what()).find("memory") != std::string::npos;
  }
  if (!faults::disarm()) return kAnswer;
  if (!named) return kUnnamed;
  const long left = faults::live_allocations() - before;
  return left == 0 ? kNamed : left < 5 ? kFewLeft : kLeak;
}

struct Endings {
  long named = 0, few_left = 0, aborted = 0;
};

// The allocations of `step` fail in turn, each in a process of its own: the first ones one by one, the others in steps
// of a prime. Two endings are the JSON library's, and cannot be kept from it: the destructor of a value allocates (it
// collects what it destroys in a list, against deep recursion), so that the process ends by std::terminate; and a
// constructor that fails half-way leaves some objects behind. Both are counted, and must stay rare.
template <class Step, class Check>
Endings fail_every_allocation(const Step& step, const Check& check) {
  step();  // what is made once, is made now
  step();
  Endings endings;
  for (long n = 0;; n += n < 300 ? 1 : 17) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::freopen("/dev/null", "w", stderr);
      std::set_terminate([] { ::_exit(kTerminated); });
      ::_exit(ending_of(step, n));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status)) << "allocation " << n << " ended with signal " << WTERMSIG(status);
    const int ending = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    check();
    if (ending == kAnswer) return endings;
    endings.named += ending == kNamed;
    endings.few_left += ending == kFewLeft;
    endings.aborted += ending == kTerminated;
    EXPECT_TRUE(ending == kNamed || ending == kFewLeft || ending == kTerminated)
        << "allocation " << n << ": ending " << ending;
    if (testing::Test::HasFailure()) return endings;
  }
}

TEST(Durability, EveryAllocationOfSavingFails) {
  const TemporaryFolder folder;
  const ModelFile file = small();
  for (const char* name : {"m.h5", "m.keras", "m.weights.h5"}) {
    const std::string path = folder / name;
    const Endings endings = fail_every_allocation(
        [&] { ends_with(path, ".weights.h5") ? write_weights_file(file, path) : write_model_file(file, path); },
        [&] { EXPECT_TRUE(verify_file(path).problems.empty()) << name; });
    EXPECT_GT(endings.named, 50) << name;
    EXPECT_LT(endings.few_left + endings.aborted, endings.named / 2) << name << " " << endings.few_left;
  }
  EXPECT_EQ(folder.count(), 3u);
}

TEST(Durability, EveryAllocationOfLoadingFails) {
  for (const char* name : {"keras-3.15.1-mlp_sgd/model.keras", "keras-2.0.4-mlp_adam/model.h5"}) {
    const std::string path = generation(name);
    const Endings endings = fail_every_allocation([&] { (void)read_model_file(path); }, [] {});
    EXPECT_GT(endings.named, 300) << name;
    EXPECT_LT(endings.few_left + endings.aborted, endings.named / 2) << name << " " << endings.few_left;
  }
}

// Two real processes save to one path, again and again; a third looks, and always finds one of the two models whole.
TEST(Durability, TwoWritersAtOnce) {
  const TemporaryFolder folder;
  for (const char* name : {"both.h5", "both.keras"}) {
    const std::string path = folder / name;
    ModelFile one = small(), two = small();
    one.weights[0].weights[0].value = Tensor::full(one.weights[0].weights[0].value.shape(), 1);
    two.weights[0].weights[0].value = Tensor::full(two.weights[0].weights[0].value.shape(), 2);
    write_model_file(one, path);
    std::vector<pid_t> children;
    for (const ModelFile* file : {&one, &two}) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        for (int i = 0; i < 60; ++i) write_model_file(*file, path);
        ::_exit(0);
      }
      children.push_back(child);
    }
    for (int i = 0; i < 60; ++i) {
      const ModelFile seen = read_model_file(path);
      const Tensor& value = seen.weights[0].weights[0].value;
      EXPECT_TRUE(value == one.weights[0].weights[0].value || value == two.weights[0].weights[0].value);
    }
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    EXPECT_TRUE(verify_file(path).problems.empty());
  }
  EXPECT_EQ(folder.count(), 2u);
}

}  // namespace
}  // namespace cornu::saving
