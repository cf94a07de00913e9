// Saving fails in every way a system knows; the old file must be whole each time, and nothing may lie around.
#include "cornu/saving/atomic_file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cornu/saving/test_files.h"

namespace cornu::saving {
namespace {

const std::string kGood = "keras-3.15.1-mlp_momentum/model.h5";

std::string saving_error(const std::string& path, const std::vector<std::string_view>& parts) {
  try {
    write_file_atomically(path, parts);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

// No file of this process grows beyond `bytes`: what a full disk looks like, without needing one.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    old_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    ::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int) = nullptr;
};

TEST(AtomicFile, WritesPartsInOrderAndReplaces) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", {"one ", "", "two"});
  EXPECT_EQ(read_bytes(folder / "a"), "one two");
  write_file_atomically(folder / "a", {"three"});
  EXPECT_EQ(read_bytes(folder / "a"), "three");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, KeepsPermissionsAndFollowsLinks) {
  const TemporaryFolder folder;
  write_bytes(folder / "a", "old");
  ::chmod((folder / "a").c_str(), 0640);
  std::filesystem::create_symlink(folder / "a", folder / "link");
  write_file_atomically(folder / "link", {"new"});
  EXPECT_EQ(read_bytes(folder / "a"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  struct stat info {};
  ::stat((folder / "a").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777u, 0640u);
}

TEST(AtomicFile, AFullDiskLeavesTheOldFile) {
  const TemporaryFolder folder;
  write_bytes(folder / "a", "old");
  const std::string large(1 << 20, 'x');
  std::string error;
  {
    const FullDisk full(100000);
    error = saving_error(folder / "a", {"small", large});
  }
  EXPECT_NE(error.find(folder / "a"), std::string::npos) << error;
  EXPECT_NE(error.find("way out"), std::string::npos) << error;
  EXPECT_EQ(read_bytes(folder / "a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, MissingFoldersAndFoldersAsFiles) {
  const TemporaryFolder folder;
  EXPECT_NE(saving_error(folder / "no/such/a", {"x"}).find("create the folder"), std::string::npos);
  EXPECT_NE(saving_error(folder.path(), {"x"}).find("not of a folder"), std::string::npos);
  EXPECT_NE(saving_error("", {"x"}), "");
  EXPECT_EQ(folder.count(), 0u);
}

TEST(AtomicFile, NoPermission) {
  if (::geteuid() == 0) {
    // Root may write anywhere but here.
    EXPECT_NE(saving_error("/proc/cornu.h5", {"x"}), "");
    return;
  }
  const TemporaryFolder folder;
  write_bytes(folder / "a", "old");
  ::chmod((folder / "a").c_str(), 0400);
  EXPECT_NE(saving_error(folder / "a", {"x"}).find("permission"), std::string::npos);
  ::chmod(folder.path().c_str(), 0500);
  EXPECT_NE(saving_error(folder / "b", {"x"}).find("permission"), std::string::npos);
  EXPECT_EQ(read_bytes(folder / "a"), "old");
}

// The same through the front door, for both formats.
TEST(AtomicFile, AModelSurvivesAFullDisk) {
  const TemporaryFolder folder;
  const ModelFile file = read_model_file(generation(kGood));
  for (const char* name : {"model.h5", "model.keras"}) {
    write_model_file(file, folder / name);
    const std::string before = read_bytes(folder / name);
    for (const rlim_t limit : {rlim_t{0}, rlim_t{1000}, static_cast<rlim_t>(before.size() - 1)}) {
      const FullDisk full(limit);
      EXPECT_THROW(write_model_file(file, folder / name), FileError);
    }
    EXPECT_TRUE(read_bytes(folder / name) == before);
  }
  EXPECT_EQ(folder.count(), 2u);
}

// A process that saves all the time is killed at random moments; what lies there is always a whole model.
TEST(AtomicFile, AKillLeavesAWholeModel) {
  const TemporaryFolder folder;
  const ModelFile file = read_model_file(generation(kGood));
  const std::string path = folder / "model.h5";
  write_model_file(file, path);
  const std::string whole = read_bytes(path);
  for (int round = 0; round < 25; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      while (true) write_model_file(file, path);
    }
    ::usleep(static_cast<useconds_t>(1000 + 700 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_TRUE(read_bytes(path) == whole) << "round " << round;
  }
}

}  // namespace
}  // namespace cornu::saving
