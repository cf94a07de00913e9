// cornu run: the segments of a target system that a SYSTEM.toml describes.
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/system_file.h"
#include "tools/cornu/training.h"

namespace cornu::tool {
namespace {

struct RunWords {
  std::string path, segment;
  int threads = 0;
};

void run(const RunWords& w) {
  join_processes(w.threads);
  const SystemFile file(w.path);
  const SystemPart system{file, file.root(), ""};
  ConfigReader reader = system.reader();
  for (const char* key : {"training", "judgment"}) reader.json(key);
  reader.finish();
  if (!system.has("training") && !system.has("judgment"))
    throw ValueError(
        cat(w.path,
            " describes no segment\n  expected: [training.*] or [judgment.*] tables; see docs/guide/system-toml.md"));
  if (!w.segment.empty()) system.below(w.segment);  // throws when it is not there
  if (w.segment != "judgment" && system.has("training")) run_training(system.below("training"));
  if (w.segment != "training" && system.has("judgment") && is_first_process()) run_judgment(system.below("judgment"));
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "runs the segments of a target system: training, judgment");
  const auto words = std::make_shared<RunWords>();
  command->add_option("SYSTEM", words->path, "a .toml file; paths in it count from the current folder")->required();
  command->add_option("SEGMENT", words->segment, "training or judgment (else all that the file describes)")
      ->check(CLI::IsMember({"training", "judgment"}));
  command->add_option("--threads", words->threads, "how many threads compute (else CORNU_THREADS, else all cores)")
      ->check(CLI::Range(1, 1024));
  command->callback([&action, words] { action = [words] { run(*words); }; });
}

}  // namespace cornu::tool
