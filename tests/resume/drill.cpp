// resume_drill CORNU N [SEED]: trains with `cornu fit --resume`, kills it (SIGKILL) at N random instants of training
// and saving, lets it go on, and compares model, best model and history with those of a run that nobody killed.
#include <cornu/cornu.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace cornu;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

// Everything that a file of Keras does not hold has a part in this model: random streams, a schedule, averages.
void make_inputs(const fs::path& folder) {
  utils::set_random_seed(1);
  Sequential model({layers::Dense(96, {.activation = "relu", .input_shape = {40}}), layers::BatchNormalization(),
                    layers::Dropout(0.3), layers::GaussianNoise(0.1), layers::Dense(96, {.activation = "tanh"}),
                    layers::Dense(5, {.activation = "softmax"})});
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = optimizers::schedules::ExponentialDecay(0.01, 50, 0.9)}),
       .loss = "sparse_categorical_crossentropy",
       .metrics = {"accuracy"}});
  model.save(folder / "model.keras");
  RandomStream random(2);
  Tensor x = Tensor::empty({3000, 40}, float32), y = Tensor::empty({3000}, int32);
  for (std::int64_t i = 0; i < 3000; ++i) {
    float sum = 0;
    for (std::int64_t j = 0; j < 40; ++j) {
      const auto value = static_cast<float>(random.uniform(-1, 1));
      x.mutable_data<float>()[i * 40 + j] = value;
      if (j < 4) sum += value;
    }
    y.mutable_data<std::int32_t>()[i] = std::min(4, std::max(0, static_cast<int>(sum + 2.5F)));
  }
  data::save_npy(folder / "x.npy", x);
  data::save_npy(folder / "y.npy", y);
  std::ofstream(folder / "callbacks.json")
      << R"([{"class_name": "EarlyStopping", "config": {"monitor": "val_loss", "patience": 3, "restore_best_weights": true}},
             {"class_name": "ModelCheckpoint", "config": {"filepath": "best.h5", "save_best_only": true}}])";
}

pid_t start(const std::string& program, const fs::path& inputs, const fs::path& folder, bool resume) {
  const auto in = [&](const char* name) { return (inputs / name).string(); };
  std::vector<std::string> words = {
      program, "fit",         in("model.keras"),    "--x",       in("x.npy"),    "--y",       in("y.npy"),
      "-o",    "out.keras",   "--epochs",           "6",         "--seed",       "5",         "--validation-split",
      "0.2",   "--callbacks", in("callbacks.json"), "--history", "history.json", "--verbose", "0"};
  if (resume) words.insert(words.end(), {"--resume", "backup", "--backup-freq", "7"});
  std::vector<char*> arguments;
  for (std::string& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  // The tool writes where it stands.
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
  fs::current_path(before);
  if (error != 0) {
    std::fprintf(stderr, "cannot start %s\n", program.c_str());
    std::exit(1);
  }
  return child;
}

// Whether it came to its end by itself; anything but success ends the drill.
bool finished(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return false;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::fprintf(stderr, "cornu fit ended with status %d\n", status);
  std::exit(1);
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return std::move(out).str();
}

bool same_results(const fs::path& expected, const fs::path& got) {
  bool same = true;
  for (const char* name : {"out.keras", "best.h5", "history.json"}) {
    const std::string right = bytes_of(expected / name);
    if (right.empty() || right != bytes_of(got / name)) {
      std::fprintf(stderr, "%s differs from the uninterrupted run's\n", (got / name).c_str());
      same = false;
    }
  }
  // A kill between the two system calls that put a file in its place may leave the whole new one under a hidden name.
  const auto hidden = [](const std::string& name) { return name[0] == '.' && ends_with(name, ".tmp"); };
  for (const auto& entry : fs::directory_iterator(got))
    if (const std::string name = entry.path().filename();
        name != "out.keras" && name != "best.h5" && name != "history.json" && name != "backup" && !hidden(name)) {
      std::fprintf(stderr, "%s was left behind\n", entry.path().c_str());
      same = false;
    }
  if (!fs::is_empty(got / "backup")) {
    std::fprintf(stderr, "%s is not empty\n", (got / "backup").c_str());
    same = false;
  }
  return same;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: resume_drill CORNU N [SEED]\n");
    return 2;
  }
  const std::string program = fs::absolute(argv[1]);
  const int wanted = std::atoi(argv[2]);
  RandomStream random(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  setenv("SOURCE_DATE_EPOCH", "0", 1);  // else a .keras says when it was written
  std::string pattern = (fs::temp_directory_path() / "cornu_drill_XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  const fs::path inputs = folder / "inputs", expected = folder / "expected", got = folder / "got";
  for (const fs::path& f : {inputs, expected}) fs::create_directory(f);
  make_inputs(inputs);

  finished(start(program, inputs, expected, false));  // once for the caches of the machine
  const Clock::time_point begin = Clock::now();
  finished(start(program, inputs, expected, false));
  // With backups a run takes longer; instants behind its end would be lost.
  const double seconds = 1.5 * std::chrono::duration<double>(Clock::now() - begin).count();

  int kills = 0, runs = 0;
  bool ok = true;
  while (kills < wanted && ok) {
    fs::remove_all(got);
    fs::create_directory(got);
    ++runs;
    const int last = std::min(wanted, kills + 1 + static_cast<int>(random.below(3)));
    while (true) {
      const pid_t child = start(program, inputs, got, true);
      if (kills < last) {
        std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform(0.0, seconds)));
        kill(child, SIGKILL);
      }
      if (finished(child)) break;
      ++kills;
    }
    ok = same_results(expected, got);
  }
  if (ok) fs::remove_all(folder);
  std::printf("%d kills in %d runs of %.2f s: %s\n", kills, runs, seconds, ok ? "the same bytes each time" : "FAILED");
  return ok ? 0 : 1;
}
