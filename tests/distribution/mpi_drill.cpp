// mpi_drill CORNU MPIEXEC CASE: `mpirun -np N cornu fit`, with processes that are really others.
//   equal-N   weights, history and metrics are those of one process, and the same bytes in each run
//   alone     mpirun -np 1 is one process
//   resume    a rank is killed: the job ends and names it; the backup is whole; another number of ranks goes on
//   refuse    an error is said once, and ends the job
#include <cornu/cornu.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
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

std::string g_program, g_launcher;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "mpi_drill: %s\n", why.c_str());
  std::exit(1);
}
void expect(bool condition, const std::string& why) {
  if (!condition) fail(why);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return std::move(out).str();
}

// Everything whose sum over ranks has to be that of one process. No dropout: ranks draw numbers of their own. Nothing
// with an edge (relu, a maximum): there, the last digit of a sum may decide for another branch, and after a few hundred
// steps two trainings of any kind are as far apart as that allows.
void make_inputs(const fs::path& folder) {
  utils::set_random_seed(1);
  const Sequential model({layers::Conv2D(6, 3, {.activation = "tanh", .input_shape = {10, 10, 1}}),
                          layers::BatchNormalization({.synchronized = true}), layers::AveragePooling2D(2),
                          layers::Flatten(),
                          layers::Dense(32, {.activation = "tanh", .kernel_regularizer = regularizers::L2(1e-3)}),
                          layers::Dense(5, {.activation = "softmax"})});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.01, .momentum = 0.9, .clipnorm = 1.0}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  model.save((folder / "model.keras").string());
  RandomStream random(2);
  Tensor x = Tensor::empty({1503, 10, 10, 1}, float32), y = Tensor::empty({1503}, int32);
  for (std::int64_t i = 0; i < 1503; ++i) {
    float sum = 0;
    for (std::int64_t j = 0; j < 100; ++j) {
      const auto value = static_cast<float>(random.uniform(-1, 1));
      x.mutable_data<float>()[i * 100 + j] = value;
      if (j % 25 == 0) sum += value;
    }
    y.mutable_data<std::int32_t>()[i] = std::min(4, std::max(0, static_cast<int>(sum + 2.5F)));
  }
  data::save_npy((folder / "x.npy").string(), x);
  data::save_npy((folder / "y.npy").string(), y);
}

// Starts a training in `folder`: with `ranks` processes, or (0) without mpirun. What it says goes to `folder`/said.
pid_t start(const fs::path& folder, int ranks, const std::vector<std::string>& more) {
  fs::create_directories(folder);
  std::vector<std::string> words;
  if (ranks > 0) words = {g_launcher, "-np", std::to_string(ranks)};
  for (const char* w : {g_program.c_str(),
                        "fit",
                        "../model.keras",
                        "--x",
                        "../x.npy",
                        "--y",
                        "../y.npy",
                        "-o",
                        "out.keras",
                        "--batch-size",
                        "64",
                        "--seed",
                        "5",
                        "--validation-split",
                        "0.2",
                        "--history",
                        "history.json",
                        "--threads",
                        "1",
                        "--verbose",
                        "2"})
    words.emplace_back(w);
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "said", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  if (posix_spawn(&child, words[0].c_str(), &files, nullptr, arguments.data(), environ) != 0)
    fail("cannot start " + words[0]);
  posix_spawn_file_actions_destroy(&files);
  return child;
}

int status_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void train(const fs::path& folder, int ranks, const std::vector<std::string>& more) {
  if (status_of(start(folder, ranks, more)) != 0) fail("a training failed:\n" + text_of(folder / "said"));
}

// The largest difference of two trained models, relative to 1.
double distance(const fs::path& a, const fs::path& b) {
  const Model left = load_model((a / "out.keras").string()), right = load_model((b / "out.keras").string());
  const auto x = left.get_weights(), y = right.get_weights();
  expect(x.size() == y.size(), "other weights");
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::int64_t k = 0; k < x[i].size(); ++k)
      worst = std::max(worst, std::fabs(x[i].at(k) - y[i].at(k)) / std::max(1.0, std::fabs(x[i].at(k))));
  const Json p = parse_json(text_of(a / "history.json"), "history"),
             q = parse_json(text_of(b / "history.json"), "history");
  expect(p.size() == q.size() && p.contains("val_accuracy"), "other histories");
  for (const auto& [name, values] : p.items())
    for (std::size_t e = 0; e < values.size(); ++e)
      worst = std::max(worst, std::fabs(values[e].get<double>() - q.at(name).at(e).get<double>()) / 4);
  return worst;
}

