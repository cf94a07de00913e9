#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cornu/callbacks/callbacks.h"

namespace cornu::callbacks {
namespace {

std::string file_in(const std::string& folder) { return folder + "/latest.keras"; }

// A kill between the two system calls that put a file in its place leaves the new one under a name of its own. The
// folder is the backup's alone, so nobody else is writing there.
void remove_left_behind(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (starts_with(name, ".latest.keras.") && ends_with(name, ".tmp")) std::filesystem::remove(entry.path(), error);
  }
}

class Impl final : public CallbackImpl {
 public:
  Impl(std::string folder, BackupAndRestoreOptions options) : folder_(std::move(folder)), o_(options) {
    if (folder_.empty()) throw ValueError("[BackupAndRestore] received: \"\"\n  expected: the path of a folder");
    if (o_.save_freq < 0)
      throw ValueError(
          cat("[BackupAndRestore] received: save_freq=", o_.save_freq, "\n  expected: 0 (each epoch) or more"));
  }

  void on_train_begin() override {
    batches_ = 0;
    if (!model().writes_files()) return;
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error)
      throw FileError(cat("[BackupAndRestore] cannot make the folder '", folder_, "'.\n  received: ", error.message(),
                          "\n  way out: give a path where you may write"));
    remove_left_behind(folder_);
    if (std::filesystem::exists(file_in(folder_), error)) model().go_on_from(file_in(folder_));
  }
  bool watches_batches() const override { return o_.save_freq > 0; }
  void on_train_batch_end(std::int64_t, const BatchLogs&) override {
    if (o_.save_freq > 0 && ++batches_ % o_.save_freq == 0) model().back_up(file_in(folder_));
  }
  void on_epoch_end(std::int64_t, const Logs&) override { model().back_up(file_in(folder_)); }
  void on_train_end(const Logs&) override {
    if (o_.delete_checkpoint && model().writes_files()) BackupAndRestore::remove(folder_);
  }

  CallbackState state() const override { return {"BackupAndRestore", {{"batches", batches_}}}; }
  void set_state(const CallbackState& s) override { batches_ = s.values.value("batches", std::int64_t{0}); }

 private:
  std::string folder_;
  BackupAndRestoreOptions o_;
  std::int64_t batches_ = 0;
};

}  // namespace

BackupAndRestore::BackupAndRestore(std::string backup_dir, BackupAndRestoreOptions options)
    : Callback(std::make_shared<Impl>(std::move(backup_dir), options)) {}

void BackupAndRestore::remove(const std::string& backup_dir) {
  if (::unlink(file_in(backup_dir).c_str()) != 0 && errno != ENOENT)
    throw FileError(cat("[BackupAndRestore] cannot delete '", file_in(backup_dir), "'.\n  received: ",
                        std::strerror(errno), "\n  way out: delete it by hand, or the next fit goes on from it"));
  remove_left_behind(backup_dir);
}

}  // namespace cornu::callbacks