void equal(const fs::path& folder, int ranks) {
  train(folder / "one", 0, {"--epochs", "2"});
  train(folder / "many", ranks, {"--epochs", "2"});
  train(folder / "again", ranks, {"--epochs", "2"});
  const double worst = distance(folder / "one", folder / "many");
  std::printf("%d processes: at most %.1e from one\n", ranks, worst);
  expect(worst <= 1e-6, "too far from one process");
  for (const char* name : {"out.keras", "history.json"})
    expect(text_of(folder / "many" / name) == text_of(folder / "again" / name),
           cat(name, " is not the same in each run"));
  const std::string said = text_of(folder / "many" / "said");
  expect(said.find("Epoch 2/2") != std::string::npos && said.find("Epoch 2/2") == said.rfind("Epoch 2/2"),
         "not one process has shown progress:\n" + said);
}

// The processes that `parent` has started.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  std::istringstream list(text_of(cat("/proc/", parent, "/task/", parent, "/children")));
  for (pid_t p = 0; list >> p;) out.push_back(p);
  return out;
}

void resume(const fs::path& folder) {
  const std::vector<std::string> more = {"--epochs", "6", "--resume", "backup", "--backup-freq", "5"};
  train(folder / "one", 0, {"--epochs", "6"});
  const fs::path killed = folder / "killed";
  const pid_t job = start(killed, 2, more);
  const auto begin = std::chrono::steady_clock::now();
  while (!fs::exists(killed / "backup" / "latest.keras")) {
    expect(std::chrono::steady_clock::now() - begin < std::chrono::minutes(2), "no backup in two minutes");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::vector<pid_t> ranks;
  for (const pid_t p : children_of(job))
    if (text_of(cat("/proc/", p, "/cmdline")).find("history.json") != std::string::npos) ranks.push_back(p);
  expect(ranks.size() == 2, "mpirun's two children are not to be found");
  kill(ranks[1], SIGKILL);
  expect(status_of(job) != 0, "the job went on without one of its processes");
  const std::string said = text_of(killed / "said");
  expect(said.find("process rank 1") != std::string::npos, "the end does not name the rank:\n" + said);
  expect(!fs::exists(killed / "out.keras"), "a model was saved although the training was interrupted");
  load_model((killed / "backup" / "latest.keras").string());  // throws when it is not whole
  train(killed, 3, more);
  expect(fs::is_empty(killed / "backup"), "the backup was not removed");
  const double worst = distance(folder / "one", killed);
  std::printf("2 processes, killed, then 3: at most %.1e from one\n", worst);
  expect(worst <= 1e-5, "too far from one process");
}

void refuse(const fs::path& folder) {
  const int status = status_of(start(folder / "bad", 2, {"--epochs", "1", "--loss", "hinge_of_doom"}));
  const std::string said = text_of(folder / "bad" / "said");
  expect(status == 1, cat("status ", status, ", not 1:\n", said));
  expect(
      said.find("cornu: error: ") != std::string::npos && said.find("cornu: error: ") == said.rfind("cornu: error: "),
      "the error is not said once:\n" + said);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: mpi_drill CORNU MPIEXEC CASE\n");
    return 2;
  }
  g_program = fs::absolute(argv[1]);
  g_launcher = argv[2];
  const std::string which = argv[3];
  setenv("SOURCE_DATE_EPOCH", "0", 1);  // else a .keras says when it was written
  // Machines of tests have few cores, and their user may be root.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                           "OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_mpi_yield_when_idle"})
    setenv(name, "1", 1);
  std::string pattern = (fs::temp_directory_path() / "cornu_mpi_XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  make_inputs(folder);
  if (which == "equal-2" || which == "equal-4") {
    equal(folder, which.back() - '0');
  } else if (which == "alone") {
    train(folder / "one", 0, {"--epochs", "1"});
    train(folder / "launched", 1, {"--epochs", "1"});
    expect(text_of(folder / "one" / "out.keras") == text_of(folder / "launched" / "out.keras"), "not the same bytes");
  } else if (which == "resume") {
    resume(folder);
  } else if (which == "refuse") {
    refuse(folder);
  } else {
    fail("no such case: " + which);
  }
  fs::remove_all(folder);
  return 0;
}
